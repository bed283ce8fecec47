"""Weeks, as the board turns their pages: 2026-W47."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_FORM = re.compile(r"(\d{4})-W(\d{2})")
# Before the first reception and after any plan; keeps the arithmetic inside the calendar.
_YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Week:
    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def name(self) -> str:
        year, week, _day = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def before(self) -> Week:
        return Week(self.monday - timedelta(days=7))

    @property
    def after(self) -> Week:
        return Week(self.monday + timedelta(days=7))

    def __contains__(self, day: date) -> bool:
        return self.monday <= day <= self.sunday


def week_of(day: date) -> Week:
    return Week(day - timedelta(days=day.weekday()))


def read_week(name: str) -> Week:
    """From 2026-W47. Raises ValueError for anything else, and for weeks that no calendar has."""
    match = _FORM.fullmatch(name)
    if match is None or int(match[1]) not in _YEARS:
        raise ValueError(name)
    return Week(date.fromisocalendar(int(match[1]), int(match[2]), 1))
