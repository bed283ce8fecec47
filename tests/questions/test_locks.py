"""Who writes to the same questions at once waits, and never in a ring."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from streams.questions import similar, votes
from streams.questions.models import Likeness, Question
from streams.questions.rules import Move
from tests.cast import Cast, ask, make_cast, make_move, make_reception
from tests.locks import somebody_waits
from tests.patience import PATIENCE_S, eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(transactional_db: None) -> tuple[Cast, Question, Question]:
    """Two questions that viewers may vote for, in the order of their coming."""
    cast = make_cast()
    reception = make_reception(cast)
    first, second = (make_move(ask(reception), Move.APPROVE, cast.by) for _ in range(2))
    return cast, first, second


class Beside:
    """`step` in a thread with a connection of its own."""

    def __init__(self, step: Callable[[], object]) -> None:
        self.errors: list[BaseException] = []
        self._step = step
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._step()
        except BaseException as error:  # noqa: BLE001 -- told by the test's own thread
            self.errors.append(error)
        finally:
            connections.close_all()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def finish(self) -> None:
        self._thread.join(PATIENCE_S)
        assert self.is_over
        if self.errors:
            raise self.errors[0]


def test_votes_and_a_decision_on_several_questions(two: tuple[Cast, Question, Question]) -> None:
    """The next one is put on air, say: the newer question is written first, then the older one."""
    cast, first, second = two
    pairs = [(question.number, voter) for question in (first, second) for voter in ("a", "b")]
    with transaction.atomic():
        make_move(second, Move.QUEUE, cast.by)
        crowd = Beside(lambda: votes.vote_many(first.reception_id, pairs))
        eventually(somebody_waits)
        make_move(first, Move.QUEUE, cast.by)
    crowd.finish()
    assert [q.votes for q in Question.objects.order_by("pk")] == [2, 2]
    assert [q.status for q in Question.objects.order_by("pk")] == ["queued", "queued"]


def test_what_points_at_a_question_does_not_wait_for_a_decision_on_it(
    two: tuple[Cast, Question, Question],
) -> None:
    """A viewer's look for the same question indexes what has come in, and must not wait for the desk."""
    cast, first, _second = two
    Likeness.objects.all().delete()
    similar._complete_to = 0
    with transaction.atomic():
        make_move(first, Move.QUEUE, cast.by)
        look = Beside(similar.catch_up)
        eventually(lambda: look.is_over or somebody_waits())
        assert look.is_over
    look.finish()
    assert Likeness.objects.count() == 2
