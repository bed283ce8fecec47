"""Jobs of the worker: idempotent, the database being the truth."""

from __future__ import annotations

import time

from streams.common import clock
from streams.questions import meaning, similar
from streams.questions.queries import for_seal
from streams.receptions import standing

# Shorter than the interval by which the clock asks for the next one.
_AT_MOST_S = 45.0


def make_comparable() -> int:
    """Index what waits, and compute vectors where the language model is on; how many of both."""
    ends_at = time.monotonic() + _AT_MOST_S
    done = 0
    for step, size in ((similar.catch_up, 1_000), (meaning.compute, 32)):
        while time.monotonic() < ends_at and (made := step(size)):
            done += made
    return done


def turn_registers() -> int:
    """Open this month's registers, close those of months gone by, seal what is finished."""
    now = clock.now()
    changed = standing.turn(now)
    changed += standing.seal_finished(now, count=for_seal)
    return len(changed)
