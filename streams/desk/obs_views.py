"""The page that the operator's own OBS talks to; the server never does."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from streams.desk import seat
from streams.people.access import staff
from streams.receptions import timecode

# Of the computer that the browser runs on, and on this page alone.
_OWN_COMPUTER = {"connect-src": ["ws://127.0.0.1:*", "ws://localhost:*"]}


@require_safe
@csp_update(_OWN_COMPUTER)
@staff
def obs(request: HttpRequest, no: str) -> HttpResponse:
    mine = seat.take(request.user, no)
    if mine.reception.is_standing:
        raise Http404
    context = {"reception": mine.reception, "max_shift_s": timecode.MAX_SHIFT_S}
    return render(request, "desk/obs.html", context)
