"""What the studio answers: for htmx a toast, the undo button and a frame; without it a page."""

from __future__ import annotations

import json
from datetime import timedelta
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.common.redirects import see_other
from streams.control.models import ControlRecord
from streams.live import frames
from streams.people import access
from streams.people.models import User
from streams.people.rules import STUDIO
from streams.questions.labels import MOVES
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import notes
from streams.receptions.models import Reception
from streams.receptions.rules import Step
from streams.studio import queries, rules
from streams.studio.frames import SCREEN


def page(
    request: HttpRequest, reception: Reception, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    news = SCREEN.read(reception.pk, None)
    context = {
        "reception": reception,
        "seq": news.seq,
        "air": news.cards[0].data,
        "role": access.role_in(request.user, reception.unit, STUDIO),
        "undo": _undo(request, reception),
        "note": notes.last(reception.pk),
        "watches": "watch" in request.GET,
    }
    return render(request, "studio/studio.html", context, status=status)


def done(request: HttpRequest, reception: Reception, text: str) -> HttpResponse:
    if is_htmx(request):
        response = _frame(request, reception, text, tone="ok")
        response["HX-Trigger"] = "studio:done"
        return response
    messages.success(request, text)
    return see_other("studio", reception.no)


def quiet(request: HttpRequest, reception: Reception) -> HttpResponse:
    """Done, and nothing to say: the screen shows it."""
    if is_htmx(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return see_other("studio", reception.no)


def refused(request: HttpRequest, reception: Reception, text: str) -> HttpResponse:
    """409 with the screen as it is now."""
    if is_htmx(request):
        response = _frame(request, reception, text, tone="warn", status=HTTPStatus.CONFLICT)
        response["HX-Trigger"] = "studio:done"
        return response
    messages.warning(request, text)
    return page(request, reception, status=HTTPStatus.CONFLICT)


def misunderstood(request: HttpRequest, reception: Reception, form: forms.Form) -> HttpResponse:
    """422: what came can't be read; the first reason is the one that helps."""
    reasons = [reason for field in form.errors.values() for reason in field]
    text = str(reasons[0]) if reasons else _("This could not be understood.")
    if is_htmx(request):
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _frame(request, reception, text, tone="warn", status=status)
    messages.warning(request, text)
    return page(request, reception, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def promise_form(
    request: HttpRequest,
    reception: Reception,
    question: Question,
    form: forms.Form,
    status: HTTPStatus,
) -> HttpResponse:
    """As a page, or for htmx as what the dialog holds."""
    context = {"reception": reception, "question": question, "form": form}
    template = "parts/studio_promise.html" if is_htmx(request) else "studio/promise.html"
    return render(request, template, context, status=status)


def done_words(move: Move, number: int) -> str:
    return _("No. %(no)s: %(what)s") % {"no": number, "what": str(MOVES[move]).lower()}


def undone_words(number: int) -> str:
    return _("No. %(no)s: taken back") % {"no": number}


def said_words(number: int) -> str:
    return _("No. %(no)s: the words are written down") % {"no": number}


def promised_words(record: ControlRecord) -> str:
    return _("No. %(no)s is on personal control under %(record)s") % {
        "no": record.question.number,
        "record": record.number,
    }


def step_words(step: Step) -> str:
    return _("You are on air") if step is Step.GO_LIVE else _("The broadcast goes on")


def _frame(
    request: HttpRequest,
    reception: Reception,
    text: str,
    *,
    tone: str,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The frame that the socket brings too: the screen is true even while the socket is away."""
    frame = frames.frame(SCREEN, SCREEN.read(reception.pk, None), get_language() or "ru")
    context = {
        "reception": reception,
        "text": text,
        "tone": tone,
        "undo": _undo(request, reception),
        "frame": json.dumps(frame, ensure_ascii=False),
    }
    response = render(request, "studio/reply.html", context, status=status)
    response["HX-Reswap"] = "none"
    return response


def _undo(request: HttpRequest, reception: Reception) -> dict[str, object] | None:
    """The person's own last decision, as long as nobody worked on since."""
    assert isinstance(request.user, User)
    since = clock.now() - timedelta(seconds=rules.UNDO_FOR_S)
    found = queries.own_last_move(reception, request.user, since=since)
    if found is None:
        return None
    entry, version = found
    what = done_words(Move(entry.kind), entry.question_number or 0)
    return {"what": what, "fields": {"question": entry.question_number, "expect": version}}
