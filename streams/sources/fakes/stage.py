"""Fakes in a thread of their own, for those who live without an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Any, TypeVar

from streams.sources.fakes.base import Fake

T = TypeVar("T")
CALL_TIMEOUT_S = 120


class Stage:
    """Where the fakes live. `run` waits for what one of them does; `start` doesn't."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="fakes", daemon=True)
        self._thread.start()

    def run(self, doing: Coroutine[Any, Any, T], *, timeout_s: float = CALL_TIMEOUT_S) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self.loop).result(timeout_s)

    def start(self, doing: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self.loop)

    def close(self) -> None:
        self.run(self._finish())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()

    async def _finish(self) -> None:
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def staged(fakes: Sequence[Fake]) -> Iterator[Stage]:
    """All of them serve until the end of the block."""
    stage = Stage()
    servers = AsyncExitStack()

    async def open_all() -> None:
        for fake in fakes:
            await servers.enter_async_context(fake.serving())

    try:
        stage.run(open_all())
        yield stage
    finally:
        stage.run(servers.aclose())
        stage.close()
