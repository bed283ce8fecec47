"""The standing reception: months turn by themselves, nothing is lost at midnight, finished ones seal."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from streams.archive.audit import audit
from streams.people.actors import SYSTEM
from streams.questions import actions, intake, queries, rules, service_clock
from streams.questions.models import Question
from streams.questions.receipts import Receipt
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions import standing
from streams.receptions.models import Entry, Reception, Standing
from streams.receptions.queries import open_registers, takes_questions
from streams.receptions.rules import Stage, State, Step, steps_from
from tests.cast import Cast, make_move

# Almaty is five hours ahead: the month turns at 19:00 UTC of the last day.
NOVEMBER = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LAST_MINUTE = datetime(2026, 11, 30, 18, 59, 30, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 19, 0, 1, tzinfo=UTC)


def _plan(cast: Cast) -> Standing:
    return Standing.objects.create(
        unit=cast.district, host=cast.chief, host_name=cast.chief.full_name
    )


def _ask(
    register: Reception, now: datetime, text: str = "Когда откроют паспортный стол?"
) -> object:
    one = intake.parse({"client_id": str(uuid.uuid4()), "text": text})
    return intake.receive_many(register.pk, [one], now=now)[0]


@pytest.fixture
def november(cast: Cast) -> Reception:
    _plan(cast)
    [register] = standing.turn(NOVEMBER)
    return register


def test_opens_once_however_often_it_runs(november: Reception) -> None:
    assert standing.turn(NOVEMBER + timedelta(days=1)) == []
    assert list(open_registers()) == [november]
    assert november.stage is Stage.OPEN
    assert november.service_days == november.unit.service_days
    assert november.starts_at == datetime(2026, 10, 31, 19, 0, tzinfo=UTC)


def test_takes_questions_to_the_last_second(november: Reception) -> None:
    assert takes_questions(november, LAST_MINUTE)
    assert not takes_questions(november, DECEMBER)


def test_the_month_turns(november: Reception) -> None:
    [december] = standing.turn(DECEMBER)
    november.refresh_from_db()
    assert november.stage is Stage.FINISHING
    assert list(open_registers()) == [december]
    assert december.no != november.no


def test_a_question_on_its_way_at_midnight_lands_in_the_new_month(november: Reception) -> None:
    receipt = _ask(november, DECEMBER)
    assert isinstance(receipt, Receipt)
    december = open_registers().get()
    assert receipt.no == f"{december.no}-1"
    november.refresh_from_db()
    assert november.stage is Stage.FINISHING
    assert audit(november.no).holds
    assert audit(december.no).holds


def test_a_repeat_after_midnight_gets_the_first_receipt(november: Reception) -> None:
    one = intake.parse({"client_id": str(uuid.uuid4()), "text": "Неге жол жабық?"})
    first = intake.receive_many(november.pk, [one], now=LAST_MINUTE)[0]
    again = intake.receive_many(november.pk, [one], now=DECEMBER)[0]
    assert isinstance(first, Receipt)
    assert isinstance(again, Receipt)
    assert (again.no, again.repeated) == (first.no, True)


def test_an_old_month_seals_when_nothing_waits(november: Reception, cast: Cast) -> None:
    assert isinstance(_ask(november, LAST_MINUTE), Receipt)
    standing.turn(DECEMBER)
    later = DECEMBER + timedelta(days=2)
    assert standing.seal_finished(later, count=queries.for_seal) == []
    given = {"text": "Откроют во вторник.", "language": "ru"}
    actions.move(
        Question.objects.get().pk, Move.ANSWER_TEXT, by=cast.by, expect=1, now=later, **given
    )
    # Somebody may still take it back.
    assert standing.seal_finished(later, count=queries.for_seal) == []
    [sealed] = standing.seal_finished(later + timedelta(hours=2), count=queries.for_seal)
    assert sealed.pk == november.pk
    assert audit(sealed.no).holds


def test_two_workers_seal_an_old_month_once(november: Reception) -> None:
    standing.turn(DECEMBER)
    later = DECEMBER + timedelta(hours=2)

    def count(register: Reception) -> tuple[int, dict[str, Any]]:
        """The other worker is faster, between our look and our lock."""
        if Reception.objects.get(pk=register.pk).state != State.SEALED:
            receptions.seal(register.pk, by=SYSTEM, now=DECEMBER, count=queries.for_seal)
        return queries.for_seal(register)

    assert standing.seal_finished(later, count=count) == []
    assert Entry.objects.filter(reception=november, kind="seal").count() == 1


def test_an_empty_month_seals_too(november: Reception) -> None:
    standing.turn(DECEMBER)
    [sealed] = standing.seal_finished(DECEMBER + timedelta(hours=2), count=queries.for_seal)
    assert sealed.pk == november.pk


def test_nothing_of_it_has_an_air(november: Reception, cast: Cast) -> None:
    legal = {
        move
        for status in rules.OPEN
        for move in rules.moves_from(status, None, november.stage, "moderator")
    }
    assert not legal & {Move.QUEUE, Move.PUT_ON_AIR, Move.ANSWER_LIVE}
    assert {Move.ANSWER_TEXT, Move.ESCALATE, Move.FORWARD} <= legal
    assert _ask(november, NOVEMBER)
    with pytest.raises(rules.IllegalMove):
        make_move(Question.objects.get(), Move.QUEUE, cast.by)


def test_people_only_seal_it(november: Reception) -> None:
    from streams.receptions.rules import State

    assert steps_from(State.LIVE, november.kind) == []
    assert steps_from(State.ENDED, november.kind) == [Step.SEAL]


def test_a_unit_that_stops_keeps_what_it_has(november: Reception) -> None:
    Standing.objects.update(is_active=False)
    standing.turn(NOVEMBER + timedelta(days=1))
    november.refresh_from_db()
    assert november.stage is Stage.FINISHING
    assert standing.current(november.unit, now=NOVEMBER + timedelta(days=2)) is None


def test_the_service_clock_counts_working_days(november: Reception) -> None:
    # Received on Monday evening of the unit; ten working days on is Monday, 7 December.
    _ask(november, NOVEMBER)
    question = Question.objects.get()
    clock = service_clock.of(november, NOVEMBER)
    assert clock is not None
    due = clock.due(question)
    assert (due.on.isoformat(), due.kind, due.days) == ("2026-12-07", "later", 10)
    late = service_clock.of(november, datetime(2026, 12, 9, 5, tzinfo=UTC))
    assert late is not None
    assert (late.due(question).kind, late.due(question).days) == ("overdue", 2)
    assert late.overdue_before().isoformat() == "2026-11-25"


@pytest.mark.django_db(transaction=True)
def test_many_processes_turn_the_month_once(cast: Cast) -> None:
    _plan(cast)

    def turn(_n: int) -> int | None:
        try:
            register = standing.current(cast.district, now=NOVEMBER)
            return register.pk if register else None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(turn, range(4)))) == 1
    assert Reception.objects.count() == 1
