"""A due date in words: how many days are left, or by how many it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from streams.common import clock
from streams.control.models import ControlRecord
from streams.control.rules import OPEN, Work, is_overdue

SOON_DAYS = 3


@dataclass(frozen=True)
class Due:
    """`kind`: overdue, today, soon, later; once answered: done or late. `text` says it without the colour."""

    kind: str
    text: str


def due(record: ControlRecord, today: date) -> Due:
    """`today` is the local day of the record's unit."""
    work = Work(record.work_state)
    if work not in OPEN:
        return _answered(record)
    left = (record.due_on - today).days
    if is_overdue(work, record.due_on, today=today):
        text = ngettext("overdue by %(n)d day", "overdue by %(n)d days", -left) % {"n": -left}
        return Due("overdue", text)
    if left == 0:
        return Due("today", _("due today"))
    text = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return Due("soon" if left <= SOON_DAYS else "later", text)


def _answered(record: ControlRecord) -> Due:
    if record.answered_at is None:
        return Due("done", "")
    late = (clock.local_date(record.answered_at, record.unit.timezone) - record.due_on).days
    if late > 0:
        text = ngettext("answered %(n)d day late", "answered %(n)d days late", late) % {"n": late}
        return Due("late", text)
    return Due("done", _("answered in time"))
