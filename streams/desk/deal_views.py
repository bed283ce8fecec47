"""The next question for a moderator: dealt, so that two never open the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from streams.common import clock
from streams.desk import replies, seat
from streams.people.access import staff
from streams.questions import claims


@require_POST
@staff
def deal(request: HttpRequest, no: str) -> HttpResponse:
    mine = seat.take(request.user, no)
    return replies.dealt(request, mine, claims.deal(mine.reception, by=mine.by, now=clock.now()))
