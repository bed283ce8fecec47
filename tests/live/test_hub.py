"""One read, one rendering, one text for all; nothing missed."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext

from streams.live import feed, hub, reading
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import bell
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move
from tests.live.stage import PlainScreen, Socket, do, eventually, register, sockets, vote
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("house")]


async def test_a_change_reaches_every_socket_as_the_same_text(
    reception: Reception, seq: int, plain: PlainScreen
) -> None:
    async with sockets(f"/ws/plain/{reception.no}/", 3) as (one, two, three):
        for socket in (one, two, three):
            await socket.hello(seq)
            await socket.settled()
        plain.reads = 0
        question = await do(ask, reception)
        texts = [await socket.text() for socket in (one, two, three)]
    assert texts[0] == texts[1] == texts[2]
    assert plain.reads == 1
    assert plain.renderings == 2  # the head and the question
    frame = json.loads(texts[0])
    assert frame["v"] == 1
    assert frame["seq"] == seq + 1
    assert [card["id"] for card in frame["put"]] == [0, question.number]
    assert frame["counts"]["waiting"] == 1


async def test_each_language_is_rendered_once(
    reception: Reception, seq: int, plain: PlainScreen
) -> None:
    async with sockets(f"/ws/plain/{reception.no}/", 4) as all_of_them:
        for socket, lang in zip(all_of_them, ("ru", "kk", "ru", "kk"), strict=True):
            await socket.hello(seq, lang)
            await socket.settled()
        plain.reads = plain.renderings = 0
        await do(ask, reception)
        for socket in all_of_them:
            await socket.news(seq + 1)
    assert (plain.reads, plain.renderings) == (1, 4)


async def test_a_page_from_before_gets_only_what_changed_since(
    reception: Reception, cast: Cast
) -> None:
    first, second = [await do(ask, reception) for _ in range(2)]
    await do(reception.refresh_from_db)
    seq = reception.last_seq
    await do(make_move, second, Move.APPROVE, cast.by)
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        (frame,) = await socket.news(seq + 1)
    assert [card["id"] for card in frame["put"]] == [0, second.number]
    assert first.number not in frame["drop"]


async def test_a_page_that_is_up_to_date_gets_its_side_state_only(
    reception: Reception, seq: int
) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        assert await socket.message() == {"v": 1, "seq": seq, "side": {"votes": {}}}


async def test_a_socket_that_was_away_catches_up_from_its_cursor(
    reception: Reception, seq: int
) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        await do(ask, reception)
        await socket.news(seq + 1)
    missed = [(await do(ask, reception)).number for _ in range(3)]
    async with sockets(f"/ws/plain/{reception.no}/") as (again,):
        await again.hello(seq + 1)
        (frame,) = await again.news(seq + 4)
    assert [card["id"] for card in frame["put"]] == [0, *missed]


async def test_those_who_stand_at_one_place_share_the_way_from_there(
    reception: Reception, seq: int, plain: PlainScreen
) -> None:
    for _ in range(3):
        await do(ask, reception)
    async with sockets(f"/ws/plain/{reception.no}/", 5) as all_of_them:
        for socket in all_of_them:
            assert await socket.knock()
        plain.reads = 0
        for socket in all_of_them:
            await socket.say({"seq": seq, "lang": "ru"})
        for socket in all_of_them:
            assert "acks" in await socket.message()
        texts = {await socket.text() for socket in all_of_them}
    assert len(texts) == 1
    assert plain.reads == 1


async def test_who_joins_during_the_read_in_another_language_gets_the_same_news(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, reading_now, go_on = reading.since, threading.Event(), threading.Event()

    def held_up(*args: Any, **kwargs: Any) -> reading.Outcome:
        outcome = original(*args, **kwargs)
        reading_now.set()
        assert go_on.wait(PATIENCE_S)
        return outcome

    await do(ask, reception)
    monkeypatch.setattr(reading, "since", held_up)
    async with sockets(f"/ws/plain/{reception.no}/", 2) as (early, late):
        await early.hello(seq, "ru")
        await asyncio.to_thread(reading_now.wait, PATIENCE_S)
        await late.hello(seq, "kk")
        go_on.set()
        (in_russian,) = await early.news(seq + 1)
        (in_kazakh,) = await late.news(seq + 1)
    assert in_russian["put"][1]["id"] == in_kazakh["put"][1]["id"]


async def test_too_far_behind_is_told_to_reload(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FARTHEST", 3)
    for _ in range(3):
        await do(ask, reception)
    await do(reception.refresh_from_db)
    async with sockets(f"/ws/plain/{reception.no}/", 2) as (near, far):
        await near.hello(reception.last_seq - 3)
        await near.news(reception.last_seq)
        await far.hello(reception.last_seq - 4)
        assert await far.message() == {"reload": True}
        assert await far.closed() == 4426


async def test_ahead_of_the_journal_is_told_to_reload(reception: Reception, seq: int) -> None:
    async with sockets(f"/ws/plain/{reception.no}/", 2) as (true, false):
        await true.hello(seq)
        await true.settled()
        await false.hello(seq + 1)
        assert await false.message() == {"reload": True}
        assert await false.closed() == 4426
        await do(ask, reception)
        await true.news(seq + 1)


async def test_changes_of_one_tick_come_in_one_frame(reception: Reception, seq: int) -> None:
    _, slow = register()
    slow.tick_s = feed.LONGEST_TICK_S
    async with sockets(f"/ws/slow/{reception.no}/") as (socket,):
        await socket.hello(seq)
        await socket.settled()
        slow.reads = 0
        for _ in range(8):
            await do(ask, reception)
        frames = await socket.news(seq + 8)
    assert len(frames) < 8
    assert slow.reads == len(frames)
    numbers = [card["id"] for frame in frames for card in frame["put"] if card["id"]]
    assert numbers == list(range(1, 9))


async def test_the_longer_writing_takes_the_more_comes_in_one_frame(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    monkeypatch.setattr(feed, "BREATH", 200_000)
    async with sockets(f"/ws/slow/{reception.no}/") as (viewer,):
        await viewer.hello(seq)
        await viewer.settled()
        # The first one goes at once; what comes while the feed takes breath goes together.
        await do(ask, reception)
        await viewer.news(seq + 1)
        for _ in range(6):
            await do(ask, reception)
        assert len(await viewer.news(seq + 7)) < 6


async def test_the_longer_reading_takes_the_more_comes_in_one_frame(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    monkeypatch.setattr(feed, "READING_BREATH", 200_000)
    async with sockets(f"/ws/slow/{reception.no}/") as (viewer,):
        await viewer.hello(seq)
        await viewer.settled()
        await do(ask, reception)
        await viewer.news(seq + 1)
        for _ in range(6):
            await do(ask, reception)
        assert len(await viewer.news(seq + 7)) < 6


async def test_what_comes_in_waits_for_company_and_what_staff_do_does_not(
    reception: Reception, seq: int, plain: PlainScreen, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "RECEIVED_EVERY_S", 3600)
    # Nor does the hub look by itself: only the bell is heard.
    monkeypatch.setattr(hub, "LOOK_EVERY_S", 3600)
    async with sockets(f"/ws/plain/{reception.no}/") as (desk,):
        await desk.hello(seq)
        await desk.settled()
        first, *_ = [await do(ask, reception) for _ in range(3)]
        await do(make_move, first, Move.APPROVE, cast.by)
        frames = await desk.news(seq + 4)
    # At most the first of them came by itself, before anything had been sent.
    assert len(frames) <= 2
    assert plain.reads <= 2


async def test_what_comes_in_is_shown_by_itself_a_little_later(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY_S", 3600)
    async with sockets(f"/ws/plain/{reception.no}/") as (desk,):
        await desk.hello(seq)
        await desk.settled()
        for number in range(1, 4):
            await do(ask, reception)
            await desk.news(seq + number)


async def test_votes_that_are_new_go_along_with_the_news(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    register()
    monkeypatch.setattr(feed, "BREATH", 200_000)
    question = await do(ask, reception)
    await do(lambda: type(question).objects.update(is_public=True))
    async with sockets(f"/ws/slow/{reception.no}/") as (socket,):
        await socket.hello(seq + 1)
        assert await socket.settled() == {"votes": {}}
        await do(ask, reception)
        await socket.news(seq + 2)
        # While the feed takes breath; both bells ring at the commit.
        await do(vote_and_ask, question)
        frame = await socket.message()
    assert (frame["seq"], frame["side"]) == (seq + 3, {"votes": {"1": 1}})
    assert frame["put"]


def vote_and_ask(question: Question) -> None:
    with transaction.atomic():
        vote(question, "a")
        ask(question.reception)


async def test_votes_come_beside_the_journal_and_only_when_they_changed(
    reception: Reception,
) -> None:
    question = await do(ask, reception)
    await do(reception.refresh_from_db)
    await do(lambda: type(question).objects.update(is_public=True))
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(reception.last_seq)
        assert await socket.settled() == {"votes": {}}
        await do(vote, question, "a")
        assert await socket.settled() == {"votes": {"1": 1}}
        await do(vote, question, "a")  # counted already: nothing to say
        await do(vote, question, "b")
        assert await socket.settled() == {"votes": {"1": 2}}


async def test_what_staff_do_waits_for_no_reading_of_the_rest(
    reception: Reception, seq: int, plain: PlainScreen, cast: Cast
) -> None:
    question = await do(ask, reception)
    async with sockets(f"/ws/plain/{reception.no}/") as (desk,):
        await desk.hello(seq + 1)
        await desk.settled()
        read = plain.sides
        plain.may_tell.clear()
        await do(bell.ring_side, reception.pk)
        await eventually(lambda: plain.sides > read)
        await do(make_move, question, Move.APPROVE, cast.by)
        await desk.news(seq + 2)
        plain.may_tell.set()


async def test_queries_of_a_change_do_not_grow_with_the_sockets(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    original = reading.since

    def counted(*args: Any, **kwargs: Any) -> reading.Outcome:
        with CaptureQueriesContext(connections["default"]) as queries:
            outcome = original(*args, **kwargs)
        asked.append(len(queries))
        return outcome

    for count in (1, 12):
        async with sockets(f"/ws/plain/{reception.no}/", count) as all_of_them:
            for socket in all_of_them:
                await socket.hello(seq)
                await socket.settled()
            monkeypatch.setattr(reading, "since", counted)
            await do(ask, reception)
            for socket in all_of_them:
                await socket.news(seq + 1)
            monkeypatch.setattr(reading, "since", original)
        seq += 1
    # The entries, and the three of the screen.
    assert asked == [4, 4]


async def test_the_hub_rests_when_nobody_watches(
    reception: Reception, seq: int, house: hub.Hub
) -> None:
    await eventually(lambda: not house.is_running)
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        await socket.settled()
        assert house.is_running
    await eventually(lambda: not house.is_running)
    again = Socket(f"/ws/plain/{reception.no}/")
    await again.hello(seq)
    await again.settled()
    await do(ask, reception)
    await again.news(seq + 1)
    await again.leave()
