"""What may happen to a reception. Each action is one transaction and leaves one entry."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from streams.common import clock, series
from streams.people.actors import Actor
from streams.people.models import Unit, User
from streams.receptions import journal, rules
from streams.receptions.models import Reception
from streams.receptions.rules import Kind, State, Step

# Questions above this package tell what still waits; see `questions.queries`.
Waiting = Callable[[Reception], tuple[int, dict[str, Any]]]


class StillWaiting(Exception):
    """A reception can't be sealed while a question waits; `waiting` says how many do."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} waiting")
        self.waiting = waiting


@transaction.atomic
def schedule(
    unit: Unit,
    kind: Kind,
    *,
    starts_at: datetime,
    intake_from: datetime,
    host_name: str,
    by: Actor,
    now: datetime,
    host: User | None = None,
    host_post: str = "",
    title: str = "",
    video_url: str = "",
    service_days: int | None = None,
) -> Reception:
    """Plan a reception and give it the next public number of its (local) year."""
    year = clock.local_date(starts_at, unit.timezone).year
    reception = Reception.objects.create(
        no=f"{year}-{series.next_number(f'reception:{year}'):04d}",
        unit=unit,
        kind=kind,
        title=title,
        host=host,
        host_name=host_name,
        host_post=host_post,
        starts_at=starts_at,
        intake_from=intake_from,
        video_url=video_url,
        service_days=service_days,
        actor_key=secrets.token_bytes(32),
    )
    data: dict[str, Any] = {
        "unit": unit.code,
        "kind": kind.value,
        "starts_at": clock.stamp(starts_at),
    }
    if service_days is not None:
        data["service_days"] = service_days
    journal.append(reception, "schedule", by=by, at=now, data=data)
    return reception


@transaction.atomic
def go_live(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    return _step(reception_id, Step.GO_LIVE, by=by, now=now, live_since=now)


@transaction.atomic
def pause(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    return _step(reception_id, Step.PAUSE, by=by, now=now)


@transaction.atomic
def resume(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    return _step(reception_id, Step.RESUME, by=by, now=now)


@transaction.atomic
def end(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    return _step(reception_id, Step.END, by=by, now=now, ended_at=now)


@transaction.atomic
def cancel(reception_id: int, *, by: Actor, now: datetime) -> Reception:
    return _step(reception_id, Step.CANCEL, by=by, now=now)


@transaction.atomic
def seal(reception_id: int, *, by: Actor, now: datetime, count: Waiting) -> Reception:
    """Close the books. `count` says under the lock what waits and gives the equation to print.

    Raises StillWaiting, IllegalStep.
    """
    reception = journal.lock(reception_id)
    waiting, equation = count(reception)
    rules.next_state(State(reception.state), Step.SEAL)
    if waiting:
        raise StillWaiting(waiting)
    data = {"equation": equation, "head": reception.last_hash, "entries": reception.last_seq}
    return _apply(reception, Step.SEAL, by=by, now=now, data=data, sealed_at=now)


@transaction.atomic
def shift_time(reception_id: int, shift_s: int, *, by: Actor, now: datetime) -> Reception:
    """Correct the time codes of what is said from now on. Raises journal.Sealed."""
    reception = journal.lock(reception_id)
    if reception.time_shift_s != shift_s:
        reception.time_shift_s = shift_s
        reception.save(update_fields=["time_shift_s"])
        journal.append(reception, "time_shift", by=by, at=now, data={"shift_s": shift_s})
    return reception


def _step(
    reception_id: int, step: Step, *, by: Actor, now: datetime, **fields: datetime
) -> Reception:
    """Raises IllegalStep."""
    return _apply(journal.lock(reception_id), step, by=by, now=now, data={}, **fields)


def _apply(
    reception: Reception,
    step: Step,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any],
    **fields: datetime,
) -> Reception:
    reception.state = rules.next_state(State(reception.state), step)
    for name, value in fields.items():
        setattr(reception, name, value)
    reception.save(update_fields=["state", *fields])
    journal.append(reception, step.value, by=by, at=now, data=data)
    return reception
