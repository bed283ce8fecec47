"""Jobs of the worker: idempotent, with primitive arguments, the database being the truth."""

from streams.common import clock
from streams.receptions import schedule


def make_next_receptions() -> int:
    """How many receptions were made."""
    return len(schedule.make_next(clock.now()))
