"""Who is at the desk now: what each one holds, who is idle, how much each has decided.

In the database, because every web process must know it; see ADR 11. A desk that is closed or dies goes
by the clock: nobody has to say goodbye.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from streams.common import clock
from streams.desk.models import Presence
from streams.people.models import User
from streams.questions.models import Claim
from streams.questions.rules import Move
from streams.receptions import bell
from streams.receptions.models import Entry

# Two signs of life may get lost; see `live.staff.CHECK_EVERY_S`.
ALIVE = timedelta(seconds=75)
# Who loads the page anew, or whose server is restarted, is back before colleagues see them go.
GRACE = timedelta(seconds=10)
LAST_MINUTES, LAST_HOUR = timedelta(minutes=10), timedelta(minutes=60)
_DECISIONS = [move.value for move in Move]


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


def told(reception_id: int, claims: Collection[Claim], now: datetime) -> list[dict[str, Any]]:
    """As the desk's socket tells it: everybody at the desk, by name. Three queries."""
    acted: dict[int, datetime] = dict(
        _present(reception_id, now).order_by().values_list("user_id").annotate(Max("acted_at"))
    )
    decided = _decided(reception_id, acted, now)
    held: dict[int, list[int]] = {}
    for claim in claims:
        held.setdefault(claim.holder_id, []).append(claim.question.number)
    return [
        {
            "id": user.pk,
            "name": str(user),
            "initials": user.initials,
            "holds": sorted(held.get(user.pk, [])),
            "idle": clock.stamp(acted[user.pk]) if _is_idle(acted[user.pk], now) else None,
            "decided": decided.get(user.pk, [0, 0]),
        }
        for user in User.objects.filter(pk__in=acted).order_by("full_name", "pk")
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
    rows = (
        Entry.objects.filter(
            by_id__in=user_ids,
            at__gt=now - LAST_HOUR,
            reception_id=reception_id,
            kind__in=_DECISIONS,
        )
        .order_by()
        .values("by_id")
        .annotate(lately=Count("pk", filter=Q(at__gt=now - LAST_MINUTES)), hour=Count("pk"))
        .values_list("by_id", "lately", "hour")
    )
    return {user_id: [lately, hour] for user_id, lately, hour in rows}
