"""The outgoing side of one socket. Whoever writes to it never waits."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from streams.live import door
from streams.live.backlog import Backlog

log = structlog.get_logger(__name__)


class Line:
    """`cursor` is the place in the journal up to which everything was put on this line."""

    def __init__(
        self, say: Callable[[str], Awaitable[None]], close: Callable[[int], Awaitable[None]]
    ) -> None:
        self.cursor = 0
        self.language = ""
        self.is_open = True
        self._say, self._close = say, close
        self._backlog = Backlog()
        self._queue: deque[str | int] = deque()
        self._ready = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    def put(self, text: str, size: int) -> None:
        """A frame that counts against the backlog: the client acknowledges it by its place."""
        if not self.is_open:
            return
        now = asyncio.get_running_loop().time()
        self._backlog.sent(self.cursor, size, now)
        self.say(text)
        self.check(now)

    def say(self, text: str) -> None:
        """An answer to something the client said; what it may say is limited, so this is too."""
        if self.is_open:
            self._queue.append(text)
            self._ready.set()

    def acknowledged(self, seq: int) -> None:
        self._backlog.acknowledged(seq)

    def check(self, now: float) -> None:
        """Give up on a client that has stopped reading."""
        if self.is_open and self._backlog.is_stuck(now):
            log.info("live.too_slow", unacknowledged=self._backlog.bytes)
            self._queue.clear()
            # The writer may be waiting in a send that will never end.
            self._writer.cancel()
            self._writer = asyncio.create_task(self._write())
            self.hang_up(door.TOO_SLOW)

    def hang_up(self, code: int) -> None:
        """Close after what is queued; nothing more is taken."""
        if self.is_open:
            self._queue.append(code)
            self._ready.set()
            self.is_open = False

    def drop(self) -> None:
        """The socket is gone."""
        self.is_open = False
        self._queue.clear()
        self._writer.cancel()

    async def _write(self) -> None:
        try:
            while True:
                await self._ready.wait()
                self._ready.clear()
                while self._queue:
                    item = self._queue.popleft()
                    if isinstance(item, int):
                        await self._close(item)
                        return
                    await self._say(item)
        except Exception as error:  # noqa: BLE001 -- a server may raise anything for a lost client
            self.is_open = False
            log.info("live.lost", error=type(error).__name__)
            # Where the client is still there, it must not wait for ever on a line that is silent.
            with suppress(Exception):
                await self._close(door.TRY_LATER)
