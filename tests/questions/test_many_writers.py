"""Eight writers at once on one reception, in any order hypothesis finds: the books stay true."""

from __future__ import annotations

import contextlib
import random
import threading
import uuid
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from django.db import connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from streams.common import clock
from streams.control import actions as control
from streams.people.actors import ASKER, Actor
from streams.questions import (
    actions,
    carry,
    claims,
    intake,
    marks,
    proposals,
    queries,
    rules,
    targets,
)
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions import chain, journal
from streams.receptions.models import Entry, Reception
from tests.cast import _FIELDS, Cast, make_cast, make_reception
from tests.patience import PATIENCE_S

REFUSALS = (
    actions.Stale,
    actions.Occupied,
    actions.NothingToUndo,
    rules.IllegalMove,
    rules.Missing,
    proposals.AlreadyProposed,
    proposals.NeedsSecond,
    targets.BadTarget,
    carry.NotThere,
    claims.Held,
    marks.NotNow,
)
WRITERS = 8


def check_books(reception_id: int) -> None:
    """Gapless, hash-true, and the equation holds."""
    reception = Reception.objects.get(pk=reception_id)
    previous = chain.GENESIS
    entries = list(Entry.objects.filter(reception=reception).select_related("reception"))
    assert [entry.seq for entry in entries] == list(range(1, reception.last_seq + 1))
    for entry in entries:
        assert entry.prev_hash == previous
        assert entry.hash == chain.entry_hash(journal.public(entry))
        previous = entry.hash
    assert previous == reception.last_hash
    sums = queries.equation(reception_id)
    assert sums.adds_up, sums
    assert sums.captured == Question.objects.filter(reception=reception).count()
    assert Question.objects.filter(reception=reception, status=Status.ON_AIR).count() <= 1


def one_step(cast: Cast, reception_id: int, seed: int) -> None:
    """What one person does: asks, moves, undoes, claims or edits, by the luck of `seed`."""
    luck = random.Random(seed)
    by = luck.choice([cast.by, cast.by_second, cast.by_chief])
    numbers = list(Question.objects.filter(reception_id=reception_id).values_list("pk", flat=True))
    if not numbers or luck.random() < 0.25:
        asked = [
            intake.parse(
                {"client_id": str(uuid.UUID(int=luck.getrandbits(128))), "text": f"Вопрос {i}"}
            )
            for i in range(luck.randint(1, 4))
        ]
        intake.receive_many(reception_id, asked, now=clock.now())
        return
    question = Question.objects.get(pk=luck.choice(numbers))
    with contextlib.suppress(*REFUSALS):  # a refusal changes nothing, which the books then show
        _act(luck, question, by)


def _act(luck: random.Random, question: Question, by: Actor) -> None:
    now, expect = clock.now(), question.version
    kind = luck.random()
    if kind < 0.2:
        actions.undo(question.pk, by=by, expect=expect, now=now)
    elif kind < 0.28:
        claims.claim(question.pk, by=by, now=now)
    elif kind < 0.34:
        marks.edit_text(question.pk, f"Текст {expect}", by=by, expect=expect, now=now)
    elif kind < 0.42:
        control.escalate(
            question.pk,
            promise="П.",
            promised_by="С.",
            owner_name="О.",
            due_on=date(2027, 1, 1),
            by=by,
            expect=expect,
            now=now,
        )
    else:
        outcome = Outcome(question.outcome) if question.outcome else None
        legal = rules.moves_from(Status(question.status), outcome, "live", by.role)
        legal += rules.moves_from(Status(question.status), outcome, "live", "asker")
        move = luck.choice([m for m in legal if m is not Move.ESCALATE] or list(Move))
        given = _FIELDS.get(move, {}) | {"target": luck.randint(1, question.number + 1)}
        given = given if move is Move.MERGE else {k: v for k, v in given.items() if k != "target"}
        who = ASKER if move is Move.WITHDRAW else by
        actions.move(question.pk, move, by=who, expect=expect, now=now, **given)


def at_once(steps: list[Callable[[], None]]) -> None:
    """Run all steps in threads that start together; the first error of any is raised."""
    start, errors = threading.Barrier(len(steps)), []

    def run(step: Callable[[], None]) -> None:
        try:
            start.wait(PATIENCE_S)
            step()
        except BaseException as error:  # noqa: BLE001 -- carried to the test's thread
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("evenings", "steps"), [(4, 16), pytest.param(40, 30, marks=pytest.mark.load)]
)
def test_the_books_are_true_after_every_step_of_eight_writers(evenings: int, steps: int) -> None:
    cast = make_cast()

    class Books(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.reception_id = make_reception(cast).pk

        @rule(seed=st.integers(0, 2**32))
        def one_writes(self, seed: int) -> None:
            one_step(cast, self.reception_id, seed)

        @rule(seeds=st.lists(st.integers(0, 2**32), min_size=WRITERS, max_size=WRITERS))
        def eight_write(self, seeds: list[int]) -> None:
            at_once([partial(one_step, cast, self.reception_id, seed) for seed in seeds])

        @invariant()
        def books_are_true(self) -> None:
            check_books(self.reception_id)

    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=evenings,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_on_one_question_one_wins_and_the_other_learns_who() -> None:
    cast = make_cast()
    reception = make_reception(cast)
    lost: list[actions.Stale] = []
    for number in range(1, 11):
        asked = intake.parse({"client_id": str(uuid.uuid4()), "text": "Кто первый?"})
        intake.receive_many(reception.pk, [asked], now=clock.now())
        question = Question.objects.get(reception=reception, number=number)

        def decide(by: Actor, move: Move, pk: int = question.pk) -> None:
            try:
                actions.move(pk, move, by=by, expect=1, now=clock.now(), **_FIELDS.get(move, {}))
            except actions.Stale as stale:
                lost.append(stale)

        at_once(
            [
                lambda: decide(cast.by, Move.APPROVE),
                lambda: decide(cast.by_second, Move.ANSWER_TEXT),
            ]
        )
        question.refresh_from_db()
        winner = cast.moderator if question.status == Status.APPROVED else cast.second_moderator
        assert (question.version, lost[-1].by, len(lost)) == (2, winner, number)
    check_books(reception.pk)
