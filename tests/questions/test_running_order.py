"""The order of the queue: moved by hand, arranged by suggestion, never lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.common import clock
from streams.questions import running_order
from streams.questions.models import Question
from streams.questions.ranking import Candidate, rank
from streams.questions.replay import Replay
from streams.questions.rules import Move
from streams.questions.running_order import NotQueued, Where
from streams.receptions import journal
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move


def queue(reception: Reception) -> list[int]:
    queued = Question.objects.filter(reception=reception, status="queued")
    return list(queued.order_by("place", "number").values_list("number", flat=True))


@pytest.fixture
def five(cast: Cast, reception: Reception) -> Reception:
    for _ in range(5):
        make_move(ask(reception), Move.QUEUE, cast.by)
    return reception


@pytest.mark.parametrize(
    ("number", "before", "order"),
    [
        (5, 1, [5, 1, 2, 3, 4]),
        (1, None, [2, 3, 4, 5, 1]),
        (1, 3, [2, 1, 3, 4, 5]),
        (4, 2, [1, 4, 2, 3, 5]),
        (3, 4, [1, 2, 3, 4, 5]),
    ],
)
def test_a_question_goes_before_another(
    cast: Cast, five: Reception, number: int, before: int | None, order: list[int]
) -> None:
    running_order.move_before(five.pk, number, before, by=cast.by, now=clock.now())
    assert queue(five) == order


@pytest.mark.parametrize(
    ("where", "number", "order"),
    [
        (Where.FIRST, 3, [3, 1, 2, 4, 5]),
        (Where.UP, 3, [1, 3, 2, 4, 5]),
        (Where.DOWN, 3, [1, 2, 4, 3, 5]),
        (Where.LAST, 3, [1, 2, 4, 5, 3]),
        (Where.UP, 1, [1, 2, 3, 4, 5]),
        (Where.DOWN, 5, [1, 2, 3, 4, 5]),
        (Where.FIRST, 1, [1, 2, 3, 4, 5]),
    ],
)
def test_a_question_steps_through_the_queue(
    cast: Cast, five: Reception, where: Where, number: int, order: list[int]
) -> None:
    running_order.move(five.pk, number, where, by=cast.by, now=clock.now())
    assert queue(five) == order


def test_a_move_that_changes_nothing_leaves_no_entry(cast: Cast, five: Reception) -> None:
    before = Entry.objects.filter(reception=five).count()
    running_order.move(five.pk, 1, Where.UP, by=cast.by, now=clock.now())
    running_order.arrange(five.pk, [1, 2, 3, 4, 5], by=cast.by, now=clock.now())
    assert Entry.objects.filter(reception=five).count() == before


def test_one_move_is_one_entry(cast: Cast, five: Reception) -> None:
    before = five.last_seq
    running_order.move_before(five.pk, 4, 2, by=cast.by, now=clock.now())
    five.refresh_from_db()
    assert journal.changed(five.pk, before)[1] >= {4}
    assert Entry.objects.filter(reception=five, kind="place").count() == 1


def test_places_are_spread_anew_when_there_is_no_room_between_two(
    cast: Cast, five: Reception
) -> None:
    wanted = [1, 2, 3, 4, 5]
    for turn in range(40):
        number = (4, 5)[turn % 2]
        running_order.move_before(five.pk, number, wanted[1], by=cast.by, now=clock.now())
        second = wanted[1]
        wanted.remove(number) if number != second else None
        if number != second:
            wanted.insert(wanted.index(second), number)
        assert queue(five) == wanted


def test_what_left_the_queue_meanwhile_is_refused(cast: Cast, five: Reception) -> None:
    make_move(Question.objects.get(reception=five, number=2), Move.UNQUEUE, cast.by)
    for number, before in ((2, 1), (1, 2), (99, None)):
        with pytest.raises(NotQueued):
            running_order.move_before(five.pk, number, before, by=cast.by, now=clock.now())
    for numbers in ([1, 2, 3, 4, 5], [1, 3, 4], [1, 3, 4, 5, 5]):
        with pytest.raises(NotQueued):
            running_order.arrange(five.pk, numbers, by=cast.by, now=clock.now())
    assert queue(five) == [1, 3, 4, 5]


def test_the_journal_tells_the_same_story_with_places_in_it(cast: Cast, five: Reception) -> None:
    running_order.arrange(five.pk, [5, 4, 3, 2, 1], by=cast.by, now=clock.now())
    replay = Replay()
    for entry in Entry.objects.filter(reception=five).select_related("reception").order_by("seq"):
        assert replay.take(journal.public(entry)) == []
    assert queue(five) == [5, 4, 3, 2, 1]


CANDIDATES = st.builds(
    Candidate,
    number=st.integers(1, 500),
    waited_s=st.floats(0, 20_000),
    votes=st.integers(0, 300),
    also=st.integers(0, 40),
    is_urgent=st.booleans(),
)


@given(st.lists(CANDIDATES, unique_by=lambda one: one.number, max_size=30))
def test_the_suggestion_loses_nobody_and_keeps_its_word(candidates: list[Candidate]) -> None:
    order = rank(candidates)
    assert sorted(one.number for one in order) == sorted(one.number for one in candidates)
    for earlier, later in pairwise(order):
        assert earlier.is_urgent >= later.is_urgent
        if earlier.is_urgent == later.is_urgent:
            assert earlier.points >= later.points


def test_points_are_minutes_votes_and_other_askers() -> None:
    one = Candidate(number=1, waited_s=42 * 60 + 59, votes=3, also=2, is_urgent=False)
    assert one.points == 42 + 3 * 2 + 2 * 5
