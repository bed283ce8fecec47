"""A crowd of deliveries waits for its turn outside of the database.

Under ASGI every request has a thread, and there are more threads than connections. Deliveries of one
reception go one after the other anyway, under its lock: whoever waits there with a connection in hand
takes it from everybody else, until the pool is dry. So only some of them come in at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


class Crowded(Exception):
    """No turn in time."""


def _places() -> int:
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool") or {}
    return max(1, int(pool.get("max_size", 4)) // 4)


class Turns:
    def __init__(self, places: int, patience_s: float) -> None:
        self._free = threading.BoundedSemaphore(places)
        self._patience_s = patience_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises Crowded. The connection is back in the pool when the turn ends."""
        if not self._free.acquire(timeout=self._patience_s):
            raise Crowded
        try:
            yield
        finally:
            try:
                if not connection.in_atomic_block:
                    connection.close()
            finally:
                self._free.release()


# Shorter than the patience of the least patient platform we know (about 20 s).
deliveries = Turns(_places(), patience_s=15.0)
