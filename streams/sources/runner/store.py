"""What the runner reads and writes. Blocking; every function is one short piece of work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum

from streams.common import clock
from streams.receptions import bell
from streams.sources import health, intake, queries, registry
from streams.sources.connectors.base import Batch, Metered, Poll, Push, Stream
from streams.sources.intake import Progress
from streams.sources.models import Delivery, Source
from streams.sources.rules import DeliveryState, Health

# A source that can be asked, and has chosen to be delivered to.
_DELIVERED = frozenset({"webhook", "callback"})


@dataclass(frozen=True)
class Wanted:
    """A source to listen to. `print` changes when a person changed how it is connected."""

    source_id: int
    reception_id: int
    print: str


@dataclass(frozen=True)
class Place:
    """All that a connector is given to go on from where it stopped."""

    platform: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    cursor: Mapping[str, Any]
    live_since: datetime | None
    spent: int
    held: int
    health: Health
    code: str
    heard_until: datetime | None


def wanted(now: datetime) -> list[Wanted]:
    """Enabled sources of receptions that take questions, whose platform we have to ask."""
    sources = [
        source
        for source in Source.objects.filter(is_enabled=True).select_related("unit")
        if _is_pulled(source) and not _is_out_of_quota(source, now)
    ]
    fed = queries.fed_by_many(sources, now)
    return [Wanted(s.pk, fed[s.pk].pk, _print(s)) for s in sources if s.pk in fed]


def _is_pulled(source: Source) -> bool:
    connector = registry.connectors().get(source.platform)
    is_delivered = registry.settings_of(source).get("transport") in _DELIVERED
    return isinstance(connector, Poll | Stream) and not is_delivered


def _is_out_of_quota(source: Source, now: datetime) -> bool:
    return source.health == Health.QUOTA and source.retry_at is not None and source.retry_at > now


def _print(source: Source) -> str:
    said = json.dumps(source.settings, sort_keys=True).encode()
    return hashlib.sha256(said + bytes(source.sealed_secrets)).hexdigest()


def place(source_id: int) -> Place:
    now = clock.now()
    source = Source.objects.select_related("unit").get(pk=source_id)
    reception = queries.fed_by(source, now)
    return Place(
        platform=source.platform,
        settings=registry.settings_of(source),
        secrets=source.secrets,
        cursor=dict(source.cursor),
        live_since=reception.live_since if reception else None,
        spent=spent_today(source, now),
        held=queries.held(source),
        health=Health(source.health),
        code=source.health_code,
        heard_until=source.heartbeat_at,
    )


def spent_today(source: Source, now: datetime) -> int:
    """Today's units of the whole project, as the platform counts its days."""
    connector = registry.connector(source.platform)
    if not isinstance(connector, Metered):
        return 0
    day = connector.quota(registry.settings_of(source), now).day
    same = Source.objects.filter(quota_day=day)
    same = same.filter(project=source.project) if source.project else same.filter(pk=source.pk)
    return same.aggregate(sum=Sum("quota_spent"))["sum"] or 0


@transaction.atomic
def commit(source_id: int, owner: str, batches: Sequence[Batch]) -> None:
    """The rows of some batches and the cursor behind the last one, or nothing. Raises LeaseLost."""
    now = clock.now()
    last = batches[-1]
    items = [item for batch in batches for item in batch.items]
    counts = [b.platform_count for b in batches if b.platform_count is not None]
    progress = Progress(
        cursor=last.cursor,
        owner=owner,
        gap_from=min((b.gap_from for b in batches if b.gap_from), default=None),
        platform_count=counts[-1] if counts else None,
        not_understood=sum(batch.not_understood for batch in batches),
    )
    Delivery.objects.bulk_create(
        Delivery(
            source_id=source_id,
            received_at=now,
            body=batch.raw,
            state=DeliveryState.PARTLY if batch.not_understood else DeliveryState.READ,
            items=len(batch.items),
            read_at=now,
        )
        for batch in batches
        if batch.raw
    )
    intake.take(source_id, items, now=now, progress=progress)
    pay(source_id, sum(batch.spent for batch in batches), now)


def pay(source_id: int, units: int, now: datetime) -> None:
    if not units:
        return
    source = Source.objects.get(pk=source_id)
    connector = registry.connector(source.platform)
    if not isinstance(connector, Metered):
        return
    day = connector.quota(registry.settings_of(source), now).day
    if source.quota_day == day:
        Source.objects.filter(pk=source_id).update(quota_spent=F("quota_spent") + units)
    else:
        Source.objects.filter(pk=source_id).update(quota_spent=units, quota_day=day)


def report(
    source_id: int, state: Health, code: str, retry_at: datetime | None, *, spent: int = 0
) -> None:
    now = clock.now()
    pay(source_id, spent, now)
    health.report(source_id, state, now=now, code=code, retry_at=retry_at)
    if state is Health.QUOTA:
        _stop_project(source_id, code, retry_at, now)


def _stop_project(source_id: int, code: str, retry_at: datetime | None, now: datetime) -> None:
    """Sources with the same key share its quota: none of them asks again before it is renewed."""
    source = Source.objects.get(pk=source_id)
    if not source.project:
        return
    others = Source.objects.filter(project=source.project).exclude(pk=source_id)
    for other in others.values_list("pk", flat=True):
        health.report(other, Health.QUOTA, now=now, code=code, retry_at=retry_at)


def watch(held: Collection[int], now: datetime) -> None:
    """Every few seconds: chips are drawn anew, and sources that should speak but don't are named."""
    sources = list(Source.objects.filter(is_enabled=True).select_related("unit"))
    fed = queries.fed_by_many(sources, now)
    for source in sources:
        if source.pk in fed and source.pk not in held:
            _name_silence(source, fed[source.pk].live_since, now)
    for reception_id in {fed[s.pk].pk for s in sources if s.pk in fed}:
        bell.ring_side(reception_id)


def _name_silence(source: Source, live_since: datetime | None, now: datetime) -> None:
    connector = registry.connectors().get(source.platform)
    if not isinstance(connector, Push) or live_since is None:
        return
    limit_s = connector.capabilities.silent_after_s
    last = max(filter(None, (source.heard_at, source.health_since)), default=None)
    if limit_s is None or last is None or source.health != Health.LIVE:
        return
    if (now - last).total_seconds() > limit_s:
        health.report(source.pk, Health.SILENT, now=now, code="nothing_heard")
