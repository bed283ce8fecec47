"""Answers prepared at the desk before their time, and given with one press."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from streams.common import clock
from streams.desk import commands, forms, move_forms, replies, seat
from streams.desk.cards import Wrong
from streams.desk.refusals import REFUSALS
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions import drafts
from streams.questions.models import Question
from streams.questions.rules import Move


@require_POST
@staff
def draft(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Keep the text as the answer to be; with `give`, the kept one becomes the answer."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    act = _give if "give" in request.POST else _keep
    return act(request, mine, question)


def _keep(request: HttpRequest, mine: Seat, question: Question) -> HttpResponse:
    number, now = question.number, clock.now()
    form = forms.DraftText(request.POST)
    if not form.is_valid():
        again = move_forms.AnswerText(request.POST, question=question)
        again.is_valid()
        wrong = Wrong(Move.ANSWER_TEXT, again)
        return replies.invalid(request, mine, number, wrong, forms.first_error(form))
    try:
        commands.refuse_held(mine, question, now)
        drafts.keep(question.pk, by=mine.by, now=now, **form.cleaned_data)
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    told = (
        _("No. %(number)d: the answer is prepared.")
        if form.cleaned_data["text"]
        else _("No. %(number)d: no answer is prepared any more.")
    )
    return replies.done(
        request,
        mine,
        question,
        told % {"number": number},
        undoable=False,
        advance=False,
    )


def _give(request: HttpRequest, mine: Seat, question: Question) -> HttpResponse:
    form = forms.GiveDraft(request.POST)
    if not form.is_valid():
        why = _("This form was incomplete.")
        return replies.invalid(request, mine, question.number, Wrong(), why)
    seen, expect = form.cleaned_data["give"], form.cleaned_data["expect"]
    try:
        question = drafts.give(question.pk, seen, by=mine.by, expect=expect, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, question.number, error)
    told = commands.told(question, Move.ANSWER_TEXT)
    return replies.done(request, mine, question, told, undoable=True)
