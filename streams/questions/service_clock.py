"""The service clock of a standing register: by when the unit itself promised to answer.

It is not the term that the law sets for a registered appeal, and is never mixed with it. Dates are
counted when they are shown, so a corrected calendar moves every date that is still open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from streams.common import clock, special_days, workdays
from streams.common.workdays import Calendar, Count
from streams.people.models import Unit
from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.receptions.queries import month_end

SOON_DAYS = 2


@dataclass(frozen=True)
class Due:
    """`kind`: overdue, today, soon, later; once closed: done or late. `days` are working days."""

    count: Count
    kind: str
    days: int

    @property
    def on(self) -> date:
        return self.count.due_on

    @property
    def is_open(self) -> bool:
        return self.kind not in {"done", "late"}

    @property
    def tone(self) -> str:
        return {"overdue": "danger", "late": "danger", "today": "warn", "soon": "warn"}.get(
            self.kind, ""
        )

    @property
    def text(self) -> str:
        n = {"n": self.days}
        if self.kind == "overdue":
            return (
                ngettext("overdue by %(n)d working day", "overdue by %(n)d working days", self.days)
                % n
            )
        if self.kind == "today":
            return _("due today")
        if self.kind == "late":
            return (
                ngettext(
                    "closed %(n)d working day late", "closed %(n)d working days late", self.days
                )
                % n
            )
        if self.kind == "done":
            return _("closed in time")
        return ngettext("%(n)d working day left", "%(n)d working days left", self.days) % n


@dataclass(frozen=True)
class ServiceClock:
    """Of one register, at one moment, in one language: one query for any number of questions."""

    reception: Reception
    days: int
    today: date
    calendar: Calendar

    def due(self, question: Question) -> Due:
        zone = self.reception.unit.timezone
        start = clock.local_date(question.received_at, zone)
        count = workdays.count(start, self.days, self.calendar)
        if question.closed_at is not None:
            late = self._between(count.due_on, clock.local_date(question.closed_at, zone))
            return Due(count, "late" if late > 0 else "done", max(0, late))
        left = self._between(self.today, count.due_on)
        # On a day of rest after the last working day nothing is late by a working day yet.
        if self.today > count.due_on:
            return Due(count, "overdue", max(1, -left))
        if self.today == count.due_on:
            return Due(count, "today", 0)
        return Due(count, "soon" if left <= SOON_DAYS else "later", left)

    def overdue_before(self) -> date:
        """Questions received on an earlier local day than this, and still open, are overdue."""
        day = self.reception.month
        while workdays.count(day, self.days, self.calendar).due_on < self.today:
            day = date.fromordinal(day.toordinal() + 1)
        return day

    def _between(self, first: date, last: date) -> int:
        return workdays.between(first, last, self.calendar)


def of(reception: Reception, now: datetime) -> ServiceClock | None:
    """None for a reception that has no such promise."""
    if reception.service_days is None:
        return None
    today = clock.local_date(now, reception.unit.timezone)
    last = max(today, clock.local_date(month_end(reception), reception.unit.timezone))
    calendar = special_days.calendar(reception.month, last)
    return ServiceClock(reception, reception.service_days, today, calendar)


def promise_from(today: date, unit: Unit) -> date:
    """The day that the unit's own term reaches when it begins today: a first value, to be changed."""
    calendar = special_days.calendar(today, today)
    return workdays.count(today, unit.service_days, calendar).due_on
