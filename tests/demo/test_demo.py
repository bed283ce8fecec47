"""The demonstration: made once, by the real actions, and sound by every measure we publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from streams.archive.audit import audit
from streams.control import queries as control
from streams.control.models import ControlRecord
from streams.demo import people, season
from streams.people.models import Membership, Unit, User
from streams.people.rules import Role
from streams.questions import queries
from streams.questions.models import AskerContact, Question
from streams.questions.rules import BUCKETS, Outcome, Status
from streams.receptions import actions
from streams.receptions.models import Reception, Schedule
from streams.receptions.rules import State

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def _live(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Reception]:
    """Made once for all tests here, which each work inside a savepoint of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield season.prepare("correct horse", NOW)
        transaction.set_rollback(True)


@pytest.fixture
def live(_live: Reception, db: None) -> Reception:
    return Reception.objects.get(pk=_live.pk)


def test_all_outcomes_of_last_week_and_all_stages_of_today(live: Reception) -> None:
    past = Reception.objects.get(unit__code=people.HOME, state=State.SEALED)
    buckets = queries.equation(past.pk).buckets
    assert {name for name, n in buckets.items() if n} == set(BUCKETS) - {"waiting"}
    assert queries.equation(past.pk).not_questions == 3

    statuses = Counter(Question.objects.filter(reception=live).values_list("status", flat=True))
    assert set(statuses) == set(Status)
    assert statuses[Status.ON_AIR] == 1
    assert live.live_since == NOW - timedelta(minutes=24)
    carried = Question.objects.filter(reception=live, carried_from__reception=past)
    assert carried.count() == buckets[Outcome.CARRIED_OVER] == 2
    assert Question.objects.filter(reception=live).exclude(proposal=None).count() == 1
    assert AskerContact.objects.filter(question__reception=live).exists()


def test_every_journal_holds_and_every_equation_adds_up(live: Reception) -> None:
    receptions = Reception.objects.all()

    assert sorted(r.state for r in receptions) == [
        *["live"] * 2,
        *["scheduled"] * 4,
        *["sealed"] * 2,
    ]
    for reception in receptions:
        assert queries.equation(reception.pk).adds_up
        report = audit(reception.no)
        assert [str(finding) for finding in report.findings] == []


def test_numbers_follow_the_calendar(live: Reception) -> None:
    by_number = Reception.objects.order_by("no").values_list("starts_at", flat=True)

    assert list(by_number)[:3] == sorted(by_number)[:3]


def test_promises_are_overdue_due_answered_and_removed(live: Reception) -> None:
    days = control.local_days(NOW)

    states = Counter(ControlRecord.objects.values_list("work_state", flat=True))
    assert set(states) == {"taken", "assigned", "answered", "removed"}
    assert control.records().filter(control.overdue(days)).count() == 2
    assert control.records().filter(control.due(days)).count() == 3


def test_three_languages_are_asked_and_answered(live: Reception) -> None:
    assert set(Question.objects.values_list("language", flat=True)) == {"kk", "ru", "en"}
    assert Question.objects.count() >= 60


def test_one_account_for_each_role_and_a_second_moderator(live: Reception) -> None:
    roles = Counter(Membership.objects.values_list("role", flat=True))

    assert roles == Counter({role.value: 1 for role in Role}) + Counter(["moderator", "chief"])
    assert Unit.objects.count() == 5
    assert Schedule.objects.count() == 4
    administrators = User.objects.filter(is_staff=True) | User.objects.filter(is_superuser=True)
    assert [user.username for user in administrators] == ["administrator"]
    assert all(user.check_password("correct horse") for user in User.objects.all())


def test_again_it_changes_nothing(live: Reception) -> None:
    heads = list(Reception.objects.order_by("pk").values_list("pk", "last_hash"))

    assert season.prepare("correct horse", NOW + timedelta(hours=3)) == live

    assert list(Reception.objects.order_by("pk").values_list("pk", "last_hash")) == heads
    assert User.objects.count() == len(people.ACCOUNTS)


def test_on_another_day_a_new_reception_goes_on_air_and_nothing_is_lost(live: Reception) -> None:
    waiting = queries.equation(live.pk).waiting
    later = NOW + timedelta(days=1)

    fresh = season.prepare("correct horse", later)

    assert fresh != live
    live.refresh_from_db()
    assert live.state == State.SEALED
    sums = queries.equation(live.pk)
    assert (sums.waiting, sums.buckets[Outcome.CARRIED_OVER]) == (0, waiting)
    assert Question.objects.filter(reception=fresh, carried_from__reception=live).count() == waiting
    for reception in (live, fresh):
        assert audit(reception.no).holds
    assert season.on_air() == fresh


def test_a_reception_that_was_ended_by_hand_is_left_alone(live: Reception) -> None:
    actions.end(live.pk, by=season._crew(live).moderator, now=NOW)

    fresh = season.prepare("correct horse", NOW + timedelta(minutes=5))

    live.refresh_from_db()
    assert (live.state, fresh.state) == (State.ENDED, State.LIVE)
