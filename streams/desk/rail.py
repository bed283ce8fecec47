"""The rail beside the card: the order of the queue, the step to the next question, word to the chief."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.desk import pages, rail_forms, refusals, replies, seat
from streams.desk.cards import Wrong
from streams.desk.forms import first_error
from streams.desk.refusals import REFUSALS
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions import advance, marks, queries, running_order
from streams.questions.models import Question
from streams.questions.ranking import Candidate, rank
from streams.questions.rules import Status
from streams.receptions import actions as receptions
from streams.receptions import notes


@require_POST
@staff
def place(request: HttpRequest, no: str) -> HttpResponse:
    """One question up, down, first, last, or before another."""
    mine = seat.take(request.user, no)
    form = rail_forms.Place(request.POST)
    if not form.is_valid():
        return _unclear(request, mine)
    number, where = form.cleaned_data["number"], form.cleaned_data["where"]
    if where:
        return _do(
            request,
            mine,
            lambda now: running_order.move(mine.reception.pk, number, where, by=mine.by, now=now),
        )
    before = form.cleaned_data["before"]
    return _do(
        request,
        mine,
        lambda now: running_order.move_before(
            mine.reception.pk, number, before, by=mine.by, now=now
        ),
    )


@require_GET
@staff
def suggested(request: HttpRequest, no: str) -> HttpResponse:
    """The queue in the order that waiting, votes and urgency suggest, each with its reasons."""
    mine = seat.take(request.user, no)
    now = clock.now()
    queued = list(
        queries.of(mine.reception).filter(status=Status.QUEUED).order_by("place", "number")
    )
    by_number = {question.number: question for question in queued}
    order = rank(_candidate(question, now) for question in queued)
    rows = [(candidate, by_number[candidate.number]) for candidate in order]
    context = {
        "reception": mine.reception,
        "rows": rows,
        "numbers": ",".join(str(one.number) for one in order),
        "is_same": [one.number for one in order] == [q.number for q in queued],
    }
    return render(request, "parts/desk_suggested.html", context)


@require_POST
@staff
def arrange(request: HttpRequest, no: str) -> HttpResponse:
    """The whole queue into an order; the toast offers the order before."""
    mine = seat.take(request.user, no)
    form = rail_forms.Order(request.POST)
    if not form.is_valid():
        return _unclear(request, mine)
    try:
        before = running_order.arrange(
            mine.reception.pk, form.cleaned_data["numbers"], by=mine.by, now=clock.now()
        )
    except REFUSALS as error:
        return _refused(request, mine, error)
    return replies.arranged(request, mine, before)


@require_POST
@staff
def step_on(request: HttpRequest, no: str) -> HttpResponse:
    """What is on air was answered; the next one goes on air."""
    mine = seat.take(request.user, no)
    form = rail_forms.StepOn(request.POST)
    if not form.is_valid():
        return _unclear(request, mine)
    given = form.cleaned_data
    given["said"] = given.pop("text")
    try:
        done = advance.advance(mine.reception.pk, by=mine.by, now=clock.now(), **given)
    except REFUSALS as error:
        return _refused(request, mine, error)
    return replies.advanced(request, mine, done)


@require_POST
@staff
def step_back(request: HttpRequest, no: str) -> HttpResponse:
    """Take back the step to the next question, both halves of it."""
    mine = seat.take(request.user, no)
    form = rail_forms.StepBack(request.POST)
    if not form.is_valid():
        return _unclear(request, mine)
    return _do(
        request,
        mine,
        lambda now: advance.take_back(mine.reception.pk, by=mine.by, now=now, **form.cleaned_data),
        _("Taken back."),
    )


@require_POST
@staff
def cue(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """What the chief is to have before their eyes with this question."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    form = rail_forms.CueText(request.POST)
    if not form.is_valid():
        if is_htmx(request):  # the words stay in their field
            return replies.said(request, first_error(form), tone="danger", status=422)
        return replies.invalid(request, mine, number, Wrong(), first_error(form))
    try:
        marks.set_cue(question.pk, form.cleaned_data["cue"], by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return replies.done(
        request,
        mine,
        mine.question(number),
        _("No. %(no)d: the note for the chief is saved.") % {"no": number},
        undoable=False,
        advance=False,
    )


@require_POST
@staff
def note(request: HttpRequest, no: str) -> HttpResponse:
    """Word to the chief on air, or the last one taken back."""
    mine = seat.take(request.user, no)
    if "take_back" in request.POST:
        notes.withdraw(mine.reception.pk, now=clock.now())
        return _told(request, mine, _("Taken back."))
    form = rail_forms.NoteText(request.POST)
    if not form.is_valid():
        return _wrong(request, mine, form)
    notes.send(mine.reception.pk, form.cleaned_data["note"], by=mine.user, now=clock.now())
    return _told(request, mine, _("The chief sees it now."))


@require_POST
@staff
def delay(request: HttpRequest, no: str) -> HttpResponse:
    """By how much time codes differ from the clock."""
    mine = seat.take(request.user, no)
    form = rail_forms.Delay(request.POST)
    if not form.is_valid():
        return _wrong(request, mine, form)
    shift_s = form.cleaned_data["shift_s"]
    return _do(
        request,
        mine,
        lambda now: receptions.shift_time(mine.reception.pk, shift_s, by=mine.by, now=now),
        _("Time codes are corrected from now on."),
    )


def _candidate(question: Question, now: datetime) -> Candidate:
    return Candidate(
        number=question.number,
        waited_s=(now - question.received_at).total_seconds(),
        votes=question.votes,
        also=getattr(question, "also", 0),
        is_urgent=bool(question.urgent),
    )


def _do(
    request: HttpRequest, mine: Seat, do: Callable[[datetime], Any], text: str = ""
) -> HttpResponse:
    try:
        do(clock.now())
    except REFUSALS as error:
        return _refused(request, mine, error)
    return _told(request, mine, text)


def _told(request: HttpRequest, mine: Seat, text: str) -> HttpResponse:
    if text:
        return replies.told(request, mine, text)
    return HttpResponse(status=204) if is_htmx(request) else replies.see(request, mine)


def _refused(request: HttpRequest, mine: Seat, error: Exception) -> HttpResponse:
    return replies.not_done(request, mine, refusals.sentence(error))


def _wrong(request: HttpRequest, mine: Seat, form: Form) -> HttpResponse:
    """422: why, and without scripts the whole page, with what was typed."""
    why = first_error(form)
    if is_htmx(request):
        return replies.said(request, why, tone="danger", status=422)
    messages.error(request, why)
    context = pages.context(mine) | {"typed": form.data}
    return render(request, "desk/desk.html", context, status=422)


def _unclear(request: HttpRequest, mine: Seat) -> HttpResponse:
    return replies.not_done(request, mine, _("This form was incomplete."), status=422)
