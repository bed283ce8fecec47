"""One screen of one reception in this process: read once, rendered once for each language."""

import asyncio
from collections.abc import Iterable

import structlog

from streams.live import door, frames, reading
from streams.live.line import Line
from streams.live.screens import Screen
from streams.live.threads import Threads

log = structlog.get_logger(__name__)
SIDE_EVERY_S = 0.25
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
# So many lines are written to before others get their turn on the event loop.
_TURN = 256


class Feed:
    """Lines stand in groups by their place in the journal; connecting, coming back and being live
    are the same step: every group that is not at the head is read for and moved there."""

    def __init__(self, screen: Screen, reception_id: int, threads: Threads) -> None:
        self.screen = screen
        self.reception_id = reception_id
        self.side_at = float("-inf")
        self._threads = threads
        self._head = -1
        self._groups: dict[int, set[Line]] = {}
        self._wake = asyncio.Event()
        self._newcomers: set[Line] = set()
        self._side: str | None = None
        self._side_due = False
        self._side_timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    def join(self, line: Line) -> None:
        self._groups.setdefault(line.cursor, set()).add(line)
        self._newcomers.add(line)
        self._wake.set()

    def leave(self, line: Line) -> None:
        self._newcomers.discard(line)
        group = self._groups.get(line.cursor, set())
        group.discard(line)
        if not group:
            self._groups.pop(line.cursor, None)

    def lines(self) -> Iterable[Line]:
        return [line for group in self._groups.values() for line in group]

    @property
    def is_watched(self) -> bool:
        return bool(self._groups)

    def heard(self, seq: int) -> None:
        """The journal has grown to `seq`, somebody says."""
        if seq > self._head:
            self._head = seq
            self._wake.set()

    def side_changed(self) -> None:
        self._side_due = True
        self._wake.set()

    def stop(self) -> None:
        self._task.cancel()
        if self._side_timer is not None:
            self._side_timer.cancel()

    async def _run(self) -> None:
        pause_s, next_at = FIRST_PAUSE_S, 0.0
        while True:
            await self._wake.wait()
            await asyncio.sleep(max(0.0, next_at - self._loop.time()))
            self._wake.clear()
            try:
                await self._bring_news()
                await self._bring_side()
            except Exception as error:  # noqa: BLE001 -- a supervisor: the sockets stay, whatever it is
                self._say_why(error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                self._wake.set()
            else:
                pause_s = FIRST_PAUSE_S
            next_at = self._loop.time() + self.screen.tick_s

    async def _bring_news(self) -> None:
        for cursor in sorted(self._groups):
            group = self._groups.get(cursor)
            if not group or cursor == self._head:
                continue
            languages = frozenset(line.language for line in group)
            believed = self._head
            outcome = await self._threads.run(
                reading.since, self.screen, self.reception_id, cursor, languages
            )
            # A bell that rang during the read may know of more than it saw; one before can't.
            rang = self._head != believed
            self._head = max(self._head, outcome.head) if rang else outcome.head
            await self._deliver(cursor, outcome)
        if any(cursor != self._head for cursor in self._groups):
            self._wake.set()

    async def _deliver(self, cursor: int, outcome: reading.Outcome) -> None:
        group = self._groups.get(cursor, set())
        if outcome.stale:
            for line in list(group):
                self.leave(line)
                line.say(frames.RELOAD)
                line.hang_up(door.STALE)
            return
        # Who joined during the read with another language waits for the next one.
        served = [line for line in group if line.language in outcome.frames]
        for line in served:
            group.discard(line)
            line.cursor = outcome.head
        if not group:
            self._groups.pop(cursor, None)
        if served:
            self._groups.setdefault(outcome.head, set()).update(served)
        for count, line in enumerate(served, 1):
            text = outcome.frames[line.language]
            line.put(text.text, text.bytes)
            if count % _TURN == 0:
                await asyncio.sleep(0)

    async def _bring_side(self) -> None:
        # Who joined since the news were brought gets those first: the next step is due already.
        newcomers = {line for line in self._newcomers if line.cursor == self._head}
        if not (self._side_due or newcomers):
            return
        wait_s = self.side_at + SIDE_EVERY_S - self._loop.time()
        if wait_s > 0:
            if self._side_timer is None:
                self._side_timer = self._loop.call_later(wait_s, self._side_again)
            return
        self._side_due = False
        self.side_at = self._loop.time()
        try:
            side = await self._threads.run(reading.side, self.screen, self.reception_id)
        except Exception:
            self._side_due = True
            raise
        self._newcomers -= newcomers
        wanting = newcomers if side == self._side else set(self.lines()) - self._newcomers
        self._side = side
        texts: dict[int, reading.Text] = {}
        for count, line in enumerate(wanting, 1):
            if line.cursor not in texts:
                texts[line.cursor] = reading.text_of(frames.side_frame(line.cursor, side))
            line.put(texts[line.cursor].text, texts[line.cursor].bytes)
            if count % _TURN == 0:
                await asyncio.sleep(0)

    def _say_why(self, error: Exception) -> None:
        about = {"reception": self.reception_id, "screen": self.screen.name}
        if isinstance(error, (*reading.AWAY, TimeoutError)):
            log.warning("live.database_away", **about, error=type(error).__name__)
        else:
            log.error("live.retry", **about, exc_info=error)

    def _side_again(self) -> None:
        self._side_timer = None
        self._wake.set()
