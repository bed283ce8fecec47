"""Redis goes, hangs, comes back, forgets: the screens go on, and the bell is found again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from channels.layers import get_channel_layer  # noqa: TID251 -- it is taken away here
from django.conf import settings as django_settings
from pytest_django import Settings

from streams.live import doorbell, hub
from streams.receptions import bell
from streams.receptions.models import Reception
from tests.cast import ask
from tests.live.stage import Socket, do, eventually, sockets, vote
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """The way to Redis, which can be cut, stopped up, and mended."""

    def __init__(self) -> None:
        self.frozen = asyncio.Event()
        self.frozen.set()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(django_settings.REDIS_URL)
        if parts.scheme == "unix":
            there = await asyncio.open_unix_connection(parts.path)
        else:
            there = await asyncio.open_connection(parts.hostname, parts.port or 6379)
        self._open |= {writer, there[1]}
        await asyncio.wait(
            [
                asyncio.create_task(self._pump(reader, there[1])),
                asyncio.create_task(self._pump(there[0], writer)),
            ]
        )

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self.frozen.wait()
                writer.write(data)
                await writer.drain()
        writer.close()
        self._open.discard(writer)


@pytest.fixture
async def wire(
    reception: Reception, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Wire]:
    """Everything goes over it, quicker than in earnest."""
    monkeypatch.setattr(doorbell, "BEAT_EVERY_S", 0.05)
    monkeypatch.setattr(doorbell, "DEAF_AFTER_S", 0.4)
    monkeypatch.setattr(doorbell, "FIRST_PAUSE_S", 0.05)
    wire = Wire()
    await wire.mend()
    layers: dict[str, Any] = settings.CHANNEL_LAYERS
    config = layers["default"]["CONFIG"] | {"hosts": [f"redis://127.0.0.1:{wire.port}"]}
    settings.CHANNEL_LAYERS = {"default": layers["default"] | {"CONFIG": config}}
    yield wire
    await wire.cut()


@pytest.fixture
def from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever rings does it in another process, as far as the hub can tell."""
    monkeypatch.setattr(bell, "heard_by", lambda _hear: nullcontext())
    monkeypatch.setattr(bell, "is_ours", lambda _message: False)


@pytest.fixture
async def watching(
    wire: Wire, from_elsewhere: None, house: hub.Hub, reception: Reception, seq: int
) -> AsyncIterator[Socket]:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        await socket.settled()
        await eventually(lambda: not house.is_deaf)
        yield socket


def only_the_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY_S", 3600.0)


async def test_the_bell_alone_brings_a_change(
    watching: Socket, reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_the_bell(monkeypatch)
    await asyncio.sleep(0)
    await do(ask, reception)
    await watching.news(seq + 1)


async def test_the_process_that_rings_hears_it_without_redis(
    wire: Wire, house: hub.Hub, reception: Reception, seq: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_the_bell(monkeypatch)
    await wire.cut()
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        await socket.hello(seq)
        await socket.settled()
        await do(ask, reception)
        await socket.news(seq + 1)


async def test_without_redis_the_look_at_the_database_brings_it(
    watching: Socket, wire: Wire, house: hub.Hub, reception: Reception, seq: int
) -> None:
    await wire.cut()
    await eventually(lambda: house.is_deaf)
    question = await do(ask, reception)
    (frame,) = await watching.news(seq + 1)
    assert frame["put"][1]["id"] == question.number


async def test_without_redis_votes_are_looked_for_too(
    watching: Socket,
    wire: Wire,
    house: hub.Hub,
    reception: Reception,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub, "DEAF_SIDE_EVERY_S", 0.1)
    question = await do(ask, reception)
    await do(lambda: type(question).objects.update(is_public=True))
    await wire.cut()
    await eventually(lambda: house.is_deaf)
    await do(vote, question, "a")
    while await watching.settled() != {"votes": {"1": 1}}:
        pass


@pytest.mark.parametrize("loss", ["cut", "frozen", "forgotten"])
async def test_the_bell_is_found_again(
    watching: Socket,
    wire: Wire,
    house: hub.Hub,
    reception: Reception,
    seq: int,
    monkeypatch: pytest.MonkeyPatch,
    loss: str,
) -> None:
    if loss == "cut":
        await wire.cut()
    elif loss == "frozen":
        wire.frozen.clear()  # half-open: takes everything, answers nothing
    else:
        # The layer still takes our heartbeats and carries none: nothing else would tell.
        layer = get_channel_layer()
        assert layer is not None
        await layer.flush()
    await eventually(lambda: house.is_deaf)
    await do(ask, reception)
    await watching.news(seq + 1)
    if loss == "cut":
        await wire.mend()
    wire.frozen.set()
    await eventually(lambda: not house.is_deaf)
    only_the_bell(monkeypatch)
    await do(ask, reception)
    await watching.news(seq + 2)
    await do(ask, reception)
    await watching.news(seq + 3)


async def test_a_strange_message_harms_nobody(
    watching: Socket, house: hub.Hub, reception: Reception, seq: int
) -> None:
    layer = get_channel_layer()
    assert layer is not None
    strange: list[dict[str, Any]] = [
        {"type": "journal.grew"},
        {"type": "journal.grew", "reception": "1", "seq": None},
        {"type": "websocket.disconnect", "code": 1000},
        {"type": "rights.changed", "user": [1]},
        {"no": "type"},
        # A bell that lies: the database is asked, once, and believed.
        {"type": "journal.grew", "reception": reception.pk, "seq": 10**9},
    ]
    for message in strange:
        await layer.group_send(bell.GROUP, message)
    await do(ask, reception)
    await watching.news(seq + 1)
    await eventually(lambda: not house.is_deaf)


async def test_a_stopped_redis_makes_no_click_fail(wire: Wire, reception: Reception) -> None:
    await wire.cut()
    question = await do(ask, reception)
    assert question.number == 1


async def test_rings_of_batches_are_few_and_the_last_one_is_heard() -> None:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(bell.GROUP, channel)
    with bell.rung_by(asyncio.get_running_loop()):
        for seq in range(1, 21):
            bell.ring(-1, seq, only_received=True)
            await asyncio.sleep(0)
    heard = [0]
    async with asyncio.timeout(PATIENCE_S):
        while heard[-1] < 20:
            message = await layer.receive(channel)
            if message.get("reception") == -1:
                heard.append(message["seq"])
    assert heard == sorted(heard)
    assert len(heard) < 20
    await layer.flush()
