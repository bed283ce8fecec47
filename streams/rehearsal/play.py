"""The play: many viewers ask at a pace, one more watches what the room is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from streams.rehearsal.door import Door, Ticket, Unreachable
from streams.rehearsal.viewer import Asked, Frame, Line, Viewer, new_id

# After the last acknowledgement the watcher gets so long to see the rest.
SEEING_S = 30.0
# And so long, plus a second for each, all viewers get to find their seats.
SEATING_S = 15.0


@dataclass
class Watcher:
    """What somebody who only looks has seen of the reception."""

    numbers: set[int] = field(default_factory=set)
    frames: int = 0
    seq: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    steps_back: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def page(self, ticket: Ticket) -> None:
        self.numbers |= ticket.numbers
        self.seq = max(self.seq, ticket.seq)

    def frame(self, frame: Frame) -> None:
        if "put" not in frame:
            return
        self.frames += 1
        self.steps_back += frame["seq"] < self.seq
        self.seq = max(self.seq, frame["seq"])
        self.numbers |= {put["id"] for put in frame["put"]} - {0}
        self.counts = frame["counts"]
        self.changed.set()

    async def reach(self, seq: int) -> None:
        """Wait until the frames have come as far as `seq`. Raises TimeoutError."""
        async with asyncio.timeout(SEEING_S):
            while self.seq < seq:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Played:
    """All that was asked and seen, for the audit."""

    asked: list[Asked]
    watcher: Watcher
    lines: list[Line]
    seconds: float = 0.0


async def play(
    door: Door,
    questions: Sequence[dict[str, str]],
    *,
    viewers: int,
    rate: float,
    repeat_every: int,
    on_answer: Callable[[Asked], Any] = lambda _asked: None,
) -> Played:
    """Ask all `questions` (payloads without an id), `rate` a second; 0: as fast as answers come.

    Each viewer asks the next one only after the last was answered, as a person does. Every
    `repeat_every`th question is sent again after its acknowledgement; 0: none. Raises Gone, Unreachable.
    """
    asked = [Asked({"client_id": new_id(), **question}) for question in questions]
    watcher = Watcher()
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        eye = Viewer(door, on_page=watcher.page, on_frame=watcher.frame)
        crowd = [Viewer(door) for _ in range(min(viewers, max(1, len(asked))))]
        for viewer in (eye, *crowd):
            await stack.enter_async_context(viewer)
        await _seated([eye, *crowd])
        began = loop.time()

        async def perform(viewer: Viewer, first: int) -> None:
            for index in range(first, len(asked), len(crowd)):
                if rate:
                    await asyncio.sleep(began + index / rate - loop.time())
                await viewer.ask(asked[index])
                on_answer(asked[index])
                if repeat_every and index % repeat_every == 0 and asked[index].ack:
                    await viewer.ask_again(asked[index])

        await _all([perform(viewer, first) for first, viewer in enumerate(crowd)])
        seconds = loop.time() - began
        await _let_see(watcher, asked)
        return Played(asked, watcher, [v.line for v in (eye, *crowd)], seconds)


async def _seated(viewers: Sequence[Viewer]) -> None:
    """Raises Unreachable where the server isn't there at all; later it may go and come back."""
    try:
        async with asyncio.timeout(SEATING_S + len(viewers)):
            await _all([viewer.ready() for viewer in viewers])
    except TimeoutError:
        raise Unreachable(f"not all viewers were let in within {SEATING_S:.0f} s") from None


async def _let_see(watcher: Watcher, asked: Sequence[Asked]) -> None:
    last = max((one.ack["seq"] for one in asked if one.ack), default=0)
    try:
        await watcher.reach(last)
    except TimeoutError:
        return  # The audit says which numbers were not seen.


async def _all(wishes: Sequence[Any]) -> None:
    """Together; the first error ends them all."""
    tasks = [asyncio.ensure_future(wish) for wish in wishes]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
