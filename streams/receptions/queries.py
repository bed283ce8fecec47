"""Receptions as the screens need them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import QuerySet

from streams.receptions import labels, switches
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import ON_AIR, TO_COME_OR_ON, Kind, State, Step


def receptions() -> QuerySet[Reception]:
    return Reception.objects.select_related("unit")


def on_air() -> QuerySet[Reception]:
    return _with_air().filter(state__in=ON_AIR).order_by("starts_at")


def upcoming() -> QuerySet[Reception]:
    return _with_air().filter(state=State.SCHEDULED).order_by("starts_at")


def open_registers() -> QuerySet[Reception]:
    """The standing receptions' registers of this month."""
    return (
        receptions()
        .filter(kind=Kind.STANDING, state=State.LIVE)
        .order_by("unit__path", "-starts_at")
    )


def _with_air() -> QuerySet[Reception]:
    return receptions().exclude(kind=Kind.STANDING)


def month_end(register: Reception) -> datetime:
    """The first moment of the month after, where the unit is."""
    later = register.month + timedelta(days=32)
    return datetime(later.year, later.month, 1, tzinfo=register.zone)


def takes_questions(reception: Reception, now: datetime) -> bool:
    """From the opening of intake until the end; a pause of the broadcast doesn't stop it.

    A standing register takes them to the last second of its month, wherever the clock's job is.
    """
    if reception.is_standing:
        return reception.state == State.LIVE and now < month_end(reception)
    if reception.state in ON_AIR:
        return True
    return reception.state == State.SCHEDULED and reception.intake_from <= now


@dataclass(frozen=True)
class Pause:
    """When the room took no new questions; `until` None: it still does not, or the broadcast ended so."""

    since: datetime
    until: datetime | None
    reason: str

    @property
    def words(self) -> object:
        return labels.PAUSES.get(self.reason, self.reason)


def intake_pauses(reception: Reception) -> list[Pause]:
    """From the journal; its entries about no question are found by an index of their own."""
    entries = Entry.objects.filter(
        reception=reception,
        question_number__isnull=True,
        kind__in=[switches.INTAKE_PAUSE, switches.INTAKE_RESUME, Step.END],
    ).order_by("seq")
    pauses: list[Pause] = []
    for entry in entries:
        if entry.kind == switches.INTAKE_PAUSE:
            pauses.append(Pause(entry.at, None, entry.data["reason"]))
        elif pauses and pauses[-1].until is None:
            pauses[-1] = replace(pauses[-1], until=entry.at)
    return pauses


def next_after(reception: Reception) -> QuerySet[Reception]:
    """Where a question may be carried over to: later receptions of the same unit still to come."""
    return (
        receptions()
        .filter(unit_id=reception.unit_id, state__in=TO_COME_OR_ON)
        .exclude(pk=reception.pk)
        .exclude(kind=Kind.STANDING)
        .order_by("starts_at")
    )
