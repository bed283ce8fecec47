"""Time codes: how far into the recording of a broadcast a thing was said."""

from datetime import datetime

# The longest delay of a stream that anybody has to correct for, and more.
MAX_SHIFT_S = 600


def seconds(moment: datetime, live_since: datetime | None, shift_s: int) -> int:
    """Whole seconds into the recording; 0 before the broadcast.

    `shift_s` is how much later a thing is heard in the recording than it was said: the recording may
    have begun before the reception went live (more), or viewers may get it late (less).
    """
    if live_since is None:
        return 0
    return max(0, int((moment - live_since).total_seconds()) + shift_s)
