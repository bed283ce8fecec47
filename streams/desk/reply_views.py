"""Messages back to askers: how they stand, and what a moderator found where the platform did not say."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from streams.common import clock
from streams.desk import cards, replies, seat
from streams.desk.cards import Wrong
from streams.people.access import staff
from streams.sources import outbox


@require_GET
@staff
def told(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The part of the card that says where it was asked and what was said back there."""
    mine = seat.take(request.user, no)
    question = mine.full(number)
    view = cards.build(mine, question, now=clock.now())
    context = {
        "card": view,
        "q": question,
        "zone": mine.reception.unit.timezone,
        "reception": mine.reception,
    }
    return render(request, "parts/desk_card_source.html", context)


@require_POST
@staff
def hurry(request: HttpRequest, no: str) -> HttpResponse:
    """Before the broadcast ends: what its platform takes no more afterwards."""
    mine = seat.take(request.user, no)
    count = outbox.hurry(mine.reception.pk)
    told = ngettext(
        "%(n)d message is being sent now.", "%(n)d messages are being sent now.", count
    ) % {"n": count}
    return replies.told(request, mine, told)


@require_POST
@staff
def looked(request: HttpRequest, no: str, number: int, reply: int) -> HttpResponse:
    """`found` yes: it is there, and that was that. No: it is sent once more."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    row = question.replies.filter(pk=reply).first()
    if row is None:
        raise Http404
    found, now = request.POST.get("found", ""), clock.now()
    if found == "yes":
        done, told = outbox.is_there(row, mine.user, now), _("Noted: the message is there.")
    elif found == "no":
        done, told = outbox.send_again(row, mine.user, now), _("The message is sent again.")
    else:
        return replies.invalid(request, mine, number, Wrong(), _("This form was incomplete."))
    if not done:
        # A colleague was faster, or the platform has answered after all: the card shows it.
        told = _("There is nothing left to decide about this message.")
    return replies.done(request, mine, question, told, undoable=False, advance=False)
