"""Receptions as the screens need them."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from streams.receptions.models import Reception
from streams.receptions.rules import Kind, State


def receptions() -> QuerySet[Reception]:
    return Reception.objects.select_related("unit")


def on_air() -> QuerySet[Reception]:
    return _with_air().filter(state__in=[State.LIVE, State.PAUSED]).order_by("starts_at")


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
    if reception.state in {State.LIVE, State.PAUSED}:
        return True
    return reception.state == State.SCHEDULED and reception.intake_from <= now


def next_after(reception: Reception) -> QuerySet[Reception]:
    """Where a question may be carried over to: later receptions of the same unit still to come."""
    return (
        receptions()
        .filter(unit_id=reception.unit_id, state__in=[State.SCHEDULED, State.LIVE, State.PAUSED])
        .exclude(pk=reception.pk)
        .exclude(kind=Kind.STANDING)
        .order_by("starts_at")
    )
