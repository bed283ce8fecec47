"""Records on control as the lists show them."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from streams.control.models import ControlRecord
from streams.control.rules import OPEN, Work

_OPEN = [work.value for work in OPEN]


def records() -> QuerySet[ControlRecord]:
    """In force, with what a row shows; taken-back ones aren't promises."""
    return ControlRecord.objects.exclude(work_state=Work.TAKEN_BACK).select_related(
        "unit", "question__reception", "chief"
    )


def open_records() -> QuerySet[ControlRecord]:
    return records().filter(work_state__in=_OPEN)


def overdue(*, today: date) -> QuerySet[ControlRecord]:
    return open_records().filter(due_on__lt=today)


def due_until(day: date, *, today: date) -> QuerySet[ControlRecord]:
    """Open and due from today to `day`."""
    return open_records().filter(due_on__gte=today, due_on__lte=day)


def of_questions(question_ids: Iterable[int]) -> dict[int, ControlRecord]:
    return {r.question_id: r for r in records().filter(question_id__in=question_ids)}
