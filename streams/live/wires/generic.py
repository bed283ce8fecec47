"""Any ASGI server, by its public `send()`: a queue with an end, and a task, for each socket.

Some servers' `send()` waits while the client doesn't read, others never do and keep everything in
memory. So what the client has not acknowledged counts as waiting.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

from streams.live import door, wires
from streams.live.parcel import Parcel

log = structlog.get_logger(__name__)
# Answers to what the client said; what it may say is limited, so this ends only who doesn't read.
ANSWERS = 100


class GenericWire:
    ack_after = wires.ACK_AFTER_CHARS

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self._send = send
        self._is_open = True
        self._queue: deque[str | int] = deque()
        self._unread: deque[tuple[int, int]] = deque()
        self._unread_bytes = 0
        self._ready = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    def serve(self, outlet: wires.Outlet) -> None:
        """It always looks first."""

    def put(self, parcel: Parcel, seq: int) -> bool:
        if not self._is_open:
            return True
        if self._unread_bytes and self._unread_bytes + parcel.size > wires.CAP_BYTES:
            return False
        self._unread.append((seq, parcel.size))
        self._unread_bytes += parcel.size
        self._add(parcel.text)
        return True

    def say(self, parcel: Parcel) -> bool:
        if len(self._queue) >= ANSWERS:
            return False
        if self._is_open:
            self._add(parcel.text)
        return True

    def keep(self, rest: bytes) -> None:
        """Nothing went past it."""

    def listen(self, hear: Callable[[str], None]) -> None:
        """What the client says comes by the application's `receive`."""

    def acknowledged(self, seq: int) -> None:
        while self._unread and self._unread[0][0] <= seq:
            self._unread_bytes -= self._unread.popleft()[1]

    @property
    def waiting(self) -> int:
        return self._unread_bytes

    def hold(self, still: bool) -> None:
        """There is no way to say so."""

    def close(self, code: int) -> None:
        if self._is_open:
            self._add(code)
            self._is_open = False

    def give_up(self, code: int) -> None:
        self._queue.clear()
        # The writer may be waiting in a send that will never end.
        self._writer.cancel()
        self._writer = asyncio.create_task(self._write())
        self.close(code)

    def drop(self) -> None:
        self._is_open = False
        self._queue.clear()
        self._writer.cancel()

    def _add(self, item: str | int) -> None:
        self._queue.append(item)
        self._ready.set()

    async def _write(self) -> None:
        try:
            while True:
                await self._ready.wait()
                self._ready.clear()
                while self._queue:
                    item = self._queue.popleft()
                    if isinstance(item, int):
                        await self._send({"type": "websocket.close", "code": item})
                        return
                    await self._send({"type": "websocket.send", "text": item})
        except Exception as error:  # noqa: BLE001 -- a server may raise anything for a lost client
            self._is_open = False
            log.info("live.lost", error=type(error).__name__)
            # Where the client is still there, it must not wait for ever on a line that is silent.
            with suppress(Exception):
                await self._send({"type": "websocket.close", "code": door.TRY_LATER})
