"""Counting working days by a calendar, so that every due date can say how it came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
# A calendar without a working day in so long is a mistake, not a holiday.
_LONGEST_REST = 60


@dataclass(frozen=True)
class Special:
    """A day that is not what its weekday says: a holiday, or a weekend day that is worked."""

    is_working: bool
    name: str = ""
    source: str = ""


Calendar = Mapping[date, Special]


@dataclass(frozen=True)
class Skipped:
    """A day that didn't count. Without a `name` it is an ordinary Saturday or Sunday."""

    on: date
    name: str = ""
    source: str = ""


@dataclass(frozen=True)
class Count:
    """`days` working days after `start`; `start` itself never counts, `due_on` is the last of them."""

    start: date
    days: int
    due_on: date
    skipped: tuple[Skipped, ...] = ()

    @property
    def holidays(self) -> tuple[Skipped, ...]:
        return tuple(day for day in self.skipped if day.name)

    @property
    def weekend_days(self) -> int:
        return len(self.skipped) - len(self.holidays)


def is_working(day: date, calendar: Calendar) -> bool:
    special = calendar.get(day)
    return special.is_working if special else day.weekday() < _SATURDAY


def count(start: date, days: int, calendar: Calendar) -> Count:
    """Counted from the day after `start`. Raises ValueError where the calendar has no end of rest."""
    day, left, resting = start, days, 0
    skipped: list[Skipped] = []
    while left:
        day += timedelta(days=1)
        if is_working(day, calendar):
            left, resting = left - 1, 0
            continue
        resting += 1
        if resting > _LONGEST_REST:
            raise ValueError(f"no working day in {_LONGEST_REST} days before {day}")
        special = calendar.get(day)
        skipped.append(
            Skipped(day, special.name or str(day), special.source) if special else Skipped(day)
        )
    return Count(start, days, day, tuple(skipped))


def between(first: date, last: date, calendar: Calendar) -> int:
    """Working days after `first` up to and with `last`; negative where `last` is earlier."""
    if last < first:
        return -between(last, first, calendar)
    return sum(
        is_working(first + timedelta(days=n), calendar) for n in range(1, (last - first).days + 1)
    )
