"""How long to wait after what went wrong, and what the desk is told: one table for all platforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.sources import errors
from streams.sources.errors import SourceError
from streams.sources.rules import Health

FIRST_S, LONGEST_S = 1.0, 60.0
# Whoever was well for so long had recovered: the next failure is a new one.
WELL_AFTER_S = 30.0
# So many failures of the same kind in a row and it is no hiccup any more.
STUBBORN = 5
_LOOK_AGAIN_S = 20.0
_PERSON_S = 300.0


@dataclass(frozen=True)
class Pause:
    """`health`, `code` and `retry_at` for the chip; `wait_s` until the next attempt."""

    health: Health
    code: str
    wait_s: float
    retry_at: datetime


# What is said and how long it is left alone; None: as long as the jitter says.
_TABLE: tuple[tuple[type[SourceError], Health, str, float | None], ...] = (
    (errors.SignInAgain, Health.SIGN_IN, "sign_in", _PERSON_S),
    (errors.NotLive, Health.WAITING, "not_live", _LOOK_AGAIN_S),
    (errors.Ended, Health.ENDED, "ended", _LOOK_AGAIN_S),
    (errors.TakenElsewhere, Health.ERROR, "taken_elsewhere", 30.0),
    (errors.Refused, Health.ERROR, "refused", _PERSON_S),
    (errors.QuotaSpent, Health.QUOTA, "quota", None),
    (errors.Throttled, Health.THROTTLED, "throttled", None),
    (errors.NotUnderstood, Health.ERROR, "not_understood", None),
    (SourceError, Health.DELAYED, "network", None),
)


def pause(error: SourceError, failures: int, now: datetime, random: Callable[[], float]) -> Pause:
    """`failures` in a row before this one. `random` gives [0, 1)."""
    health, code, wait_s = next(row[1:] for row in _TABLE if isinstance(error, row[0]))
    is_stubborn = failures + 1 >= STUBBORN
    if health is Health.DELAYED and is_stubborn:
        health = Health.ERROR
    if isinstance(error, errors.NotUnderstood) and is_stubborn:
        wait_s = _PERSON_S
    until = getattr(error, "until", None)
    if isinstance(until, datetime):
        wait_s = max(1.0, (until - now) / timedelta(seconds=1))
        return Pause(health, error.code or code, wait_s, until)
    if wait_s is None:
        wait_s = jitter(failures, random)
    return Pause(health, error.code or code, wait_s, now + timedelta(seconds=wait_s))


def jitter(failures: int, random: Callable[[], float]) -> float:
    """Full jitter: many runners that lost the same platform don't come back in step."""
    ceiling = min(LONGEST_S, FIRST_S * float(2 ** min(failures, 10)))
    return max(0.2, float(random()) * ceiling)
