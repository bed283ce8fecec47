"""One frame to many lines: nobody is waited for, and nobody is always the last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from streams.live.line import Line
from streams.live.parcel import Parcel

# So many lines are written to before others get their turn on the event loop.
_TURN = 256
# No divisor of any round number of viewers: nobody is the last one twice in a row.
_STRIDE = 997


class Handout:
    """`wrote_s`: the time that was spent on it since somebody set it back, without the others' turns."""

    def __init__(self) -> None:
        self.wrote_s = 0.0
        self._first = 0
        self._loop = asyncio.get_running_loop()

    async def give(self, lines: list[Line], parcel: Parcel, seq: int) -> list[Line]:
        """Those who have too much waiting already: they got nothing."""
        self._first = (self._first + _STRIDE) % len(lines)
        lines = lines[self._first :] + lines[: self._first]
        full: list[Line] = []
        for start in range(0, len(lines), _TURN):
            if start:
                await asyncio.sleep(0)
            began = self._loop.time()
            full += _give(lines[start : start + _TURN], parcel, seq)
            self.wrote_s += self._loop.time() - began
        return full


def _give(lines: Iterable[Line], parcel: Parcel, seq: int) -> list[Line]:
    # The busiest lines of the product: once for each viewer and frame. To fetch what they look at from
    # all over the memory costs more than to run them, so they look at a line and its socket and no more.
    frames = parcel.frames
    sizes = [len(frame) for frame in frames]
    full = []
    for line in lines:
        if (send := line.send) is None:
            if not line.put(parcel, seq):
                full.append(line)
            continue
        form = line.form
        try:
            sent = send(frames[form])
        except BlockingIOError:
            sent = 0
        except OSError:
            # The server notices the loss of the connection itself, when it reads.
            continue
        if sent != sizes[form]:
            line.keep(frames[form][sent:])
    return full
