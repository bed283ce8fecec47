"""The arithmetic of the desk's pace: what came in, what was decided, what waits, and when it is done.

A minute is a whole number of minutes since 1970. A question waits here until its first decision: until
it is no longer new. Nothing but numbers; where they come from is `desk.pace`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MINUTES = 60
# A forecast looks back so far: long enough to be calm, short enough to follow a new colleague.
LOOK_BACK = 10
# From less than this no pace can be told.
LEAST_DECIDED, LEAST_MIN = 3, 2.0
# Whoever needs longer than this has no end in sight, and a number would only pretend one.
LONGEST_MIN = 600


class Outlook(StrEnum):
    EMPTY = "empty"
    EMPTIES = "empties"
    GROWING = "growing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Forecast:
    outlook: Outlook
    minutes: int | None = None


@dataclass(frozen=True)
class Minute:
    """`decided`: left the new ones, less those that were put back."""

    arrived: int = 0
    decided: int = 0


@dataclass(frozen=True)
class Pace:
    """The last MINUTES minutes, the running one last; `waiting` is how it stood at the end of each."""

    arrived: Sequence[int]
    decided: Sequence[int]
    waiting: Sequence[int]
    forecast: Forecast


def pace(counted: Mapping[int, Minute], waiting: int, *, minute: int, second: float) -> Pace:
    """`counted` by minute; `waiting` is how many wait now, `second` how old the running `minute` is."""
    minutes = [counted.get(minute - ago, Minute()) for ago in range(MINUTES - 1, -1, -1)]
    return Pace(
        arrived=[one.arrived for one in minutes],
        # More put back than decided is no pace; the line of what waits shows it.
        decided=[max(0, one.decided) for one in minutes],
        waiting=_backwards(minutes, waiting),
        forecast=_forecast(minutes, waiting, second),
    )


def forecast(*, waiting: int, arrived: int, decided: int, minutes: float) -> Forecast:
    """When the last one is decided if the next minutes are like the last `minutes`."""
    if not waiting:
        return Forecast(Outlook.EMPTY)
    if arrived > decided:
        return Forecast(Outlook.GROWING)
    if arrived == decided or decided < LEAST_DECIDED or minutes < LEAST_MIN:
        return Forecast(Outlook.UNKNOWN)
    needed = math.ceil(waiting * minutes / (decided - arrived))
    return Forecast(Outlook.EMPTIES, needed) if needed <= LONGEST_MIN else Forecast(Outlook.UNKNOWN)


def _forecast(minutes: Sequence[Minute], waiting: int, second: float) -> Forecast:
    """From the first minute of late in which anything happened: before it nobody was at work."""
    late = list(minutes[-LOOK_BACK - 1 :])
    while late and late[0] == Minute():
        late.pop(0)
    return forecast(
        waiting=waiting,
        arrived=sum(one.arrived for one in late),
        decided=sum(one.decided for one in late),
        minutes=max(0.0, len(late) - 1 + second / 60),
    )


def _backwards(minutes: Sequence[Minute], waiting: int) -> list[int]:
    """How many waited at the end of each minute, told from how many wait now."""
    stood = []
    for one in reversed(minutes):
        stood.append(max(0, waiting))
        waiting += one.decided - one.arrived
    return stood[::-1]
