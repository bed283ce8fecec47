"""Over real sockets of a real daphne: what only the server in front of us can show."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from streams.receptions.models import Reception
from tests.cast import ask
from tests.conftest import LiveServer
from tests.live.stage import do
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


def room(server: LiveServer, no: str, origin: str | None = "ours") -> connect:
    if origin == "ours":
        origin = server.url
    address = f"{server.ws_url}/ws/receptions/{no}/"
    return connect(address, origin=Origin(origin) if origin else None, proxy=None, max_size=None)


async def message(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_S):
        said: dict[str, Any] = json.loads(await socket.recv())
    return said


async def news(socket: ClientConnection, seq: int) -> list[str]:
    """The texts until the page stands at `seq`."""
    texts = []
    async with asyncio.timeout(PATIENCE_S):
        while True:
            text = await socket.recv(decode=True)
            frame = json.loads(text)
            if "put" in frame:
                texts.append(text)
                if frame["seq"] >= seq:
                    return texts


async def settled(socket: ClientConnection, seq: int) -> None:
    await socket.send(json.dumps({"seq": seq, "lang": "kk"}))
    while "side" not in await message(socket):
        pass


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
async def test_the_handshake_of_a_foreign_page_gets_403(
    live_daphne: LiveServer, reception: Reception, origin: str | None
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with room(live_daphne, reception.no, origin):
            pass
    assert refused.value.response.status_code == 403


async def test_a_hundred_viewers_see_the_same(
    live_daphne: LiveServer, reception: Reception, seq: int
) -> None:
    viewers = await asyncio.gather(*(room(live_daphne, reception.no) for _ in range(100)))
    await asyncio.gather(*(settled(viewer, seq) for viewer in viewers))
    for _ in range(5):
        await do(ask, reception)
    seen = await asyncio.gather(*(news(viewer, seq + 5) for viewer in viewers))
    assert all(texts == seen[0] for texts in seen)
    await asyncio.gather(*(viewer.close() for viewer in viewers))


async def no_text(socket: ClientConnection) -> None:
    await socket.send(b'{"seq": "\xff\xfe"}', text=True)


async def huge(socket: ClientConnection) -> None:
    await socket.send("[" + "1," * 20_000 + "1]")


async def flood(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        for _ in range(1000):
            await socket.send('{"seq": 0}')


async def nonsense(socket: ClientConnection) -> None:
    for _ in range(3):
        await socket.send("nonsense")


@pytest.mark.parametrize(
    ("break_rules", "code"), [(no_text, 1007), (huge, 4413), (flood, 4429), (nonsense, 4400)]
)
async def test_who_breaks_the_rules_goes_alone(
    live_daphne: LiveServer,
    reception: Reception,
    seq: int,
    break_rules: Callable[[ClientConnection], Awaitable[None]],
    code: int,
) -> None:
    async with room(live_daphne, reception.no) as good, room(live_daphne, reception.no) as bad:
        await settled(good, seq)
        await settled(bad, seq)
        await break_rules(bad)
        async with asyncio.timeout(PATIENCE_S):
            await bad.wait_closed()
        assert bad.close_code == code
        await do(ask, reception)
        await news(good, seq + 1)


async def test_staff_without_a_session_hear_why(
    live_daphne: LiveServer, reception: Reception
) -> None:
    address = f"{live_daphne.ws_url}/ws/desk/{reception.no}/"
    async with connect(address, origin=Origin(live_daphne.url), proxy=None) as socket:
        async with asyncio.timeout(PATIENCE_S):
            await socket.wait_closed()
        assert socket.close_code == 4401


async def test_an_address_of_nothing_says_so(live_daphne: LiveServer) -> None:
    address = f"{live_daphne.ws_url}/ws/nothing/"
    async with connect(address, origin=Origin(live_daphne.url), proxy=None) as socket:
        async with asyncio.timeout(PATIENCE_S):
            await socket.wait_closed()
        assert socket.close_code == 4404


async def test_a_page_that_comes_back_gets_what_it_missed(
    live_daphne: LiveServer, reception: Reception, seq: int
) -> None:
    async with room(live_daphne, reception.no) as socket:
        await settled(socket, seq)
    await do(ask, reception, "Есть ли у участка новый адрес?")
    async with room(live_daphne, reception.no) as socket:
        await socket.send(json.dumps({"seq": seq, "lang": "ru"}))
        (text,) = await news(socket, seq + 1)
    assert json.loads(text)["counts"]["captured"] == 1


@pytest.mark.load
async def test_a_viewer_who_reads_nothing_is_let_go(
    live_daphne: LiveServer, reception: Reception, seq: int
) -> None:
    """With the limits of earnest: what the kernel takes, 256 KB, then ten seconds."""
    async with room(live_daphne, reception.no) as good, room(live_daphne, reception.no) as deaf:
        await settled(good, seq)
        await settled(deaf, seq)
        deaf.transport.pause_reading()
        reached, sent = seq, 0
        while sent < 8 << 20:
            for _ in range(40):
                await do(ask, reception, "Почему на улице Мира не горят фонари? " * 40)
            reached += 40
            sent += sum(len(text.encode()) for text in await news(good, reached))
            if deaf.transport.is_closing():
                break
        await asyncio.sleep(25)
        deaf.transport.resume_reading()
        async with asyncio.timeout(PATIENCE_S):
            await deaf.wait_closed()
        assert deaf.close_code in {4408, 1006}
        await do(ask, reception)
        await news(good, reached + 1)
