"""What can't be read, rendered or sent holds nobody else up, and loses nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.db import OperationalError

from streams.live import feed, reading, wires
from streams.receptions.models import Reception
from tests.cast import ask
from tests.live.stage import PlainScreen, do, sockets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("house")]


async def test_a_question_that_cant_be_read_keeps_no_other_back(
    reception: Reception, seq: int, plain: PlainScreen
) -> None:
    await do(ask, reception)
    bad = await do(ask, reception)
    plain.broken = {bad.number}
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        (frame,) = await socket.news(seq + 2)
        assert [card["id"] for card in frame["put"]] == [0, 1]
        later = await do(ask, reception)
        (frame,) = await socket.news(seq + 3)
    assert [card["id"] for card in frame["put"]] == [0, later.number]


async def test_a_card_that_cant_be_rendered_keeps_no_other_back(
    reception: Reception, seq: int, plain: PlainScreen
) -> None:
    plain.torn = {2}
    for _ in range(3):
        await do(ask, reception)
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        (frame,) = await socket.news(seq + 3)
    assert [card["id"] for card in frame["put"]] == [0, 1, 3]
    assert frame["counts"]["waiting"] == 3


async def test_a_side_state_that_cant_be_told_stops_no_news(
    reception: Reception, seq: int, plain: PlainScreen
) -> None:
    plain.sideless = True
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        assert await socket.settled() == {}
        await do(ask, reception)
        await socket.news(seq + 1)


async def test_a_database_that_is_away_loses_nothing_and_closes_nobody(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "FIRST_PAUSE_S", 0.01)
    original, tries = reading.since, []

    def away(*args: Any, **kwargs: Any) -> reading.Outcome:
        tries.append(1)
        if len(tries) < 4:
            raise OperationalError("the server is starting up")
        return original(*args, **kwargs)

    async with sockets(f"/ws/plain/{reception.no}/", 2) as (one, two):
        for socket in (one, two):
            await socket.hello(seq)
            await socket.settled()
        monkeypatch.setattr(reading, "since", away)
        await do(ask, reception)
        await one.news(seq + 1)
        await two.news(seq + 1)
    assert len(tries) == 4


async def test_a_client_that_reads_nothing_is_closed_and_the_others_get_all(
    reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wires, "CAP_BYTES", 12_000)
    async with sockets(f"/ws/plain/{reception.no}/", 2) as (good, deaf):
        for socket in (good, deaf):
            await socket.hello(seq)
            await socket.settled()
        count, told, acknowledged = 0, 0, 0
        while told < 2 * wires.CAP_BYTES:
            await do(ask, reception)
            count += 1
            told += sum(size(frame) for frame in await good.news(seq + count))
            if told - acknowledged > wires.CAP_BYTES / 2:
                await good.say({"seq": seq + count})
                acknowledged = told
        # By now the deaf one stands aside, and the good one doesn't.
        monkeypatch.setattr(feed, "PATIENCE_S", 0.0)
        assert await deaf.closed() == 4408
        await do(ask, reception)
        await good.news(seq + count + 1)


def size(frame: dict[str, Any]) -> int:
    return len(json.dumps(frame, ensure_ascii=False).encode())


async def test_a_send_that_waits_holds_nobody_else(reception: Reception, seq: int) -> None:
    stuck = asyncio.Event()

    async with sockets(f"/ws/plain/{reception.no}/", 2) as (good, slow):
        original = slow.wire.output_queue.put

        async def put(message: dict[str, object]) -> None:
            await original(message)
            if message["type"] == "websocket.send":
                await stuck.wait()

        slow.wire.output_queue.put = put
        await slow.hello(seq)
        await good.hello(seq)
        await good.settled()
        for count in range(1, 4):
            await do(ask, reception)
            await good.news(seq + count)
        stuck.set()
        await slow.news(seq + 3)
