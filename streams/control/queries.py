"""Records on control as the lists show them. A day is the local day of the record's unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from streams.common import clock
from streams.control.models import ControlRecord, ControlStep
from streams.control.rules import OPEN, Work
from streams.people.models import Unit, User

_OPEN = Q(work_state__in=[work.value for work in OPEN])
# "Due" means within a week.
SOON = timedelta(days=7)


def records() -> QuerySet[ControlRecord]:
    """In force, with what a row shows; taken-back ones aren't promises."""
    return ControlRecord.objects.exclude(work_state=Work.TAKEN_BACK).select_related(
        "unit", "question__reception", "question__district", "chief"
    )


def local_days(now: datetime) -> dict[str, date]:
    """Today in every time zone that has a unit. One query."""
    zones = Unit.objects.order_by().values_list("timezone", flat=True).distinct()
    return {zone: clock.local_date(now, zone) for zone in zones}


def open_ones() -> Q:
    return _OPEN


def overdue(days: Mapping[str, date]) -> Q:
    """Open and the day has passed where the unit is; on the day itself it is in time."""
    return _OPEN & _by_zone({zone: Q(due_on__lt=today) for zone, today in days.items()})


def due(days: Mapping[str, date], until: date | None = None) -> Q:
    """Open and due from today to `until`, or within a week."""
    return _OPEN & _by_zone(
        {
            zone: Q(due_on__gte=today, due_on__lte=until or today + SOON)
            for zone, today in days.items()
        }
    )


def concerning(user: User) -> Q:
    """Taken by them, or theirs by name: owners and executors need no account."""
    mine = Q(chief=user)
    if user.full_name:
        mine |= Q(owner_name=user.full_name) | Q(executor_name=user.full_name)
    return mine


def steps(record: ControlRecord) -> QuerySet[ControlStep]:
    return record.steps.select_related("by")


def of_questions(question_ids: Iterable[int]) -> dict[int, ControlRecord]:
    return {r.question_id: r for r in records().filter(question_id__in=question_ids)}


def _by_zone(conditions: Mapping[str, Q]) -> Q:
    either = Q(pk__in=[])
    for zone, condition in conditions.items():
        either |= Q(unit__timezone=zone) & condition
    return either
