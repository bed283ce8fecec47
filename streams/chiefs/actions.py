"""Planning: single receptions, and the weekly plan from which the next ones are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from streams.people.actors import Actor
from streams.people.models import Unit, User
from streams.questions.queries import equation
from streams.receptions import actions as receptions
from streams.receptions import journal, schedule
from streams.receptions.models import Reception, Schedule
from streams.receptions.rules import Kind, State

INTAKE_DAYS = 7


class Taken(Exception):
    """The unit has another reception, or another line of the plan, at this very time."""


@dataclass(frozen=True)
class Host:
    """Who answers; `user` where they have an account."""

    name: str
    post: str
    user: User | None


def plan_reception(
    unit: Unit, kind: Kind, *, starts_at: datetime, title: str, host: Host, by: Actor, now: datetime
) -> Reception:
    """A single reception beside the weekly plan. Raises Taken."""
    try:
        with transaction.atomic():
            return receptions.schedule(
                unit,
                kind,
                starts_at=starts_at,
                intake_from=starts_at - timedelta(days=INTAKE_DAYS),
                host=host.user,
                host_name=host.name,
                host_post=host.post,
                title=title,
                by=by,
                now=now,
            )
    except IntegrityError:
        raise Taken from None


@transaction.atomic
def cancel(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    """Only while no question waits there: a cancelled reception has nobody to answer them.

    Raises receptions.StillWaiting, IllegalStep.
    """
    reception = journal.lock(reception_id)
    if waiting := equation(reception.pk).waiting:
        raise receptions.StillWaiting(waiting)
    return receptions.cancel(reception.pk, by=by, now=now)


@transaction.atomic
def add_line(unit: Unit, *, weekday: int, at: time, host: Host, now: datetime) -> Schedule:
    """A new line of the weekly plan and its next reception. Raises Taken."""
    line = Schedule(unit=unit)
    _write(line, weekday=weekday, at=at, host=host)
    schedule.make(line, now=now)
    return line


@transaction.atomic
def change_line(
    line: Schedule, *, weekday: int, at: time, host: Host, by: Actor, now: datetime
) -> Reception | None:
    """Change the plan, and its next reception with it as far as nobody has asked for it yet.

    Returns the reception that stays at the old hour because questions wait there. Raises Taken.
    """
    line = Schedule.objects.select_for_update(of=("self",)).select_related("unit").get(pk=line.pk)
    before = schedule.planned(line, now)
    moved = (line.weekday, line.time) != (weekday, at)
    _write(line, weekday=weekday, at=at, host=host)
    kept = None
    if before is not None:
        reception = journal.lock(before.pk)
        if moved and not reception.last_number:
            receptions.cancel(reception.pk, by=by, now=now)
        elif reception.state == State.SCHEDULED:
            _appoint(reception, host)
            kept = reception if moved else None
    if line.is_active:
        schedule.make(line, now=now)
    return kept


@transaction.atomic
def pause_line(line: Schedule) -> None:
    """No further receptions are made; the one that is planned already stays until it is cancelled."""
    Schedule.objects.filter(pk=line.pk).update(is_active=False)


@transaction.atomic
def resume_line(line: Schedule, *, now: datetime) -> None:
    line = (
        Schedule.objects.select_for_update(of=("self",))
        .select_related("unit", "host")
        .get(pk=line.pk)
    )
    line.is_active = True
    line.save(update_fields=["is_active"])
    schedule.make(line, now=now)


def _write(line: Schedule, *, weekday: int, at: time, host: Host) -> None:
    line.weekday, line.time = weekday, at
    line.host, line.host_name, line.host_post = host.user, host.name, host.post
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError:
        raise Taken from None


def _appoint(reception: Reception, host: Host) -> None:
    """Who answers is no part of the journal: it holds no names."""
    reception.host, reception.host_name, reception.host_post = host.user, host.name, host.post
    reception.save(update_fields=["host", "host_name", "host_post"])
