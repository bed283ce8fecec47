"""Due and overdue at the borders of days, where the unit lives, and in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from streams.control import actions, queries
from streams.control.due import due
from streams.control.models import ControlRecord
from streams.people.actors import Actor
from streams.people.models import Unit
from streams.receptions.models import Reception
from tests.cast import Cast, ask
from tests.control.test_actions import take

DUE = date(2026, 11, 18)


@pytest.fixture
def record(cast: Cast, reception: Reception) -> ControlRecord:
    return take(ask(reception), cast.by, due_on=DUE)


@pytest.mark.parametrize(
    ("now", "late"),
    [
        # 23:59:59 on the due day in Almaty (UTC+5), then midnight.
        (datetime(2026, 11, 18, 18, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 18, 19, 0, 0, tzinfo=UTC), True),
        # The day before ends in Almaty while it is still afternoon in UTC.
        (datetime(2026, 11, 17, 18, 59, 59, tzinfo=UTC), False),
    ],
)
def test_overdue_begins_at_midnight_in_almaty(
    record: ControlRecord, now: datetime, late: bool
) -> None:
    days = queries.local_days(now)
    assert queries.records().filter(queries.overdue(days)).exists() is late
    assert (due(record, days["Asia/Almaty"]).kind == "overdue") is late


def test_each_unit_counts_its_own_days(cast: Cast, record: ControlRecord) -> None:
    Unit.objects.filter(pk=cast.district.pk).update(timezone="Pacific/Honolulu")
    # Already the 19th in Almaty, still the 18th in Honolulu.
    days = queries.local_days(datetime(2026, 11, 19, 5, 0, tzinfo=UTC))
    assert days["Asia/Almaty"] == date(2026, 11, 19)
    assert not queries.records().filter(queries.overdue(days)).exists()
    assert queries.records().filter(queries.due(days)).get() == record


@pytest.mark.parametrize(
    ("today", "listed"),
    [(10, False), (11, True), (18, True), (19, False)],
)
def test_due_means_from_today_within_a_week(
    record: ControlRecord, today: int, listed: bool
) -> None:
    days = {"Asia/Almaty": date(2026, 11, today)}
    assert queries.records().filter(queries.due(days)).exists() is listed


def test_due_until_a_day_includes_it(record: ControlRecord) -> None:
    days = {"Asia/Almaty": date(2026, 11, 1)}
    assert queries.records().filter(queries.due(days, date(2026, 11, 18))).exists()
    assert not queries.records().filter(queries.due(days, date(2026, 11, 17))).exists()


@pytest.mark.parametrize(
    ("today", "kind", "text"),
    [
        (date(2026, 11, 15), "soon", "3 days left"),
        (date(2026, 11, 17), "soon", "1 day left"),
        (date(2026, 11, 1), "later", "17 days left"),
        (date(2026, 11, 18), "today", "due today"),
        (date(2026, 11, 19), "overdue", "overdue by 1 day"),
        (date(2026, 12, 18), "overdue", "overdue by 30 days"),
    ],
)
def test_says_it_in_words(record: ControlRecord, today: date, kind: str, text: str) -> None:
    with translation.override("en"):
        assert (due(record, today).kind, due(record, today).text) == (kind, text)


@pytest.mark.parametrize(
    ("answered_at", "kind", "text"),
    [
        (datetime(2026, 11, 18, 18, 59, tzinfo=UTC), "done", "answered in time"),
        (datetime(2026, 11, 18, 19, 1, tzinfo=UTC), "late", "answered 1 day late"),
    ],
)
def test_an_answer_is_judged_by_the_units_day(
    cast: Cast, record: ControlRecord, answered_at: datetime, kind: str, text: str
) -> None:
    chief = Actor("chief", cast.chief)
    answered = actions.answer(record.pk, text="Да.", language="ru", by=chief, now=answered_at)
    with translation.override("en"):
        said = due(answered, date(2027, 1, 1))
    assert (said.kind, said.text) == (kind, text)
    days = queries.local_days(datetime(2027, 1, 1, tzinfo=UTC))
    assert not queries.records().filter(queries.overdue(days)).exists()
