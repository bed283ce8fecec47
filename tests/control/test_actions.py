"""A promise from its taking to its removal: each step recorded, in the journal, and in its question."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from streams.common import clock
from streams.control import actions
from streams.control.models import ControlRecord
from streams.control.rules import IllegalStep, Work
from streams.people.actors import Actor
from streams.people.rules import Role
from streams.questions import queries
from streams.questions.actions import NothingToUndo, Stale
from streams.questions.models import Answer, Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move

DUE = date(2027, 5, 1)


def take(question: Question, by: Actor, **changes: Any) -> ControlRecord:
    given: dict[str, Any] = {
        "promise": "Дорогу починим до мая.",
        "promised_by": "Серік Омаров",
        "owner_name": "Отдел дорог",
        "due_on": DUE,
        "time_code_s": 754,
        "expect": Question.objects.get(pk=question.pk).version,
        "now": clock.now(),
    }
    return actions.escalate(question.pk, by=by, **given | changes)


def by(cast: Cast, role: Role) -> Actor:
    return Actor(role, cast.with_role(role))


@pytest.fixture
def record(cast: Cast, reception: Reception) -> ControlRecord:
    return take(ask(reception), cast.by)


def test_taking_gives_a_public_number_and_closes_the_question(
    cast: Cast, reception: Reception
) -> None:
    first, second = (take(ask(reception), cast.by) for _n in range(2))
    year = clock.local_date(clock.now(), "Asia/Almaty").year
    assert (first.number, second.number) == (f"TAU-{year}-0001", f"TAU-{year}-0002")
    assert (first.chief, first.original_due_on) == (cast.chief, DUE)
    question = Question.objects.get(pk=first.question_id)
    assert question.outcome == Outcome.ON_CONTROL
    entry = Entry.objects.get(reception=reception, kind=Move.ESCALATE, question_number=1)
    assert entry.data["record"] == first.number
    assert "Дорогу" not in str(entry.data)
    assert queries.equation(reception.pk).buckets["on_control"] == 2


def test_a_number_is_not_lost_when_the_taking_fails(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    with pytest.raises(Stale):
        take(question, cast.by, expect=7)
    assert take(question, cast.by).number.endswith("-0001")


def test_the_whole_way_is_recorded(cast: Cast, record: ControlRecord) -> None:
    now = clock.now()
    controller, chief = by(cast, Role.CONTROLLER), by(cast, Role.CHIEF)
    actions.assign(
        record.pk, executor_name="Ибраев", instruction="Проверить.", by=controller, now=now
    )
    actions.assign(record.pk, executor_name="Ким", instruction="Проверить.", by=controller, now=now)
    actions.answer(record.pk, text="Починили.", language="ru", by=controller, now=now)
    record = actions.remove(record.pk, result="done", by=chief, now=now)
    kinds = [(step.kind, step.role, step.by) for step in record.steps.all()]
    assert kinds == [
        ("take", "moderator", cast.moderator),
        ("assign", "controller", cast.controller),
        ("assign", "controller", cast.controller),
        ("answer", "controller", cast.controller),
        ("remove", "chief", cast.chief),
    ]
    question = Question.objects.get(pk=record.question_id)
    assert question.outcome == Outcome.ANSWERED_FROM_CONTROL
    answer = Answer.objects.get(question=question)
    assert (answer.kind, answer.text) == ("control", "Починили.")
    journal = Entry.objects.filter(question_number=question.number).values_list("kind", flat=True)
    assert list(journal)[-4:] == [
        "control_assign",
        "control_assign",
        "answer_from_control",
        "control_remove",
    ]
    assert record.work_state == Work.REMOVED


def test_promises_are_fulfilled_after_the_seal(cast: Cast, reception: Reception) -> None:
    record = take(ask(reception), cast.by)
    now = clock.now()
    receptions.end(reception.pk, by=cast.by, now=now)
    receptions.seal(reception.pk, by=cast.by, now=now, count=queries.for_seal)
    chief = by(cast, Role.CHIEF)
    actions.assign(record.pk, executor_name="Ким", instruction="Сделать.", by=chief, now=now)
    actions.answer(record.pk, text="Сделано.", language="ru", by=chief, now=now)
    actions.remove(record.pk, result="done", by=chief, now=now)
    assert queries.equation(reception.pk).buckets["answered_from_control"] == 1


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in {"chief", "controller", "administrator"}]
)
def test_others_may_neither_assign_nor_answer(
    cast: Cast, record: ControlRecord, role: Role
) -> None:
    now = clock.now()
    with pytest.raises(IllegalStep, match="role"):
        actions.assign(
            record.pk, executor_name="Ким", instruction="Да.", by=by(cast, role), now=now
        )
    with pytest.raises(IllegalStep, match="role"):
        actions.answer(record.pk, text="Да.", language="ru", by=by(cast, role), now=now)
    record.refresh_from_db()
    assert record.work_state == Work.TAKEN
    assert record.steps.count() == 1


def test_only_the_chief_who_took_it_removes_it(cast: Cast, record: ControlRecord) -> None:
    now = clock.now()
    actions.answer(record.pk, text="Да.", language="ru", by=by(cast, Role.CHIEF), now=now)
    for other in (Actor(Role.CHIEF, cast.region_chief), by(cast, Role.CONTROLLER)):
        with pytest.raises(IllegalStep, match="role"):
            actions.remove(record.pk, result="done", by=other, now=now)
    with pytest.raises(IllegalStep, match="needs"):
        actions.remove(record.pk, result="rather", by=by(cast, Role.CHIEF), now=now)
    assert (
        actions.remove(record.pk, result="partly", by=by(cast, Role.CHIEF), now=now).result
        == "partly"
    )


def test_taking_is_taken_back_and_may_be_taken_again(cast: Cast, record: ControlRecord) -> None:
    question = Question.objects.get(pk=record.question_id)
    question = actions.take_back(question.pk, by=cast.by, expect=question.version, now=clock.now())
    assert (question.status, question.outcome) == (Status.NEW, None)
    record.refresh_from_db()
    assert record.work_state == Work.TAKEN_BACK
    again = take(question, cast.by)
    assert again.number != record.number


def test_it_is_not_taken_back_once_it_is_assigned(cast: Cast, record: ControlRecord) -> None:
    now = clock.now()
    chief = by(cast, Role.CHIEF)
    actions.assign(record.pk, executor_name="Ким", instruction="Да.", by=chief, now=now)
    question = Question.objects.get(pk=record.question_id)
    with pytest.raises(NothingToUndo):
        actions.take_back(question.pk, by=cast.by, expect=question.version, now=now)
    question.refresh_from_db()
    assert question.outcome == Outcome.ON_CONTROL


def test_it_is_not_taken_back_by_a_colleague(cast: Cast, record: ControlRecord) -> None:
    question = Question.objects.get(pk=record.question_id)
    with pytest.raises(NothingToUndo):
        actions.take_back(question.pk, by=cast.by_second, expect=question.version, now=clock.now())


def test_the_year_of_the_number_is_the_units(cast: Cast, reception: Reception) -> None:
    """20:00 UTC on New Year's Eve is next year's first hour in Almaty."""
    moment = datetime.fromisoformat("2026-12-31T20:00:00+00:00")
    question = make_move(ask(reception), Move.APPROVE, cast.by)
    assert take(question, cast.by, now=moment).number == "TAU-2027-0001"
    other = make_move(ask(reception), Move.APPROVE, cast.by)
    assert take(other, cast.by, now=moment - timedelta(hours=2)).number == "TAU-2026-0001"
