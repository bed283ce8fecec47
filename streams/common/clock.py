"""The clock. Rules and actions get the time as an argument; only the rim of the system asks here."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime, timezone: str) -> date:
    """The calendar day of `moment` where the unit lives; `timezone` is an IANA name."""
    return moment.astimezone(ZoneInfo(timezone)).date()


@lru_cache(maxsize=64)  # That of a batch is written once for each of its questions.
def stamp(moment: datetime) -> str:
    """`moment` as the journal and the sockets write it: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
