"""A viewer with a phone: watches the room, asks, votes, and comes back when the line breaks."""

from __future__ import annotations

import asyncio
import json
import random
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

from streams.rehearsal.door import Door, Gone, Ticket, Unreachable

ANSWER_S = 12.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 5.0
# A server that is away so long isn't coming back; one that says nothing so often is not well.
PATIENCE_S = 90.0
SILENCES = 4
# Frames are acknowledged at most once a second, where the server wants that.
ACKNOWLEDGE_S = 1.0
_GONE = frozenset({4403, 4404})
_STALE = 4426
_FRAME = re.compile(r'\{"v":1,"seq":(\d+)')
Frame = dict[str, Any]


class Lost(Exception):
    """The line broke before the answer. Whether the question arrived, only sending it again tells."""


@dataclass
class Asked:
    """One question and how it went. `ms` from the last sending to its acknowledgement."""

    payload: dict[str, str]
    ack: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None
    sent: int = 0
    waits: int = 0
    ms: float = 0.0
    # What the same id got when it was sent once more after the acknowledgement.
    again: dict[str, Any] | None = None

    @property
    def client_id(self) -> str:
        return self.payload["client_id"]


@dataclass
class Line:
    """How often the line broke and the page had to be loaded anew."""

    broken: int = 0
    reloads: int = 0
    seq: int = 0
    closed_with: list[int] = field(default_factory=list)
    # What the server could not make sense of or could not do.
    errors: list[str] = field(default_factory=list)


