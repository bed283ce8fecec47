"""The room's page as it is answered: by who opens it, and by who sent a form that was refused."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control

from streams.common import clock
from streams.questions import reasons
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.room import moulds, queries, snapshots, visitors
from streams.room.forms import AskForm
from streams.sources import queries as sources


def open_room(request: HttpRequest, reception: Reception) -> HttpResponse:
    """The live page with an empty form: for most visitors filled into a mould, see `moulds`."""
    if not moulds.fits(request):
        return room(request, reception, AskForm(districts=queries.districts(reception)))
    snapshot = snapshots.of(reception)
    takes_questions = receptions.takes_questions(reception, clock.now())

    def render(gaps: moulds.Gaps) -> bytes:
        form = AskForm(districts=queries.districts(reception))
        form.initial["client_id"] = gaps.client_id
        own = {"csrf_token": gaps.csrf_token, "csp_nonce": gaps.csp_nonce}
        context = _context(reception, form, snapshot, takes_questions=takes_questions)
        return render_to_string("room/room.html", context | own, request).encode()

    response = moulds.answer(request, reception, snapshot, render, takes_questions=takes_questions)
    return _private(request, response)


def room(
    request: HttpRequest, reception: Reception, form: AskForm, *, status: int = 200
) -> HttpResponse:
    """The live page with this form on it."""
    takes_questions = receptions.takes_questions(reception, clock.now())
    context = _context(reception, form, snapshots.of(reception), takes_questions=takes_questions)
    return _private(request, render(request, "room/room.html", context, status=status))


def _context(
    reception: Reception, form: AskForm, snapshot: snapshots.Snapshot, *, takes_questions: bool
) -> dict[str, object]:
    offered = reasons.of(reception.unit).offered(reasons.Kind.DECLINE)
    return {
        "reception": reception,
        "snapshot": snapshot,
        "form": form,
        "takes_questions": takes_questions,
        "window": queries.WINDOW,
        "question_max_chars": settings.QUESTION_MAX_CHARS,
        "decline_reasons": [text for _code, text in offered],
        "gaps": sources.gaps(reception),
        "pauses": receptions.intake_pauses(reception),
        "is_paused": bool(takes_questions and reception.intake_pause),
    }


def _private(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    visitors.remember(request, response)
    # It holds a form of this visitor; a browser may keep it for going back, nobody else.
    patch_cache_control(response, private=True, no_cache=True)
    return response
