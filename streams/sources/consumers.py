"""The ingest socket: a bridge hands messages over and hears about each of them after the commit.

docs/sources/ingest.md is the protocol.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from django.db import Error as DatabaseError
from psycopg_pool import PoolTimeout

from streams.live import door, hub
from streams.sources import bridge
from streams.sources.bridge import Admitted, NotAdmitted
from streams.sources.deliveries import where

log = structlog.get_logger(__name__)
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATH = "/ws/ingest/"
VERSION = 1
FRAME_MAX_BYTES = 256 * 1024
FRAMES_PER_S = 200
# Frames that are not acknowledged yet; who sends more doesn't listen to us.
MAX_IN_FLIGHT = 50
HELLO_WITHIN_S = 10.0
GATHER_S, GATHER_CHARS = 0.1, 64 * 1024
_MAX_UNCLEAR = 3
_AWAY = (DatabaseError, PoolTimeout, TimeoutError)


class Hangup(Exception):
    """The conversation ends with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


async def ingest(scope: door.Scope, receive: Receive, send: Send) -> None:
    """The application for a route with `source`. No origin is asked for: a bridge is no browser."""
    await receive()  # websocket.connect
    await send({"type": "websocket.accept"})
    socket = _Socket(receive, send)
    try:
        admitted = await socket.admit(scope["url_route"]["kwargs"]["source"])
        await socket.converse(admitted)
    except Hangup as end:
        await send({"type": "websocket.close", "code": end.code})
    except _Left:
        pass


class _Left(Exception):
    """The bridge has gone."""


class _Socket:
    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._in_flight = 0
        self._unclear = 0

    async def admit(self, uuid: Any) -> Admitted:
        """Raises Hangup, _Left. The token comes in the first message, not in an address that is logged."""
        try:
            async with asyncio.timeout(HELLO_WITHIN_S):
                text = await self._hear()
        except TimeoutError:
            raise Hangup(door.SIGN_IN) from None
        try:
            hello = json.loads(text)["hello"]
            token, version = hello["token"], hello.get("version", VERSION)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise Hangup(door.UNCLEAR) from None
        if not isinstance(token, str) or version != VERSION:
            raise Hangup(door.UNCLEAR)
        try:
            admitted = await hub.here().threads.run(bridge.admit, uuid, token)
        except NotAdmitted:
            raise Hangup(door.SIGN_IN) from None
        except _AWAY:
            raise Hangup(door.TRY_LATER) from None
        await self._say(
            {
                "welcome": {
                    "version": VERSION,
                    "last": admitted.last,
                    "max_in_flight": MAX_IN_FLIGHT,
                    "max_frame_bytes": FRAME_MAX_BYTES,
                }
            }
        )
        return admitted

    async def converse(self, admitted: Admitted) -> None:
        """Reads and stores side by side until one of them ends. Raises Hangup, _Left."""
        tasks = [
            asyncio.create_task(self._read()),
            asyncio.create_task(self._store(admitted)),
        ]
        try:
            done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(*_AWAY):
                await hub.here().threads.run(bridge.leave, admitted.source_id)

    async def _read(self) -> None:
        while True:
            text = await self._hear()
            if self._in_flight >= MAX_IN_FLIGHT:
                raise Hangup(door.TOO_OFTEN)
            self._in_flight += 1
            self._waiting.put_nowait(text)

    async def _store(self, admitted: Admitted) -> None:
        while True:
            frames = await self._gather()
            try:
                acks = await hub.here().threads.run(bridge.take, admitted, frames)
            except NotAdmitted:
                raise Hangup(door.SIGN_IN) from None
            except _AWAY as error:
                # Nothing was acknowledged, so the bridge will send it all again.
                log.warning("ingest.database_away", source=admitted.source_id, error=where(error))
                raise Hangup(door.TRY_LATER) from None
            self._in_flight -= len(frames)
            await self._say({"acks": acks, "frames": len(frames)})
            is_clear = not acks or any(ack["id"] for ack in acks)
            self._unclear = 0 if is_clear else self._unclear + 1
            if self._unclear >= _MAX_UNCLEAR:
                raise Hangup(door.UNCLEAR)

    async def _gather(self) -> list[str]:
        """What comes within a moment is one transaction."""
        frames = [await self._waiting.get()]
        with suppress(TimeoutError):
            async with asyncio.timeout(GATHER_S):
                while sum(map(len, frames)) < GATHER_CHARS:
                    frames.append(await self._waiting.get())
        return frames

    async def _hear(self) -> str:
        """Raises _Left, and Hangup for what is no text."""
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            raise _Left
        text = message.get("text")
        if not isinstance(text, str):
            raise Hangup(door.UNCLEAR)
        if len(text) > FRAME_MAX_BYTES:
            raise Hangup(door.TOO_BIG)
        return text

    async def _say(self, message: Mapping[str, Any]) -> None:
        await self._send({"type": "websocket.send", "text": json.dumps(message)})
