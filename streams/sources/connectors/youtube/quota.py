"""YouTube's daily allowance: what calls cost, and when it begins anew."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAILY = 10_000
READ = 5
WRITE = 20
LOOK = 1
_WHERE = "America/Los_Angeles"


def day(now: datetime) -> date:
    """The day that units spent at this moment belong to."""
    return now.astimezone(ZoneInfo(_WHERE)).date()


def renewed_at(now: datetime) -> datetime:
    """The next midnight in Los Angeles, in UTC: 24 hours away, or 23 or 25 when its clocks change."""
    tomorrow = day(now) + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(_WHERE)).astimezone(UTC)
