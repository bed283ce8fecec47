"""What was written before the broadcast is history, not news."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from streams.sources.inbound import Inbound, Origin


def aged(item: Inbound, live_since: datetime | None) -> Inbound:
    """The item, marked as history where its platform says that it is older than the broadcast."""
    if live_since and item.posted_at and item.posted_at < live_since:
        return replace(item, origin=Origin.BACKFILL)
    return item
