"""What a moderator found where the platform did not say whether our message arrived."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from streams.common import clock
from streams.desk import replies, seat
from streams.desk.cards import Wrong
from streams.people.access import staff
from streams.sources import outbox


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
