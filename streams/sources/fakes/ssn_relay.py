"""Social Stream Ninja's hosted relay: a socket for each session; who isn't there misses what is said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.base import Cut
from streams.sources.fakes.ssn import Bridge

SESSION = "FakeSession42"
VIEWERS_EVERY_S = 10.0


class SsnRelayFake(Bridge):
    """Nobody learns that a session has another name. `joined` and `left` say whether anybody listens."""

    platform: ClassVar[str] = "ssn_relay"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined, self.left = asyncio.Event(), asyncio.Event()
        self._listeners = 0
        self._said: WeakKeyDictionary[web.WebSocketResponse, int] = WeakKeyDictionary()
        # The real one stays open after a broadcast; tests may want an end.
        self.closes = False
        # Frames that tests want said as they are, before all others.
        self.first_words: list[str | bytes] = []

    @override
    def settings(self) -> dict[str, str]:
        return {"base_url": self.base_url.replace("http://", "ws://")}

    @override
    def secrets(self) -> dict[str, str]:
        return {"session": SESSION}

    @override
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return (web.get("/join/{session}/4", self._join),)

    async def _join(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        no = len(self.happened)
        self._count(1)
        hearing = asyncio.create_task(_until_left(socket))
        telling = asyncio.create_task(self._unfold(request, socket, no))
        try:
            await asyncio.wait((hearing, telling), return_when=asyncio.FIRST_COMPLETED)
            await socket.close()
        finally:
            for task in (hearing, telling):
                task.cancel()
            await asyncio.gather(hearing, telling, return_exceptions=True)
            self._count(-1)
        return socket

    def _count(self, more: int) -> None:
        self._listeners += more
        (self.joined if self._listeners else self.left).set()
        (self.left if self._listeners else self.joined).clear()

    async def _greet(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        for words in self.first_words:
            await (socket.send_str(words) if isinstance(words, str) else socket.send_bytes(words))
        if request.match_info["session"] != SESSION:
            await asyncio.Event().wait()
        if self.is_live:
            await self._say(request, socket, self.event("stream_online"))

    async def _unfold(self, request: web.Request, socket: web.WebSocketResponse, no: int) -> None:
        await self._greet(request, socket)
        while not socket.closed:
            found = await self.more(no, VIEWERS_EVERY_S)
            for happening in found:
                no = happening.no
                if (message := self.message(happening)) is not None:
                    await self._say(request, socket, message)
            if not found and self.has_ended:
                await self._say(request, socket, self.event("stream_offline"))
                break
            if not found:
                await self._say(request, socket, self.event("viewer_update", 312))
        if not self.closes:
            await asyncio.Event().wait()

    async def _say(
        self, request: web.Request, socket: web.WebSocketResponse, message: dict[str, Any]
    ) -> None:
        text = json.dumps(message, ensure_ascii=False)
        self._said[socket] = self._said.get(socket, 0) + len(text.encode())
        if self.knobs.drop_after_bytes and self._said[socket] > self.knobs.drop_after_bytes:
            self.record.cuts += 1
            if request.transport is not None:
                request.transport.abort()
            raise Cut
        await socket.send_str(text)


async def _until_left(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        pass


FAKE = SsnRelayFake
