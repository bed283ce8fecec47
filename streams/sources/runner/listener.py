"""One source: connect, hand over what comes, and after what goes wrong come back in good time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime
from typing import ParamSpec, TypeVar

import httpx2
import structlog
from django.db import Error as DatabaseError
from httpx2.websockets import HTTPXWSException
from psycopg_pool import PoolTimeout

from streams.common import clock
from streams.live.threads import Threads
from streams.sources import http, registry
from streams.sources.connectors.base import Batch, Context, Poll, Stream
from streams.sources.deliveries import where
from streams.sources.errors import SourceError, Transient
from streams.sources.inbound import Op
from streams.sources.intake import BATCH_MAX, LeaseLost
from streams.sources.rules import Health
from streams.sources.runner import backoff, store

log = structlog.get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
GATHER_S = 0.02
# Storing takes at most one part in so many of the time, unless that would keep the desk waiting.
_BREATH = 4
_LONGEST_REST_S = 0.2
# A connection that ends cleanly is opened again at once, but not in a tight circle.
_SHORTEST_ROUND_S = 0.5
# Less than this without a connection is the usual turn of one, and no gap.
_GAP_FROM_S = 5.0
# A connection that held for so long before it was cut is opened again without a long pause.
_HELD_S = 5.0
_PAUSES = frozenset({Health.WAITING, Health.ENDED, Health.OFF, Health.CONNECTING})


class _Away(Exception):
    """The database is."""


class Listener:
    """Runs until it is cancelled or another runner has the source. `sleep` may be a test's."""

    def __init__(
        self,
        source_id: int,
        owner: str,
        threads: Threads,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.source_id, self.owner = source_id, owner
        self._threads, self._sleep = threads, sleep
        self._failures = 0
        self._well_since: float | None = None
        self._connected_until: datetime | None = None
        self._said: Health | None = None

    async def run(self) -> None:
        """Raises LeaseLost."""
        async with http.client() as client:
            while True:
                started = asyncio.get_running_loop().time()
                try:
                    await self._round(client)
                except SourceError as error:
                    await self._pause(error, since=started)
                except _Away:
                    await self._pause(Transient("database"))
                except LeaseLost:
                    raise
                except Exception as error:  # noqa: BLE001 -- a bug in one connector stops no other
                    await self._pause(self._meaning(error))
                took = asyncio.get_running_loop().time() - started
                if took < _SHORTEST_ROUND_S:
                    await self._sleep(_SHORTEST_ROUND_S - took)

    def _meaning(self, error: Exception) -> SourceError:
        """The network's failures, also those of a websocket, which may come as a group; else our bug."""
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, SourceError):
            return error
        if isinstance(error, httpx2.HTTPError | httpx2.StreamError | OSError):
            return http.explain(error)
        if isinstance(error, HTTPXWSException):
            return Transient("cut_off")
        log.error("source.broke", source=self.source_id, error=where(error))
        return Transient("bug")

    async def _round(self, client: httpx2.AsyncClient) -> None:
        """One connection of a stream, or one question and the pause after it."""
        place = await self._in_thread(store.place, self.source_id)
        self._said = place.health if not place.code else None
        connector = registry.connector(place.platform)
        context = Context(
            settings=place.settings,
            secrets=place.secrets,
            http=client,
            now=clock.now,
            sleep=self._sleep,
            live_since=place.live_since,
            spent=place.spent,
            held=place.held,
        )
        if place.health in {Health.OFF, Health.ENDED}:
            await self._report(Health.CONNECTING)
        if isinstance(connector, Stream):
            forgets = not connector.capabilities.backfill
            lost_at = self._lost_at(place) if forgets else None
            await self._listen(connector.stream(context, place.cursor), lost_at)
        elif isinstance(connector, Poll):
            batch = await connector.fetch(context, place.cursor)
            await self._commit([batch])
            if batch.ended:
                await self._report(Health.ENDED)
            await self._sleep(batch.wait_s)

    def _lost_at(self, place: store.Place) -> datetime | None:
        """Since when a platform that tells nothing twice could not be heard, where it matters."""
        if place.health in _PAUSES:
            return None
        return self._connected_until or place.heard_until

    async def _listen(self, batches: AsyncIterator[Batch], lost_at: datetime | None) -> None:
        """Batches of a moment are stored together: the busier the chat, the more at a time."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Queue[Batch] = asyncio.Queue(maxsize=BATCH_MAX)
        reader = asyncio.create_task(_read(batches, waiting))
        is_over, rested_at = False, loop.time()
        try:
            while not (reader.done() and waiting.empty()):
                gathered = await _gather(waiting, reader, rested_at)
                if not gathered:
                    continue
                if lost_at is not None and (clock.now() - lost_at).total_seconds() > _GAP_FROM_S:
                    since = min(gathered[0].gap_from or lost_at, lost_at)
                    gathered[0] = replace(gathered[0], gap_from=since)
                lost_at = None
                started = loop.time()
                await self._commit(gathered)
                rest_s = min(_BREATH * (loop.time() - started), _LONGEST_REST_S)
                rested_at = loop.time() + rest_s
                self._connected_until = clock.now()
                is_over = gathered[-1].ended
        finally:
            reader.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([reader])
        await reader  # raises what the connector raised
        if is_over:
            await self._report(Health.ENDED)

    async def _commit(self, batches: list[Batch]) -> None:
        await self._in_thread(store.commit, self.source_id, self.owner, batches)
        self._feel_well(brought=any(batch.items for batch in batches))
        is_over = batches[-1].ended or any(i.op is Op.LIVE_ENDED for i in batches[-1].items)
        if not is_over and self._said is not Health.LIVE:
            await self._report(Health.LIVE)

    def _feel_well(self, *, brought: bool) -> None:
        """A line that is cut again and again but brings messages in between is no failing one."""
        now = asyncio.get_running_loop().time()
        self._well_since = self._well_since or now
        if brought or now - self._well_since > backoff.WELL_AFTER_S:
            self._failures = 0
        self._failures = max(0, self._failures - 1)

    async def _pause(self, error: SourceError, *, since: float | None = None) -> None:
        """`since`: when the connection that failed was opened."""
        if since is not None and asyncio.get_running_loop().time() - since > _HELD_S:
            self._failures = 0
        plan = backoff.pause(error, self._failures, clock.now(), random.random)
        self._failures += 1
        self._well_since = None
        log.info("source.pause", source=self.source_id, state=str(plan.health), why=plan.code)
        await self._report(plan.health, plan.code, plan.retry_at, spent=error.spent)
        await self._sleep(plan.wait_s)

    async def _report(
        self,
        state: Health,
        code: str = "",
        retry_at: datetime | None = None,
        *,
        spent: int = 0,
    ) -> None:
        with suppress(_Away):
            await self._in_thread(store.report, self.source_id, state, code, retry_at, spent=spent)
            self._said = state

    async def _in_thread(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises _Away where the database is."""
        try:
            return await self._threads.run(work, *args, **kwargs)
        except (DatabaseError, PoolTimeout, TimeoutError) as error:
            log.warning("source.database_away", source=self.source_id, error=where(error))
            raise _Away from error


async def _read(batches: AsyncIterator[Batch], waiting: asyncio.Queue[Batch]) -> None:
    async with aclosing(batches) as closing:  # type: ignore[type-var]
        async for batch in closing:
            await waiting.put(batch)


async def _gather(
    waiting: asyncio.Queue[Batch], reader: asyncio.Task[None], rested_at: float
) -> list[Batch]:
    """The next batch and what follows it within a moment and until `rested_at`, up to 200 messages;
    empty at the end."""
    first = asyncio.ensure_future(waiting.get())
    try:
        await asyncio.wait([first, reader], return_when=asyncio.FIRST_COMPLETED)
        if not first.done():
            return []
    finally:
        if not first.done():
            first.cancel()
    gathered = [first.result()]
    count = len(gathered[0].items)
    with suppress(TimeoutError):
        async with asyncio.timeout_at(max(asyncio.get_running_loop().time() + GATHER_S, rested_at)):
            while count < BATCH_MAX and not (reader.done() and waiting.empty()):
                batch = await waiting.get()
                gathered.append(batch)
                count += len(batch.items)
    return gathered
