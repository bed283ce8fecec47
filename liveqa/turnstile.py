"""The public speaks in turn: so many messages in one turn of the event loop, the others wait unread.

Where thousands ask at once, one turn of the loop would be all their messages, seconds of work, and
everything else that runs here would wait that long at each of its steps: a moderator's click has half
a dozen of them. Who waits is read no further and answered later; nothing is lost and little is kept.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from streams.common.precedence import STAFF

# Some milliseconds of work.
PER_TURN = 32
# While a request of staff is under way, the public's turn comes so often.
STAFF_TURN_S = 0.1


class Speaker(Protocol):
    def go_on(self) -> None:
        """Say one message more and ask again, where there is another."""


class Turnstile:
    """Of one event loop. Who came first goes first, one message each, once there is a queue.

    `is_turning`: somebody has spoken in this turn, or waits.
    """

    def __init__(self) -> None:
        self._left = PER_TURN
        self._waiting: deque[Speaker] = deque()
        self.is_turning = False

    def admits(self, speaker: Speaker) -> bool:
        """Whether it may say a message now. If not, its `go_on` is called when it may."""
        if not self.is_turning:
            self.is_turning = True
            self._turn_later()
        if self._left > 0:
            self._left -= 1
            return True
        self._waiting.append(speaker)
        return False

    def _turn_later(self) -> None:
        loop = asyncio.get_running_loop()
        if STAFF.is_busy:
            loop.call_later(STAFF_TURN_S, self._turn)
        else:
            loop.call_soon(self._turn)

    def _turn(self) -> None:
        first = [self._waiting.popleft() for _ in range(min(PER_TURN, len(self._waiting)))]
        # Theirs already; who asks again stands behind all others.
        self._left = PER_TURN - len(first)
        for speaker in first:
            speaker.go_on()
        self.is_turning = bool(self._waiting) or self._left < PER_TURN
        if self.is_turning:
            self._turn_later()
