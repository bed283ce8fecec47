"""One task for each source to listen to: started, kept, and ended when it has nothing to feed any more."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass

import structlog
from django.db import Error as DatabaseError
from psycopg_pool import PoolTimeout

from streams.common import clock
from streams.live.threads import Threads
from streams.sources.deliveries import where
from streams.sources.intake import LeaseLost
from streams.sources.runner import lease, store
from streams.sources.runner.listener import Listener
from streams.sources.runner.store import Wanted

log = structlog.get_logger(__name__)
LOOK_EVERY_S = 2.0
WATCH_EVERY_S = 5.0
_GOODBYE_S = 5.0
_AWAY = (DatabaseError, PoolTimeout, TimeoutError)


@dataclass
class _Kept:
    print: str
    task: asyncio.Task[None]


class Supervisor:
    """`owner` names this process in the leases it holds."""

    def __init__(self, owner: str = "") -> None:
        self.owner = owner or _name()
        self._threads = Threads()
        self._kept: dict[int, _Kept] = {}

    async def run(self) -> None:
        """Until it is cancelled; then every task is ended and every lease given back."""
        renewing = asyncio.create_task(self._renew())
        watching = asyncio.create_task(self._watch())
        log.info("runner.started", owner=self.owner)
        try:
            while True:
                await self._look()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            for task in (renewing, watching):
                task.cancel()
            await self._end(list(self._kept))
            await asyncio.gather(renewing, watching, return_exceptions=True)
            self._threads.stop()
            log.info("runner.stopped", owner=self.owner)

    async def _look(self) -> None:
        try:
            wanted = {w.source_id: w for w in await self._threads.run(store.wanted, clock.now())}
        except _AWAY as error:
            log.warning("runner.database_away", error=where(error))
            return
        self._bury()
        gone = [
            pk
            for pk, kept in self._kept.items()
            if pk not in wanted or wanted[pk].print != kept.print
        ]
        await self._end(gone)
        for one in wanted.values():
            if one.source_id not in self._kept:
                await self._start(one)

    async def _start(self, one: Wanted) -> None:
        try:
            is_ours = await self._threads.run(lease.acquire, one.source_id, self.owner)
        except _AWAY as error:
            log.warning("runner.database_away", error=where(error))
            return
        if is_ours:
            listener = Listener(one.source_id, self.owner, self._threads)
            task = asyncio.create_task(listener.run(), name=f"source-{one.source_id}")
            self._kept[one.source_id] = _Kept(one.print, task)

    def _bury(self) -> None:
        """Tasks that ended by themselves: the lease is another's, or worse."""
        for pk, kept in list(self._kept.items()):
            if not kept.task.done():
                continue
            del self._kept[pk]
            error = None if kept.task.cancelled() else kept.task.exception()
            if isinstance(error, LeaseLost):
                log.info("runner.lease_lost", source=pk)
            elif error is not None:
                log.error("runner.task_ended", source=pk, error=where(error))

    async def _end(self, source_ids: list[int]) -> None:
        if not source_ids:
            return
        ending = [self._kept.pop(pk).task for pk in source_ids]
        for task in ending:
            task.cancel()
        await asyncio.wait(ending, timeout=_GOODBYE_S)
        for task in ending:
            if task.done() and not task.cancelled():
                task.exception()
        with suppress(*_AWAY):
            await self._threads.run(lease.release, source_ids, self.owner)

    async def _renew(self) -> None:
        """What can't be renewed is another's by now: its task ends before it writes anything more."""
        while True:
            await asyncio.sleep(lease.RENEW_EVERY_S)
            if not (held := list(self._kept)):
                continue
            try:
                ours = await self._threads.run(lease.renew, held, self.owner)
            except _AWAY as error:
                log.warning("runner.database_away", error=where(error))
                continue
            for pk in held:
                if pk not in ours and pk in self._kept:
                    self._kept[pk].task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            with suppress(*_AWAY):
                await self._threads.run(store.watch, list(self._kept), clock.now())


def _name() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
