"""Time codes: how far into the recording of a broadcast a thing was said."""

import re
from datetime import datetime

# The longest delay of a stream that anybody has to correct for, and more.
MAX_SHIFT_S = 600
MAX_S = 24 * 3600
_FORM = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)|(\d{1,6})")


def seconds(moment: datetime, live_since: datetime | None, shift_s: int) -> int:
    """Whole seconds into the recording; 0 before the broadcast.

    `shift_s` is how much later a thing is heard in the recording than it was said: the recording may
    have begun before the reception went live (more), or viewers may get it late (less).
    """
    if live_since is None:
        return 0
    return max(0, int((moment - live_since).total_seconds()) + shift_s)


def write(seconds: int) -> str:
    """3753 as 1:02:33."""
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def read(written: str) -> int:
    """From 1:02:03, 62:03 or plain seconds. Raises ValueError."""
    match = _FORM.fullmatch(written.strip())
    if match is None:
        raise ValueError(written)
    hours, minutes, seconds, plain = match.groups()
    total = int(plain) if plain else int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    if total > MAX_S:
        raise ValueError(written)
    return total
