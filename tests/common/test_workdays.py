"""Working days: the vectors of the calendar of 2026, moved days, and an explanation that adds up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from streams.common import special_days, workdays
from streams.common.special_days import SpecialDay
from streams.common.workdays import Special

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 3, 4), 3, date(2026, 3, 10)),
        (date(2026, 3, 4), 15, date(2026, 3, 31)),
        (date(2026, 4, 29), 3, date(2026, 5, 5)),
        (date(2026, 4, 29), 15, date(2026, 5, 25)),
        (date(2026, 9, 16), 20, date(2026, 10, 14)),
    ],
)
def test_counts_as_the_law_books_do(start: date, days: int, due: date) -> None:
    special_days.seed(2026)
    assert workdays.count(start, days, special_days.calendar(start, start)).due_on == due


def test_explains_itself() -> None:
    special_days.seed(2026)
    with translation.override("ru"):
        count = workdays.count(
            date(2026, 12, 11), 4, special_days.calendar(date(2026, 12, 1), date(2027, 1, 1))
        )
    assert count.due_on == date(2026, 12, 18)
    assert count.weekend_days == 2
    assert [(day.on, day.name) for day in count.holidays] == [
        (date(2026, 12, 16), "День Независимости")
    ]
    assert count.holidays[0].source.startswith("python-holidays")


def test_an_edited_day_stands_whatever_is_seeded_after() -> None:
    special_days.seed(2026)
    SpecialDay.objects.filter(on=date(2026, 12, 16)).update(is_working=True, source="Decree 1")
    assert special_days.seed(2026) == 0
    calendar = special_days.calendar(date(2026, 12, 1), date(2026, 12, 31))
    assert workdays.is_working(date(2026, 12, 16), calendar)


def test_a_moved_working_day_counts() -> None:
    saturday = date(2026, 11, 21)
    moved = {saturday: Special(is_working=True, name="Moved", source="Decree 2")}
    assert workdays.count(date(2026, 11, 20), 1, moved).due_on == saturday


def test_a_calendar_without_an_end_of_rest_is_refused() -> None:
    rest = {date(2026, 1, 1) + timedelta(days=n): Special(is_working=False) for n in range(200)}
    with pytest.raises(ValueError, match="no working day"):
        workdays.count(date(2026, 1, 1), 1, rest)


@given(start=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(1, 30))
def test_every_day_is_worked_or_skipped(start: date, days: int) -> None:
    count = workdays.count(start, days, {})
    assert (count.due_on - start).days == days + len(count.skipped)
    assert workdays.between(start, count.due_on, {}) == days
    assert workdays.between(count.due_on, start, {}) == -days
