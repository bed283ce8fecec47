"""What a screen tells beside the journal (votes, claims): read again when somebody says that it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

EVERY_S = 0.25
PAUSE_S = 0.5


class Beside:
    """`text` is as it was read last, at the time `at`; `told` what of it all but the newcomers were told.

    `wake` is called where there may be something to do, `failed` where reading went wrong and nobody waited.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[str]],
        wake: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.text = self.told = ""
        self.at = float("-inf")
        self._read, self._wake, self._failed = read, wake, failed
        self._has_changed = True
        self._again: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    @property
    def untold(self) -> str:
        return self.text if self.text != self.told else ""

    @property
    def is_being_read(self) -> bool:
        """By `read_meanwhile`."""
        return self._task is not None

    def changed(self) -> None:
        self._has_changed = True
        self._wake()

    async def read(self) -> None:
        """Where it changed and that isn't too soon after the last time. Raises what reading raises."""
        if self._is_due():
            await self._read_anew()

    def read_meanwhile(self) -> None:
        """The same, and nobody waits for it; `wake` is called afterwards."""
        if self._task is None and self._is_due():
            self._task = asyncio.create_task(self._read_and_wake())

    def stop(self) -> None:
        for work in (self._task, self._again):
            if work is not None:
                work.cancel()

    def _is_due(self) -> bool:
        if not self._has_changed:
            return False
        wait_s = self.at + EVERY_S - self._loop.time()
        if wait_s > 0 and self._again is None:
            self._again = self._loop.call_later(wait_s, self._wake_again)
        return wait_s <= 0

    def _wake_again(self) -> None:
        self._again = None
        self._wake()

    async def _read_and_wake(self) -> None:
        try:
            await self._read_anew()
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is read again
            self._failed(error)
            await asyncio.sleep(PAUSE_S)
        finally:
            self._task = None
            self._wake()

    async def _read_anew(self) -> None:
        self._has_changed = False
        self.at = self._loop.time()
        try:
            self.text = await self._read()
        except Exception:
            self._has_changed = True
            raise