class Viewer:
    """Open while in its `async with`. `on_page` and `on_frame` get every page and frame, whole."""

    def __init__(
        self,
        door: Door,
        *,
        on_page: Callable[[Ticket], None] | None = None,
        on_frame: Callable[[Frame], None] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.line = Line()
        self._patience_s = patience_s
        self._door = door
        self._on_page, self._on_frame = on_page, on_frame
        self._ticket: Ticket | None = None
        self._is_stale = True
        self._socket: ClientConnection | None = None
        self._open = asyncio.Event()
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._acknowledged = 0
        # Most servers see by themselves what has left, and want no word.
        self._is_to_acknowledge = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._live())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError, Gone, Unreachable):
            await self._task

    async def ready(self) -> None:
        """Wait until the line is open. Raises Gone, Unreachable."""
        await self._or_gone(self._open.wait())

    async def ask(self, asked: Asked) -> Asked:
        """Send until there is an answer; wait where asked to. Raises Gone, Unreachable.

        After SILENCES on an open line it stays without an answer.
        """
        silences, loop = 0, asyncio.get_running_loop()
        while silences < SILENCES:
            await self.ready()
            asked.sent += 1
            began = loop.time()
            try:
                answer = await self._say({"ask": asked.payload}, asked.client_id)
            except Lost:
                continue
            except TimeoutError:
                silences += 1
                continue
            if "ack" in answer:
                asked.ms = (loop.time() - began) * 1000
                asked.ack = answer["ack"]
                return asked
            refused = answer["refused"]
            if not (wait_s := refused.get("retry_s")):
                asked.refused = refused
                return asked
            asked.waits += 1
            # All who were told the same second must not come back in the same second.
            await asyncio.sleep(wait_s + random.random() * wait_s)  # noqa: S311 -- no secret
        return asked

    async def ask_again(self, asked: Asked) -> None:
        """The acknowledgement got lost, as it were: the same id must get the same receipt."""
        repeated = await self.ask(Asked(asked.payload))
        asked.again = repeated.ack or repeated.refused or {}

    async def vote(self, number: int) -> bool:
        """Whether it was taken. Raises Gone, Unreachable, Lost, TimeoutError."""
        answer = await self._say({"vote": number}, f"vote {number}")
        return "voted" in answer

    async def _say(self, message: Frame, key: str) -> Mapping[str, Any]:
        await self.ready()
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            await self._send(message)
            async with asyncio.timeout(ANSWER_S):
                return await answer
        finally:
            self._waiting.pop(key, None)

    async def _send(self, message: Frame) -> None:
        if self._socket is None:
            raise Lost
        try:
            await self._socket.send(json.dumps(message, ensure_ascii=False))
        except ConnectionClosed:
            raise Lost from None

    async def _or_gone(self, wish: Any) -> None:
        """Wait for `wish` while the line lives; its end is told to whoever waits."""
        waiting = asyncio.ensure_future(wish)
        try:
            await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if self._task.done():
                self._task.result()
        finally:
            waiting.cancel()

    async def _live(self) -> None:
        """Come back for as long as `patience_s`. Raises Gone, Unreachable."""
        loop = asyncio.get_running_loop()
        pause_s, last = FIRST_PAUSE_S, loop.time()
        while True:
            began = loop.time()
            try:
                await self._visit()
            except (
                Unreachable,
                InvalidHandshake,
                ConnectionClosed,
                OSError,
                TimeoutError,
            ) as error:
                if loop.time() - last > self._patience_s:
                    raise Unreachable(f"away for {self._patience_s:.0f} s ({error})") from error
            if loop.time() - began > LONGEST_PAUSE_S:
                pause_s, last = FIRST_PAUSE_S, loop.time()
            self.line.broken += 1
            await asyncio.sleep(pause_s * (0.5 + random.random()))  # noqa: S311 -- no secret
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _visit(self) -> None:
        """One socket from its opening to its end. Raises Gone and what connecting raises."""
        ticket = await self._knock()
        async with connect(
            self._door.socket,
            origin=Origin(self._door.origin),
            additional_headers={"Cookie": ticket.cookie},
            compression=None,
            proxy=None,
            max_size=None,
            max_queue=None,
            close_timeout=2,
        ) as socket:
            await socket.send(json.dumps({"seq": self.line.seq, "lang": self._door.language}))
            self._socket, self._is_to_acknowledge = socket, False
            self._open.set()
            acknowledging = asyncio.create_task(self._acknowledge(socket))
            try:
                async for text in socket:
                    self._hear(str(text))
            except ConnectionClosed:
                pass
            finally:
                acknowledging.cancel()
                self._hang_up()
        self._ended(socket.close_code)

    async def _knock(self) -> Ticket:
        """The page of this viewer; loaded once, and again where the socket said so."""
        if self._ticket is None or self._is_stale:
            ticket = await self._door.knock(self._ticket.cookie if self._ticket else "")
            self._ticket, self._is_stale, self.line.seq = ticket, False, ticket.seq
            if self._on_page:
                self._on_page(ticket)
        return self._ticket

    def _ended(self, code: int | None) -> None:
        if code is not None:
            self.line.closed_with.append(code)
        if code == _STALE:
            self._is_stale = True
        if code in _GONE:
            raise Gone(self._door.no)

    def _hang_up(self) -> None:
        self._socket = None
        self._open.clear()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(Lost())

    def _hear(self, text: str) -> None:
        if found := _FRAME.match(text):
            self.line.seq = max(self.line.seq, int(found[1]))
            if self._on_frame:
                self._on_frame(json.loads(text))
            return
        said = json.loads(text)
        self._is_to_acknowledge |= "acks" in said
        answer = self._waiting.get(_about(said))
        if answer and not answer.done():
            answer.set_result(said)
        if "error" in said:
            self.line.errors.append(json.dumps(said["error"]))
        if said.get("reload"):
            self.line.reloads += 1
            self._reload()

    def _reload(self) -> None:
        """As a browser would: the page anew, and the socket from there."""
        self._is_stale = True
        assert self._socket is not None
        self._closing = asyncio.create_task(self._socket.close())

    async def _acknowledge(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(ACKNOWLEDGE_S)
                if self._is_to_acknowledge and self.line.seq > self._acknowledged:
                    self._acknowledged = self.line.seq
                    await socket.send(json.dumps({"seq": self.line.seq}))


def _about(said: Frame) -> str:
    """Which of our wishes an answer is about."""
    if "voted" in said:
        return f"vote {said['voted']}"
    answer = said.get("ack") or said.get("refused") or {}
    return f"vote {answer['vote']}" if "vote" in answer else str(answer.get("client_id", ""))


def new_id() -> str:
    return str(uuid.uuid4())
