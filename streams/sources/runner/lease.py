"""Who listens to a source: a lease in its row, by the database's clock, so that two never do."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Now

from streams.sources.models import Source

RENEW_EVERY_S = 10.0
LEASE = timedelta(seconds=30)


def acquire(source_id: int, owner: str) -> bool:
    """True where nobody else holds it, or not any more."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now()) | Q(lease_owner=owner)
    return (
        Source.objects.filter(free, pk=source_id).update(
            lease_owner=owner, lease_until=Now() + LEASE
        )
        == 1
    )


def renew(source_ids: Collection[int], owner: str) -> set[int]:
    """Those that are still ours, for another while; the rest is lost."""
    ours = Source.objects.filter(pk__in=source_ids, lease_owner=owner)
    ours.update(lease_until=Now() + LEASE, heartbeat_at=Now())
    return set(ours.values_list("pk", flat=True))


def release(source_ids: Collection[int], owner: str) -> None:
    Source.objects.filter(pk__in=source_ids, lease_owner=owner).update(
        lease_owner="", lease_until=None
    )
