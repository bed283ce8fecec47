"""What a moderator does, one POST each. Who, what, do, show; the rules are elsewhere."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

import structlog
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from streams.common import clock, crypto
from streams.common.htmx import is_htmx
from streams.control import actions as control
from streams.desk import forms, history, late, move_forms, replies, seat
from streams.desk.cards import Wrong
from streams.desk.forms import first_error
from streams.desk.refusals import REFUSALS
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions import actions, claims, marks, proposals, row, rules
from streams.questions.models import AskerContact, Question
from streams.questions.rules import Move

log = structlog.get_logger(__name__)
# The broadcast waits for nobody's form.
_ON_AIR = frozenset({Move.PUT_ON_AIR, Move.BACK_TO_QUEUE, Move.ANSWER_LIVE})


@require_POST
@staff
@late.own
def move(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Make a move of the table with what its form needs."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    which = forms.WhichMove(request.POST)
    if not which.is_valid():
        return replies.invalid(request, mine, number, Wrong(), _("This form was incomplete."))
    chosen: Move = which.cleaned_data["move"]
    if question.proposal is None:
        # Where two decide, who is the first to wish it proposes it, by whatever button.
        chosen = proposals.first_step(mine.reception.unit, chosen)
        which.cleaned_data["move"] = chosen
    needs = move_forms.NEEDS.get(chosen, move_forms.Needs)(request.POST, question=question)
    if not needs.is_valid():
        return replies.invalid(request, mine, number, Wrong(chosen, needs), first_error(needs))
    try:
        question = _make(mine, question, which, needs.cleaned_data)
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return replies.done(
        request, mine, question, told(question, chosen), undoable=chosen in rules.UNDOABLE
    )


@require_POST
@staff
def undo(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Take one's own last step back."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    form = forms.Expecting(request.POST)
    if not form.is_valid():
        return replies.invalid(request, mine, number, Wrong(), _("This form was incomplete."))
    try:
        question = control.undo(
            question, by=mine.by, expect=form.cleaned_data["expect"], now=clock.now()
        )
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return replies.done(
        request, mine, question, told(question, "undo"), undoable=False, advance=False
    )


@require_POST
@staff
@late.own
def edit_text(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """A new version of the public text; a colleague's claim keeps others out of it. `kept`: the page
    has the question by hand and goes on with it.
    """
    mine = seat.take(request.user, no)
    question = mine.question(number)
    form = forms.PublicText(request.POST, auto_id="text-%s")
    if not form.is_valid():
        return replies.invalid(request, mine, number, Wrong(public_text=form), first_error(form))
    now = clock.now()
    try:
        refuse_held(mine, question, now)
        question = marks.edit_text(
            question.pk,
            form.cleaned_data["text"],
            by=mine.by,
            expect=form.cleaned_data["expect"],
            key=form.cleaned_data["key"],
            now=now,
        )
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    if "kept" not in request.POST:
        claims.release(question, by=mine.by, now=now)
    return replies.done(
        request, mine, question, told(question, "redact"), undoable=False, advance=False
    )


@require_POST
@staff
@late.own
def set_tags(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """What the form changed of the tags that it showed (`seen`)."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    chosen, seen = request.POST.getlist("tags"), request.POST.get("seen", "").split()
    try:
        marks.set_tags(question.pk, chosen, seen=seen, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    if late.is_late(request):
        return late.done(question, told(question, "tag"))
    if is_htmx(request):
        return HttpResponse(replies.card_html(request, mine, number))
    return replies.see(request, mine, number)


@require_POST
@staff
def write_said(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The line of what was said on air, until the seal."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    form = forms.Said(request.POST, auto_id="said-%s")
    if not form.is_valid():
        return replies.invalid(request, mine, number, Wrong(said=form), first_error(form))
    try:
        marks.record_said(question.pk, form.cleaned_data["text"], by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return replies.done(
        request, mine, question, told(question, "said"), undoable=False, advance=False
    )


@require_POST
@staff
def claim(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Take the lease; with `take_over`, from a colleague. `renew`: the page believes that it has it."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    try:
        claims.claim(
            question.pk, by=mine.by, now=clock.now(), take_over="take_over" in request.POST
        )
    except claims.Held as held:
        if "renew" in request.POST:
            status = HTTPStatus.LOCKED
            return replies.said(request, _taken_over(number, held), tone="warn", status=status)
        return replies.refused(request, mine, number, held)
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return _lease_changed(request, mine, number)


@require_POST
@staff
def release(request: HttpRequest, no: str, number: int) -> HttpResponse:
    mine = seat.take(request.user, no)
    claims.release(mine.question(number), by=mine.by, now=clock.now())
    return _lease_changed(request, mine, number)


@require_POST
@staff
def show_contact(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """On a press only, never with the card; the log keeps who looked."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    contact = AskerContact.objects.filter(question=question).first()
    words = crypto.unseal(bytes(contact.sealed)) if contact else _("none was left")
    log.info("desk.contact_shown", question=question.public_no, user=mine.user.pk)
    context = {"contact": words, "question": question, "reception": mine.reception}
    if is_htmx(request):
        return render(request, "parts/desk_contact.html", context)
    return render(request, "desk/contact.html", context)


@transaction.atomic
def _make(
    mine: Seat, question: Question, which: forms.WhichMove, given: dict[str, Any]
) -> Question:
    """Raises REFUSALS."""
    chosen, now = which.cleaned_data["move"], clock.now()
    said = {name: which.cleaned_data[name] for name in ("expect", "key")}
    question, reception = row.locked(question.pk, question.reception_id)
    # Under the lock, or it could be dealt to a colleague between the look and the move.
    if chosen not in _ON_AIR and not actions.is_made(question, by=mine.by, **said):
        refuse_held(mine, question, now)
    given |= said
    if chosen is Move.ESCALATE:
        return control.escalate(question.pk, by=mine.by, now=now, **given).question
    return actions.make(question, reception, chosen, by=mine.by, now=now, **given)


def refuse_held(mine: Seat, question: Question, now: datetime) -> None:
    """Raises claims.Held where a colleague works on the question."""
    held = claims.live(question.pk, now)
    if held is not None and held.holder_id != mine.user.pk:
        raise claims.Held(held.holder)


def _lease_changed(request: HttpRequest, mine: Seat, number: int) -> HttpResponse:
    if not is_htmx(request):
        return replies.see(request, mine, number)
    if replies.is_from_card(request):
        return HttpResponse(replies.card_html(request, mine, number))
    return HttpResponse(status=204)


def _taken_over(number: int, held: claims.Held) -> str:
    return _("%(name)s took No. %(number)d over from you.") % {
        "name": held.holder,
        "number": number,
    }


def told(question: Question, kind: str) -> str:
    return _("No. %(number)d: %(what)s") % {
        "number": question.number,
        "what": history.words(kind),
    }
