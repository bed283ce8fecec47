"""Switches of the desk's head: new questions taken or not, read by a moderator first or shown at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from streams.common import clock
from streams.desk import refusals, replies, seat
from streams.desk.refusals import REFUSALS
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.receptions import rules, switches


@dataclass(frozen=True)
class Switch:
    """`back` is what takes it back."""

    turn: Callable[[Seat, datetime], object]
    told: Promise
    back: Callable[[Seat], str]


def _pause(reason: str) -> Switch:
    return Switch(
        turn=lambda mine, now: switches.pause_intake(
            mine.reception.pk, reason, by=mine.by, now=now
        ),
        told=gettext_lazy("The room takes no new questions. Comments on platforms still come in."),
        back=lambda _mine: "resume",
    )


def _premoderate(on: bool, told: Promise, back: str) -> Switch:
    return Switch(
        turn=lambda mine, now: switches.set_premoderation(
            mine.reception.pk, on, by=mine.by, now=now
        ),
        told=told,
        back=lambda _mine: back,
    )


SWITCHES: dict[str, Switch] = {
    **{f"pause-{reason}": _pause(reason) for reason in rules.PAUSES},
    "resume": Switch(
        turn=lambda mine, now: switches.resume_intake(mine.reception.pk, by=mine.by, now=now),
        told=gettext_lazy("The room takes new questions again."),
        # As it was before: the seat was taken when the pause still stood.
        back=lambda mine: f"pause-{mine.reception.intake_pause}",
    ),
    "read-first": _premoderate(
        True, gettext_lazy("A moderator reads each question before the public does."), "show-first"
    ),
    "show-first": _premoderate(
        False,
        gettext_lazy("Questions appear in the room at once. Those with a mark still wait."),
        "read-first",
    ),
}


@require_POST
@staff
def switch(request: HttpRequest, no: str) -> HttpResponse:
    """Turn one switch; the toast turns it back."""
    mine = seat.take(request.user, no)
    chosen = SWITCHES.get(request.POST.get("switch", ""))
    if chosen is None:
        return replies.not_done(request, mine, _("This form was incomplete."), status=422)
    try:
        chosen.turn(mine, clock.now())
    except REFUSALS as error:
        return replies.not_done(request, mine, refusals.sentence(error))
    undo = (reverse("desk_switch", args=[no]), {"switch": chosen.back(mine)})
    return replies.told(request, mine, chosen.told, undo=undo)
