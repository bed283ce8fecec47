"""Who is at the desk now: what each one holds, who is idle, how much each has decided.

In the database, because every web process must know it; see ADR 11. A desk that is closed or dies goes
by the clock: nobody has to say goodbye.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import QuerySet

from streams.common import clock, sql
from streams.desk.models import Presence
from streams.people.named import named
from streams.questions.models import Claim
from streams.questions.rules import Move
from streams.receptions import bell

# Two signs of life may get lost; see `live.staff.CHECK_EVERY_S`.
ALIVE = timedelta(seconds=75)
# Who loads the page anew, or whose server is restarted, is back before colleagues see them go.
GRACE = timedelta(seconds=10)
LAST_MINUTES, LAST_HOUR = timedelta(minutes=10), timedelta(minutes=60)
_DECISIONS = [move.value for move in Move]
_PERSON = named("u")
_PRESENT = f"""
SELECT max(p.acted_at), {_PERSON.text} FROM streams_presence p JOIN streams_user u ON u.id = p.user_id
WHERE p.reception_id = %s AND p.seen_at > %s GROUP BY u.id ORDER BY u.full_name, u.id
"""  # noqa: S608 -- columns of our own model
_DECIDED = """
SELECT by_id, count(*) FILTER (WHERE at > %(lately)s), count(*) FROM streams_entry
WHERE by_id = ANY(%(people)s) AND at > %(hour)s AND reception_id = %(reception)s AND kind = ANY(%(kinds)s)
GROUP BY by_id
"""


@dataclass(frozen=True)
class Sitting:
    """One open desk of `user_id`."""

    socket: UUID
    reception_id: int
    user_id: int


def sit_down(reception_id: int, user_id: int, now: datetime) -> Sitting:
    Presence.objects.filter(seen_at__lt=now - ALIVE).delete()
    sitting = Sitting(uuid4(), reception_id, user_id)
    is_news = not _present(reception_id, now).filter(user_id=user_id).exists()
    _write(sitting, now, {"acted_at": now})
    if is_news:
        bell.ring_side(reception_id)
    return sitting


def stay(sitting: Sitting, now: datetime) -> None:
    """A sign of life. It rings for nobody."""
    _write(sitting, now, {})


def act(sitting: Sitting, now: datetime) -> None:
    """Somebody is at work there. Who was idle is seen to be back at once."""
    was_idle = not (
        _present(sitting.reception_id, now)
        .filter(user_id=sitting.user_id, acted_at__gt=now - idle_after())
        .exists()
    )
    _write(sitting, now, {"acted_at": now})
    if was_idle:
        bell.ring_side(sitting.reception_id)


def get_up(sitting: Sitting, now: datetime) -> None:
    Presence.objects.filter(socket=sitting.socket).update(seen_at=now - ALIVE + GRACE)


def told(reception_id: int, claims: Mapping[int, Claim], now: datetime) -> list[dict[str, Any]]:
    """As the desk's socket tells it: everybody at the desk, by name. `claims` by the question's number."""
    present = [
        (_PERSON.make(person), acted_at)
        for acted_at, *person in sql.rows(_PRESENT, [reception_id, now - ALIVE])
    ]
    decided = _decided(reception_id, [user.pk for user, _acted_at in present], now)
    held: dict[int, list[int]] = {}
    for number, claim in claims.items():
        held.setdefault(claim.holder_id, []).append(number)
    return [
        {
            "id": user.pk,
            "name": str(user),
            "initials": user.initials,
            "holds": sorted(held.get(user.pk, [])),
            "idle": clock.stamp(acted_at) if _is_idle(acted_at, now) else None,
            "decided": decided.get(user.pk, [0, 0]),
        }
        for user, acted_at in present
    ]


def idle_after() -> timedelta:
    return timedelta(minutes=settings.DESK_IDLE_MINUTES)


def _is_idle(acted_at: datetime, now: datetime) -> bool:
    return acted_at <= now - idle_after()


def _present(reception_id: int, now: datetime) -> QuerySet[Presence]:
    return Presence.objects.filter(reception_id=reception_id, seen_at__gt=now - ALIVE)


def _write(sitting: Sitting, now: datetime, more: dict[str, datetime]) -> None:
    """Made anew where it went by the clock although the socket lives: the process was held up."""
    Presence.objects.update_or_create(
        socket=sitting.socket,
        defaults={"seen_at": now, **more},
        create_defaults={
            "reception_id": sitting.reception_id,
            "user_id": sitting.user_id,
            "seen_at": now,
            "acted_at": now,
        },
    )


def _decided(reception_id: int, user_ids: Collection[int], now: datetime) -> dict[int, list[int]]:
    """How many decisions each made in the last ten and in the last sixty minutes."""
    asked = {
        "people": list(user_ids),
        "reception": reception_id,
        "kinds": _DECISIONS,
        "hour": now - LAST_HOUR,
        "lately": now - LAST_MINUTES,
    }
    return {user_id: counts for user_id, *counts in sql.rows(_DECIDED, asked)}
