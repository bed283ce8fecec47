"""Staff first: what can wait lets what must not wait go by.

Where thousands ask, one process spends all its time on them; a moderator's click is a few hundredths of
a second of work that would wait its turn in each of its steps.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Precedence:
    """Of one process. `first` marks what goes first; `give_way` is where others wait, in a thread."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._count = 0

    @contextmanager
    def first(self) -> Iterator[None]:
        with self._free:
            self._count += 1
        try:
            yield
        finally:
            with self._free:
                self._count -= 1
                if not self._count:
                    self._free.notify_all()

    @property
    def is_busy(self) -> bool:
        """Whether somebody goes first just now."""
        return bool(self._count)

    def give_way(self, longest_s: float) -> None:
        """Until nobody goes first, or so long: who waits must come on, too."""
        with self._free:
            self._free.wait_for(lambda: not self._count, longest_s)


# Requests of staff, before the public's questions and screens.
STAFF = Precedence()
# What colleagues see of a step, before the card that its maker gets back: it takes longer to write, and they
# would halve each other's speed.
FRAMES = Precedence()
