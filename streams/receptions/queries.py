"""Receptions as the screens need them."""

from datetime import datetime

from django.db.models import QuerySet

from streams.receptions.models import Reception
from streams.receptions.rules import Kind, State


def receptions() -> QuerySet[Reception]:
    return Reception.objects.select_related("unit")


def on_air() -> QuerySet[Reception]:
    return receptions().filter(state__in=[State.LIVE, State.PAUSED]).order_by("starts_at")


def upcoming() -> QuerySet[Reception]:
    return receptions().filter(state=State.SCHEDULED).order_by("starts_at")


def takes_questions(reception: Reception, now: datetime) -> bool:
    """From the opening of intake until the end; a pause of the broadcast doesn't stop it."""
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
