"""How a source is, written where the desk reads it, and kept as history."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from streams.common import clock
from streams.people.actors import SYSTEM
from streams.receptions import bell, journal
from streams.receptions.models import Reception
from streams.receptions.rules import WORKABLE
from streams.sources import queries
from streams.sources.models import Gap, HealthChange, Source
from streams.sources.rules import Health

_CODE_MAX = 60


@transaction.atomic
def report(
    source_id: int,
    health: Health,
    *,
    now: datetime,
    code: str = "",
    retry_at: datetime | None = None,
) -> bool:
    """Write the state down; True where it is another one than before, which is kept as history."""
    source = lock(source_id)
    return say(source, health, now=now, code=code, retry_at=retry_at)


def say(
    source: Source,
    health: Health,
    *,
    now: datetime,
    code: str = "",
    retry_at: datetime | None = None,
) -> bool:
    """As `report`, for a source that the caller has locked."""
    code = code[:_CODE_MAX]
    is_new = (source.health, source.health_code) != (health.value, code)
    if not is_new and source.retry_at == retry_at:
        return False
    source.health, source.health_code, source.retry_at = health, code, retry_at
    if is_new:
        source.health_since = now
        HealthChange.objects.create(source=source, at=now, health=health, code=code)
    source.save(update_fields=["health", "health_code", "retry_at", "health_since"])
    ring(queries.fed_by(source, now))
    return is_new


def ring(reception: Reception | None) -> None:
    """Tell the screens of what a source feeds to look again, after the commit."""
    if reception is not None:
        bell.ring_side_on_commit(reception.pk)


def lock(source_id: int) -> Source:
    # Not FOR UPDATE: rows that refer to the source may be written meanwhile.
    return Source.objects.select_for_update(of=("self",), no_key=True).get(pk=source_id)


def note_gap(
    source: Source, reception: Reception | None, since: datetime, now: datetime, code: str
) -> Gap | None:
    """Messages since `since` may be missing: said in the journal, so that the public can read it.

    Both rows are locked by the caller. None where an earlier gap says it all.
    """
    last = Gap.objects.filter(source=source, reception=reception).order_by("-until").first()
    since = min(since, now) if last is None else max(since, last.until)
    if since >= now:
        return None
    gap = Gap.objects.create(source=source, reception=reception, since=since, until=now, code=code)
    source.gaps_count += 1
    source.save(update_fields=["gaps_count"])
    if reception is not None and reception.state in WORKABLE:
        data = {"source": source.platform, "since": clock.stamp(since), "until": clock.stamp(now)}
        # Read anew: questions received in this transaction have put entries behind our back.
        head = journal.lock(reception.pk)
        journal.append(head, "gap", by=SYSTEM, at=now, data=data)
    return gap
