"""Blocking work of the hub: a few threads of its own, so that nothing else has to wait for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

from streams.receptions import bell

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
PATIENCE_S = 15.0


class Threads:
    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises what `work` raises, and TimeoutError where the database keeps silent."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")

        loop = asyncio.get_running_loop()

        def with_connection() -> T:
            try:
                with bell.rung_by(loop):
                    return work(*args, **kwargs)
            finally:
                close_old_connections()  # back to the pool: CONN_MAX_AGE is 0

        async with asyncio.timeout(PATIENCE_S):
            return await loop.run_in_executor(self._pool, with_connection)

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None
