"""Many small wishes written as few large ones: items of one key wait for each other, briefly."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import Error, InterfaceError, OperationalError, close_old_connections

log = structlog.get_logger(__name__)
Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Result = TypeVar("Result")


class Busy(Exception):
    """More waits already than will be written soon; nothing was taken."""


class Unavailable(Exception):
    """The database is away. Whether the item was stored is not known: send it again, with its id."""


class Unwritable(Exception):
    """The database takes others, but not this item; nothing of it was stored."""


class Batches(Generic[Key, Item, Result]):
    """One queue in this process for each key, each written by one task, batch after batch.

    `work(key, items)` runs in a thread and returns results in the order of `items`. A batch is at
    most `most` items; the first of them waits `wait_s` for company. A queue takes `waiting` items.
    """

    def __init__(
        self,
        work: Callable[[Key, Sequence[Item]], Sequence[Result]],
        *,
        most: int = 200,
        wait_s: float = 0.01,
        waiting: int = 4000,
    ) -> None:
        self._work = work
        self._most, self._wait_s, self._waiting = most, wait_s, waiting
        self._queues: dict[Key, deque[tuple[Item, asyncio.Future[Result]]]] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}

    @property
    def is_idle(self) -> bool:
        return not self._tasks

    async def put(self, key: Key, item: Item) -> Result:
        """The result, once the batch of this item is written. Raises Busy, Unavailable, Unwritable."""
        queue = self._queues.setdefault(key, deque())
        if len(queue) >= self._waiting:
            raise Busy
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        queue.append((item, result))
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._run(key))
        return await result

    async def _run(self, key: Key) -> None:
        queue = self._queues[key]
        try:
            await asyncio.sleep(self._wait_s)
            while queue:
                batch = [queue.popleft() for _ in range(min(self._most, len(queue)))]
                await self._write(key, batch)
        finally:
            # Also where the server stops in the middle: whoever waits hears of it and sends again.
            del self._tasks[key], self._queues[key]
            _fail_all(queue, Unavailable())

    async def _write(self, key: Key, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        items = [item for item, _result in batch]
        try:
            results = await sync_to_async(self._in_thread, thread_sensitive=False)(key, items)
        except (OperationalError, InterfaceError) as error:
            log.warning("batch.unavailable", items=len(batch), error=type(error).__name__)
            _fail_all(batch, Unavailable())
        except (Error, ValueError, TypeError, LookupError) as error:
            if len(batch) == 1:
                # No traceback: the database's message may quote the text.
                log.error("batch.poison", error=type(error).__name__)
                _fail_all(batch, Unwritable())
                return
            # One that can't be written must not take its neighbours along.
            for pair in batch:
                await self._write(key, [pair])
        else:
            for (_item, result), value in zip(batch, results, strict=True):
                if not result.done():
                    result.set_result(value)

    def _in_thread(self, key: Key, items: Sequence[Item]) -> Sequence[Result]:
        # Threads of the pool have no request that would give connections back.
        close_old_connections()
        try:
            return self._work(key, items)
        finally:
            close_old_connections()


def _fail_all(pairs: Iterable[tuple[Item, asyncio.Future[Result]]], error: Exception) -> None:
    for _item, result in pairs:
        if not result.done():
            result.set_exception(error)
