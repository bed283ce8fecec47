"""Marks on a question at one press: personal data masked, urgent or not, the language, the district,
a suggested tag.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.desk import commands, forms, replies, seat
from streams.desk.cards import Wrong
from streams.desk.refusals import REFUSALS
from streams.people.access import staff
from streams.questions import marks, redaction, urgent


@require_POST
@staff
def mask(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Mask what was found in the public text: all of it, or only finding `only`."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    form = forms.Expecting(request.POST)
    found = redaction.find(question.public_text, mine.reception.unit.country)
    only = request.POST.get("only", "")
    if only.isdecimal() and len(only) < 6:
        found = found[int(only) : int(only) + 1]
    if not form.is_valid() or not found:
        return replies.invalid(request, mine, number, Wrong(), _("There is nothing to mask here."))
    now = clock.now()
    try:
        commands.refuse_held(mine, question, now)
        question = marks.edit_text(
            question.pk,
            redaction.mask(question.public_text, found, question.language),
            by=mine.by,
            expect=form.cleaned_data["expect"],
            now=now,
        )
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    told = ngettext(
        "No. %(number)d: %(n)d place masked.", "No. %(number)d: %(n)d places masked.", len(found)
    ) % {"number": number, "n": len(found)}
    return replies.done(request, mine, question, told, undoable=False, advance=False)


@require_POST
@staff
def set_urgent(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """By hand: urgent, or no longer so. The toast takes it back to what it was."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    before, reason = question.urgent, request.POST.get("reason", "")
    if reason and reason not in urgent.REASONS:
        return replies.invalid(request, mine, number, Wrong(), _("This form was incomplete."))
    try:
        question = marks.set_urgent(question.pk, reason, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    told = _("No. %(number)d is urgent.") if reason else _("No. %(number)d is no longer urgent.")
    back = (reverse("desk_urgent", args=[no, number]), {"reason": before})
    return replies.done(
        request,
        mine,
        question,
        told % {"number": number},
        undoable=False,
        advance=False,
        undo=back,
    )


@require_POST
@staff
def set_language(request: HttpRequest, no: str, number: int) -> HttpResponse:
    mine = seat.take(request.user, no)
    question = mine.question(number)
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return replies.invalid(request, mine, number, Wrong(), _("This form was incomplete."))
    try:
        marks.set_language(question.pk, language, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return _card(request, mine, number)


@require_POST
@staff
def set_district(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Hand it to a district, or with "" to none."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    code = request.POST.get("district", "")
    try:
        marks.set_district(question.pk, code, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return _card(request, mine, number)


@require_POST
@staff
def add_tag(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """A suggested tag beside those that the question has."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    slugs = {tag.slug for tag in question.tags.all()} | set(request.POST.getlist("tag"))
    try:
        marks.set_tags(question.pk, slugs, by=mine.by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, mine, number, error)
    return _card(request, mine, number)


def _card(request: HttpRequest, mine: seat.Seat, number: int) -> HttpResponse:
    if is_htmx(request):
        return HttpResponse(replies.card_html(request, mine, number))
    return replies.see(request, mine, number)
