"""The part of the card about like questions, and what is done there: merge many, take that back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from streams.common import clock, numbers
from streams.common.htmx import is_htmx
from streams.desk import replies, same, seat
from streams.desk.cards import Wrong
from streams.desk.refusals import REFUSALS
from streams.people.access import staff
from streams.questions import actions, merging
from streams.questions.models import Question
from streams.questions.rules import Move

_MOST = 50


@require_GET
@staff
def beside(request: HttpRequest, no: str, number: int) -> HttpResponse:
    mine = seat.take(request.user, no)
    question = mine.full(number)
    context = {"beside": same.beside(mine, question), "reception": mine.reception}
    if not is_htmx(request):
        return replies.see(request, mine, number)
    return render(request, "parts/desk_beside.html", context)


@require_POST
@staff
def merge_many(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The chosen ones into this one: all or none, and one undo for all."""
    mine = seat.take(request.user, no)
    target = mine.question(number)
    chosen = _versions(request.POST.getlist("join"))
    if not chosen:
        why = _("Choose at least one question.")
        return replies.invalid(request, mine, number, Wrong(), why)
    found = Question.objects.filter(reception=mine.reception, number__in=chosen)
    expect = {question.pk: chosen[question.number] for question in found}
    try:
        merged = merging.merge_many(target, expect, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    told = ngettext(
        "%(n)d question is now part of No. %(number)d.",
        "%(n)d questions are now part of No. %(number)d.",
        len(merged),
    ) % {"n": len(merged), "number": number}
    fields = {f"of-{question.number}": str(question.version) for question in merged}
    url = reverse("desk_part", args=[no, number])
    return replies.done(
        request, mine, target, told, undoable=False, advance=False, undo=(url, fields)
    )


@require_POST
@staff
def part(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Take a merger of many back: `of-<number>` is the version that the merger made."""
    mine = seat.take(request.user, no)
    target = mine.question(number)
    versions = _versions([f"{k[3:]}:{v}" for k, v in request.POST.items() if k.startswith("of-")])
    found = Question.objects.filter(reception=mine.reception, number__in=versions)
    expect = {question.pk: versions[question.number] for question in found}
    try:
        parted = merging.undo_many(expect, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    told = ngettext(
        "%(n)d question stands alone again.", "%(n)d questions stand alone again.", len(parted)
    ) % {"n": len(parted)}
    return replies.done(request, mine, target, told, undoable=False, advance=False)


@require_POST
@staff
def unmerge(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """One question that anybody merged into this one stands alone again, written down as a reopening."""
    mine = seat.take(request.user, no)
    target = mine.question(number)
    chosen = _versions([request.POST.get("part", "")])
    part = Question.objects.filter(
        reception=mine.reception, number__in=chosen, merged_into=target
    ).first()
    if part is None:
        why = _("This question is not merged here any more.")
        return replies.invalid(request, mine, number, Wrong(), why)
    try:
        part = actions.move(
            part.pk,
            Move.REOPEN,
            by=mine.by,
            expect=chosen[part.number],
            now=clock.now(),
            reason=_("It is not the same question."),
        )
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    told = _("No. %(number)d stands alone again.") % {"number": part.number}
    back = (reverse("desk_undo", args=[no, part.number]), {"expect": part.version})
    return replies.done(request, mine, target, told, undoable=False, advance=False, undo=back)


def _versions(pairs: list[str]) -> dict[int, int]:
    """number → version, of values like `77:3`; what is none is left out."""
    found: dict[int, int] = {}
    for pair in pairs[:_MOST]:
        number, _colon, version = pair.partition(":")
        which, seen = numbers.read(number), numbers.read(version)
        if which is not None and seen is not None:
            found[which] = seen
    return found
