"""Who was away is caught up from memory: the same page as from the database, and not a query for each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.live import frames, hub, reading
from streams.live.ring import MAX_STEPS, Ring, Step
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move
from tests.live.stage import PlainScreen, do, eventually, sockets

Change = tuple[int, bool]


def step(after: int, upto: int, changes: list[Change]) -> Step:
    """In every step a question is put or dropped, and the head comes along."""
    last = dict(changes)
    put = {0: upto} | {number: upto for number, is_put in last.items() if is_put}
    return Step(
        after=after,
        upto=upto,
        cards={"ru": {n: json.dumps({"id": n, "seen": at}) for n, at in put.items()}},
        drop=frozenset(number for number, is_put in last.items() if not is_put),
        counts=json.dumps({"at": upto}),
    )


def applied(page: dict[int, Any], frame: dict[str, Any]) -> dict[int, Any]:
    cards = page | {card["id"]: card for card in frame["put"]}
    return {number: card for number, card in cards.items() if number not in frame["drop"]}


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=4),
        ),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 40),
)
def test_one_frame_for_many_steps_makes_the_same_page(
    given_steps: list[tuple[int, list[Change]]], cursor: int
) -> None:
    ring, at, steps = Ring(), 10, []
    for size, changes in given_steps:
        steps.append(step(at, at + size, changes))
        ring.add(steps[-1])
        at += size
    way = ring.way(cursor, {"ru"})
    assert bool(way) == (10 <= cursor < at)
    if not way:
        return
    start: dict[int, Any] = dict.fromkeys(range(1, 10), "old")
    one_by_one = start
    for one in steps:
        if one.upto > cursor:
            one_by_one = applied(one_by_one, json.loads(frames.joined([one], "ru")))
    at_once = json.loads(frames.joined(way, "ru"))
    assert applied(start, at_once) == one_by_one
    assert (at_once["seq"], at_once["counts"]) == (at, {"at": at})
    assert len({card["id"] for card in at_once["put"]}) == len(at_once["put"])


def test_a_gap_starts_it_anew_and_it_has_an_end() -> None:
    ring = Ring()
    ring.add(step(1, 2, []))
    ring.add(step(5, 6, []))
    assert not ring.way(1, {"ru"})
    assert ring.way(5, {"ru"})
    assert not ring.way(5, {"ru", "kk"})
    for at in range(6, 6 + MAX_STEPS):
        ring.add(step(at, at + 1, []))
    assert not ring.way(5, {"ru"})
    assert len(ring.way(6, {"ru"})) == MAX_STEPS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [4, 40])
async def test_a_herd_that_was_cut_comes_back_at_the_price_of_one(
    reception: Reception,
    seq: int,
    cast: Cast,
    plain: PlainScreen,
    house: hub.Hub,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    address = f"/ws/plain/{reception.no}/"
    questions = [await do(ask, reception) for _ in range(4)]
    async with sockets(address, count) as all_of_them:
        for place, socket in enumerate(all_of_them):
            # They were cut at different places.
            await socket.hello(seq + place % 4)
            await socket.news(seq + 4)
        # One more while they are there, so that the ring knows the way.
        await do(make_move, questions[0], Move.APPROVE, cast.by)
        for socket in all_of_them:
            await socket.news(seq + 5)
    await eventually(lambda: not house.is_running)
    await do(make_move, questions[1], Move.APPROVE, cast.by)

    reads: list[int] = []
    original = reading.since

    def counted(*args: Any, **kwargs: Any) -> reading.Outcome:
        reads.append(args[2])
        return original(*args, **kwargs)

    monkeypatch.setattr(reading, "since", counted)
    async with sockets(address, count) as again:
        waves = [again[: count // 2], again[count // 2 :]]
        seen = []
        for wave in waves:
            for socket in wave:
                await socket.hello(seq + 4)
            seen += [await socket.news(seq + 6) for socket in wave]
    assert all(one == seen[0] for one in seen)
    (frame,) = seen[0]
    fresh = frames.frame(plain, await do(plain.read, reception.pk, None), "ru")
    assert frame["counts"] == fresh["counts"]
    cards = {card["id"]: card for card in fresh["put"]}
    assert all(card == cards[card["id"]] for card in frame["put"])
    assert {card["id"] for card in frame["put"]} == {0, questions[0].number, questions[1].number}
    # What was new for this process was read once, however many came and wherever they stood.
    assert reads.count(seq + 5) == 1
    assert len(reads) <= 2


@pytest.mark.django_db(transaction=True)
async def test_joining_asks_the_database_nothing_for_each(
    reception: Reception, seq: int, plain: PlainScreen, house: hub.Hub
) -> None:
    async with sockets(f"/ws/plain/{reception.no}/", 30) as (first, *others):
        await first.hello(seq)
        await first.settled()
        reads, sides = plain.reads, plain.sides
        for socket in others:
            await socket.hello(seq)
            await socket.settled()
        assert (plain.reads, plain.sides) == (reads, sides)
