"""What an address of an overlay opens. Whoever has it may look; nobody signs in at OBS."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from streams.common import clock
from streams.live import frames
from streams.overlay import actions, queries
from streams.overlay.forms import Ordered
from streams.overlay.frames import SCREEN
from streams.overlay.models import Overlay


@never_cache
@require_safe
def overlay(request: HttpRequest, token: str) -> HttpResponse:
    """The transparent page. An address that is no longer good shows nothing: it may be on air."""
    found = queries.by_token(token)
    if found is None:
        return render(request, "overlay/gone.html", status=HTTPStatus.GONE)
    now = queries.now(found.reception_id)
    context = {
        "now": now,
        "overlay": found,
        "setting": json.dumps(queries.setting(found)),
        "token": token,
        "server_now": clock.now(),
    }
    with override(now.reception.unit.default_language):
        response = render(request, "overlay/overlay.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def state(request: HttpRequest, token: str) -> HttpResponse:
    """The same by HTTP, for a network that lets no socket through: `{"frames": [frame, side frame]}`."""
    found = queries.by_token(token)
    if found is None:
        return JsonResponse({}, status=HTTPStatus.GONE)
    news = SCREEN.read(found.reception_id, None)
    frame = frames.frame(
        SCREEN, news, queries.now(found.reception_id).reception.unit.default_language
    )
    side = {"v": frames.VERSION, "seq": news.seq, "side": SCREEN.side(found.reception_id)}
    return JsonResponse({"frames": [frame, side]})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remote(request: HttpRequest, remote: str) -> HttpResponse:
    """For a button box: GET tells what is shown, POST `order=show|hide|toggle` changes it first.

    No cookie opens it, so no other site can make a browser press it: the address itself is the key.
    """
    found = queries.by_remote(remote)
    if found is None:
        return JsonResponse({"error": "gone"}, status=HTTPStatus.GONE)
    if request.method == "POST":
        form = Ordered(request.POST)
        if not form.is_valid():
            return JsonResponse({"error": "order"}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        actions.order(found.reception_id, form.cleaned_data["order"])
        found = queries.by_remote(remote) or Overlay(reception_id=found.reception_id)
    return JsonResponse(queries.report(found))
