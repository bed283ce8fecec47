"""One screen of one reception in this process: read once, rendered once for each language."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import structlog

from streams.common.precedence import FRAMES
from streams.live import door, frames, reading
from streams.live.audience import Audience
from streams.live.beside import Beside
from streams.live.handout import Handout
from streams.live.line import Line
from streams.live.parcel import Parcel
from streams.live.reading import Outcome
from streams.live.ring import Ring
from streams.live.screens import Screen
from streams.live.threads import Threads

log = structlog.get_logger(__name__)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
# Where a screen has a tick, writing takes at most one part in so many of the time; reading and rendering
# less than one in so many, which a flood makes felt.
BREATH, READING_BREATH = 4, 2
LONGEST_TICK_S = 2.0
# Where a screen has none, questions that came in wait so long after the last frame: what staff do is
# shown at once, and a flood is not a frame for each of its batches.
RECEIVED_EVERY_S = 0.25
# A line that has let nothing leave for so long is given up.
PATIENCE_S = 10.0


class Feed:
    """Connecting, coming back and being live are the same step: every group of lines that is not at
    the head gets what it lacks and moves there."""

    def __init__(self, screen: Screen, reception_id: int, threads: Threads, ring: Ring) -> None:
        self.screen = screen
        self.reception_id = reception_id
        self._threads, self._ring = threads, ring
        self._head = -1
        # Up to here at once; the rest may wait for company.
        self._hurried = -1
        self._audience = Audience()
        self._newcomers: set[Line] = set()
        # Lines that would not take more, and since when. They join again when they have read.
        self._aside: dict[Line, float] = {}
        self._ways: dict[tuple[int, frozenset[str], int, int], Outcome] = {}
        self._handout = Handout()
        self._read_s = 0.0
        self._brought_at = float("-inf")
        self._soon: asyncio.TimerHandle | None = None
        self._wake = asyncio.Event()
        self._beside = Beside(
            partial(threads.run, reading.side, screen, reception_id), self._wake.set, self._say_why
        )
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    def join(self, line: Line) -> None:
        self._audience.add(line)
        self._newcomers.add(line)
        self._wake.set()

    def leave(self, line: Line) -> None:
        self._newcomers.discard(line)
        self._aside.pop(line, None)
        self._audience.remove(line)

    @property
    def is_watched(self) -> bool:
        return bool(self._audience or self._aside)

    def heard(self, seq: int, *, only_received: bool = False) -> None:
        """The journal has grown to `seq`, somebody says; `only_received`: by questions that came in."""
        has_grown = seq > self._head
        self._head = max(self._head, seq)
        if only_received:
            if has_grown:
                self._wake_soon()
        elif seq > self._hurried:
            self._hurried = seq
            self._wake.set()

    @property
    def side_at(self) -> float:
        """When the state beside the journal was read last."""
        return self._beside.at

    def side_changed(self) -> None:
        self._beside.changed()

    def look_aside(self, now: float) -> None:
        """Who reads again gets one frame instead of all that was left out; who doesn't is let go."""
        for line, since in list(self._aside.items()):
            if line.is_open and line.has_room:
                del self._aside[line]
                self.join(line)
            elif now - since > PATIENCE_S:
                line.give_up()

    def stop(self) -> None:
        self._task.cancel()
        self._beside.stop()
        if self._soon is not None:
            self._soon.cancel()

    async def _run(self) -> None:
        pause_s, next_at = FIRST_PAUSE_S, 0.0
        while True:
            await self._wake.wait()
            await asyncio.sleep(max(0.0, next_at - self._loop.time()))
            self._wake.clear()
            self._handout.wrote_s = self._read_s = 0.0
            try:
                await self._bring()
            except Exception as error:  # noqa: BLE001 -- a supervisor: the sockets stay, whatever it is
                self._say_why(error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                self._wake.set()
            else:
                pause_s = FIRST_PAUSE_S
            next_at = self._loop.time() + self._tick_s()

    def _tick_s(self) -> float:
        """Until the next frame. Screens of staff have no tick."""
        if not self.screen.tick_s:
            return 0.0
        breath_s = max(BREATH * self._handout.wrote_s, READING_BREATH * self._read_s)
        return min(max(self.screen.tick_s, breath_s), LONGEST_TICK_S)

    def _wake_soon(self) -> None:
        wait_s = 0.0
        if not self.screen.tick_s:
            wait_s = self._brought_at + RECEIVED_EVERY_S - self._loop.time()
        if wait_s <= 0:
            self._wake.set()
        elif self._soon is None:
            self._soon = self._loop.call_later(wait_s, self._wake_now)

    def _wake_now(self) -> None:
        self._soon = None
        self._wake.set()

    async def _bring(self) -> None:
        if self.screen.tick_s:
            await self._beside.read()
            told = await self._bring_news(self._beside.untold)
        else:
            # What staff did is shown before what else there is to tell, and waits for no reading of it.
            told = await self._bring_news("")
            self._beside.read_meanwhile()
        if not self._beside.is_being_read:
            await self._bring_side(told)
        self._brought_at = self._loop.time()
        away = [cursor for cursor in self._audience.cursors if cursor != self._head]
        if any(not self._hurried <= cursor < self._head for cursor in away):
            self._wake.set()
        elif away:
            self._wake_soon()

    async def _bring_news(self, beside: str) -> set[Line]:
        """Bring every group to the head. Who got the state `beside` with it."""
        told: set[Line] = set()
        # The live ones first: what is read for them serves those who were away.
        for cursor in reversed(self._audience.cursors):
            if cursor == self._head or not self._audience.at(cursor):
                continue
            outcome = await self._way(cursor, beside)
            if outcome.stale:
                self._dismiss(cursor)
            elif outcome.head != cursor:
                for group in self._audience.at(cursor):
                    # Who joined during the read with another language waits for the next one.
                    if (parcel := outcome.parcels.get(group.language)) is not None:
                        lines = self._audience.move(group, outcome.head)
                        await self._hand_out(lines, parcel, outcome.head, cursor)
                        if outcome.beside:
                            told.update(lines)
        return told

    async def _way(self, cursor: int, beside: str) -> Outcome:
        """From `cursor` to the head: from the ring where it reaches back so far, else by a read."""
        if cursor >= self._ring.end:
            return await self._go_on(cursor, beside)
        languages = frozenset(group.language for group in self._audience.at(cursor))
        if self._ring.end != self._head and self._ring.way(cursor, languages):
            await self._go_on(self._ring.end, "")
        key = (cursor, languages, self._ring.end, self._head)
        if key not in self._ways:
            # Who comes back in the next moment from the same place gets the same bytes.
            self._ways = {k: way for k, way in self._ways.items() if k[2:] == key[2:]}
            self._ways[key] = await self._old_way(cursor, languages)
        return self._ways[key]

    async def _go_on(self, cursor: int, beside: str) -> Outcome:
        """Read what is new for everybody, and remember it."""
        is_live = cursor == self._ring.end
        outcome = await self._read(cursor, self._audience.languages, beside, is_live=is_live)
        if outcome.step is not None:
            self._ring.add(outcome.step)
        elif outcome.stale and cursor == self._ring.end:
            # The journal is not the one we knew: a restored database.
            self._ring.clear()
        return outcome

    async def _old_way(self, cursor: int, languages: frozenset[str]) -> Outcome:
        steps = self._ring.way(cursor, languages)
        if not steps or steps[-1].upto - cursor > reading.FARTHEST:
            return await self._read(cursor, languages, "")
        parcels = await self._threads.run(reading.parcels, steps, languages)
        return Outcome(steps[-1].upto, parcels=parcels)

    async def _read(
        self, cursor: int, languages: frozenset[str], beside: str, *, is_live: bool = False
    ) -> Outcome:
        believed, began = self._head, self._loop.time()
        with self._precedence(cursor):
            outcome = await self._threads.run(
                reading.since,
                self.screen,
                self.reception_id,
                cursor,
                languages,
                beside,
                is_live=is_live,
            )
        self._read_s += self._loop.time() - began
        # A bell that rang during the read may know of more than it saw; one before can't.
        rang = self._head != believed
        at_least = outcome.head + 1 if outcome.more else outcome.head
        self._head = max(self._head, at_least) if rang else at_least
        return outcome

    def _precedence(self, cursor: int) -> AbstractContextManager[None]:
        """What staff did goes to their colleagues' screens first of all."""
        hurries = not self.screen.tick_s and cursor < self._hurried
        return FRAMES.first() if hurries else nullcontext()

    def _dismiss(self, cursor: int) -> None:
        for group in self._audience.at(cursor):
            for line in list(group.lines):
                self.leave(line)
                line.say(frames.RELOAD)
                line.hang_up(door.STALE)

    async def _bring_side(self, told: set[Line]) -> None:
        """To all where it changed; else to those who came, after the news. `told` have it already."""
        beside = self._beside.untold
        self._newcomers -= told
        newcomers = {
            line
            for line in self._newcomers
            if line.group is not None and line.group.cursor == self._head
        }
        if not (beside or newcomers):
            return
        self._newcomers -= newcomers
        for group in list(self._audience):
            lines = [
                line
                for line in group.lines
                if (
                    line not in told and line not in self._newcomers
                    if beside
                    else line in newcomers
                )
            ]
            if lines:
                parcel = Parcel(frames.side_frame(group.cursor, self._beside.text), pack=True)
                await self._hand_out(lines, parcel, group.cursor, group.cursor)
        if beside:
            self._beside.told = beside

    async def _hand_out(self, lines: list[Line], parcel: Parcel, seq: int, before: int) -> None:
        """Whoever has too much waiting already stays at the place `before`."""
        for line in await self._handout.give(lines, parcel, seq):
            self._set_aside(line, before)

    def _set_aside(self, line: Line, cursor: int) -> None:
        if line.group is not None:
            self._newcomers.discard(line)
            self._audience.remove(line)
            line.cursor = cursor
            self._aside[line] = self._loop.time()

    def _say_why(self, error: Exception) -> None:
        about = {"reception": self.reception_id, "screen": self.screen.name}
        if isinstance(error, (*reading.AWAY, TimeoutError)):
            log.warning("live.database_away", **about, error=type(error).__name__)
        else:
            log.error("live.retry", **about, exc_info=error)
