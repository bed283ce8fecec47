"""Many small wishes written as few large ones: what waits during one commit goes in the next.

An idle queue writes at once. A busy one writes batch after batch in a thread that asks nobody in
between, so neither the event loop's work nor the next batch's company holds it up.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import structlog
from django.db import Error, InterfaceError, OperationalError, connections

from streams.common.precedence import STAFF
from streams.receptions import bell

log = structlog.get_logger(__name__)
Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Result = TypeVar("Result")

# Each has a connection of the pool while it writes; the others of the pool are for pages and staff.
WRITERS = 2
# So many batches of one queue, then those of another one that shares the writer.
TURNS = 8
# Who was just answered may have the next item ready: where fewer wait than half of the last batch, they
# are waited for, this part of a commit's time and never longer than this. A batch of 32 takes a quarter
# longer than one of 16.
GRACE, GRACE_MAX_S = 0.5, 0.01
# So long a batch lets requests of staff go by. With one in every such time, 1,000 questions a second
# still come in.
GIVE_WAY_S = 0.2
# What can't be written within this time is better told so than kept waiting.
PATIENCE_S = 4.0
LONGEST_RETRY_S = 60


class Busy(Exception):
    """More waits already than will be written soon; nothing was taken. Come back in `retry_s`."""

    def __init__(self, retry_s: int) -> None:
        super().__init__(retry_s)
        self.retry_s = retry_s


class Unavailable(Exception):
    """The database is away. Whether the item was stored is not known: send it again, with its id."""


class Unwritable(Exception):
    """The database takes others, but not this item; nothing of it was stored."""


@dataclass
class _Queue(Generic[Item, Result]):
    """What waits for one key. `per_s` is how fast it was written lately; 0: nobody knows yet. `enough`: so
    many are worth a batch; `has_enough` is set as they come, for a thread that waits."""

    pairs: deque[tuple[Item, asyncio.Future[Result]]] = field(default_factory=deque)
    per_s: float = 0.0
    enough: int = 1
    has_enough: threading.Event = field(default_factory=threading.Event)

    def add(self, item: Item, result: asyncio.Future[Result]) -> None:
        self.pairs.append((item, result))
        if len(self.pairs) == self.enough:
            self.has_enough.set()

    def gets_company(self, within_s: float) -> bool:
        """Whether enough wait, or come within this time. Blocks."""
        self.has_enough.clear()
        return len(self.pairs) >= self.enough or self.has_enough.wait(within_s)

    def learn(self, count: int, took_s: float) -> None:
        self.enough = (count + 1) // 2
        measured = count / max(took_s, 1e-6)
        self.per_s = measured if not self.per_s else 0.7 * self.per_s + 0.3 * measured

    def retry_s(self) -> int:
        """When what waits now will be written; a little later, because others come back, too."""
        if not self.per_s:
            return 1
        soon = math.ceil(1.5 * len(self.pairs) / self.per_s)
        return min(LONGEST_RETRY_S, max(1, soon))


class _Writer:
    """A thread with a database connection that it keeps while there is something to write."""

    def __init__(self) -> None:
        self.users = 0
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="batches")

    async def run(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def leave(self) -> None:
        self.users -= 1
        if not self.users:
            self._pool.submit(connections.close_all)


class Batches(Generic[Key, Item, Result]):
    """One queue in this process for each key, each written by one task, batch after batch.

    `work(key, items)` runs in a thread and returns results in the order of `items`. A batch is at
    most `most` items; the first of an idle queue waits `wait_s` for company. A queue takes
    `waiting` items, or fewer where they would wait longer than PATIENCE_S; all queues together four
    times as many.
    """

    def __init__(
        self,
        work: Callable[[Key, Sequence[Item]], Sequence[Result]],
        *,
        most: int = 200,
        wait_s: float = 0.0,
        waiting: int = 4000,
    ) -> None:
        self._work = work
        self._most, self._wait_s, self._waiting = most, wait_s, waiting
        self._queues: dict[Key, _Queue[Item, Result]] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self._writers: list[_Writer] = []

    @property
    def is_idle(self) -> bool:
        return not self._tasks

    async def put(self, key: Key, item: Item) -> Result:
        """The result, once the batch of this item is written. Raises Busy, Unavailable, Unwritable."""
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = _Queue()
        if not self._has_room(queue):
            raise Busy(queue.retry_s())
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        queue.add(item, result)
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._run(key, queue))
        return await result

    def _has_room(self, queue: _Queue[Item, Result]) -> bool:
        waiting, most = len(queue.pairs), self._waiting
        if queue.per_s:
            most = min(most, max(self._most, int(PATIENCE_S * queue.per_s)))
        if waiting >= most:
            return False
        return waiting < self._most or self._all_waiting() < 4 * self._waiting

    def _all_waiting(self) -> int:
        return sum(len(queue.pairs) for queue in self._queues.values())

    async def _run(self, key: Key, queue: _Queue[Item, Result]) -> None:
        loop = asyncio.get_running_loop()
        writer = self._writer()
        try:
            await asyncio.sleep(self._wait_s)
            while queue.pairs:
                await writer.run(lambda: self._write_out(key, queue, loop))
        finally:
            # Also where the server stops in the middle: whoever waits hears of it and sends again.
            del self._tasks[key], self._queues[key]
            writer.leave()
            _fail_all(queue.pairs, Unavailable())

    def _writer(self) -> _Writer:
        writer = min(self._writers, key=lambda writer: writer.users, default=None)
        if writer is None or (writer.users and len(self._writers) < WRITERS):
            writer = _Writer()
            self._writers.append(writer)
        writer.users += 1
        return writer

    # --- In the writer's thread ---

    def _write_out(
        self, key: Key, queue: _Queue[Item, Result], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Write what there is, and go on while enough wait for a batch."""
        for _turn in range(TURNS):
            STAFF.give_way(GIVE_WAY_S)
            began = time.monotonic()
            batch = [queue.pairs.popleft() for _ in range(min(self._most, len(queue.pairs)))]
            with bell.rung_by(loop):
                self._write(key, batch, loop)
            took_s = time.monotonic() - began
            queue.learn(len(batch), took_s)
            if not queue.gets_company(min(GRACE * took_s, GRACE_MAX_S)):
                break

    def _write(
        self,
        key: Key,
        batch: Sequence[tuple[Item, asyncio.Future[Result]]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        try:
            results = self._work(key, [item for item, _result in batch])
        except (OperationalError, InterfaceError) as error:
            connections.close_all()
            log.warning("batch.unavailable", items=len(batch), error=type(error).__name__)
            loop.call_soon_threadsafe(_fail_all, batch, Unavailable())
        except (Error, ValueError, TypeError, LookupError) as error:
            if len(batch) == 1:
                # No traceback: the database's message may quote the text.
                log.error("batch.poison", error=type(error).__name__)
                loop.call_soon_threadsafe(_fail_all, batch, Unwritable())
                return
            # One that can't be written must not take its neighbours along.
            middle = len(batch) // 2
            self._write(key, batch[:middle], loop)
            self._write(key, batch[middle:], loop)
        else:
            loop.call_soon_threadsafe(_answer_all, batch, results)


def _answer_all(
    pairs: Iterable[tuple[Item, asyncio.Future[Result]]], results: Iterable[Result]
) -> None:
    for (_item, result), value in zip(pairs, results, strict=True):
        if not result.done():
            result.set_result(value)


def _fail_all(pairs: Iterable[tuple[Item, asyncio.Future[Result]]], error: Exception) -> None:
    for _item, result in pairs:
        if not result.done():
            result.set_exception(error)
