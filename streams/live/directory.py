"""Public numbers of receptions, remembered for some seconds: thousands of viewers join at once."""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass

from streams.live.threads import Threads
from streams.receptions.models import Reception

TTL_S = 5.0
MAX_ENTRIES = 1000
_NO = re.compile(r"\d{4}-\d{4,7}", re.ASCII)


@dataclass(frozen=True)
class Found:
    reception_id: int
    state: str


class Directory:
    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._known: OrderedDict[str, tuple[float, asyncio.Task[Found | None]]] = OrderedDict()

    async def find(self, no: str) -> Found | None:
        """None where there is no such reception. Raises what the database raises."""
        if not _NO.fullmatch(no):
            return None
        now = asyncio.get_running_loop().time()
        until, task = self._known.get(no, (0.0, None))
        if task is None or now >= until or _failed(task):
            task = asyncio.create_task(self._threads.run(look_up, no))
            self._known[no] = (now + TTL_S, task)
            self._known.move_to_end(no)
            if len(self._known) > MAX_ENTRIES:
                self._known.popitem(last=False)
        # One who leaves must not take the answer from the others who wait for it.
        return await asyncio.shield(task)


def look_up(no: str) -> Found | None:
    row = Reception.objects.filter(no=no).values_list("pk", "state").first()
    return Found(*row) if row else None


def _failed(task: asyncio.Task[Found | None]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
