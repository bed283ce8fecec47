"""Time codes: how far into the broadcast a thing was said."""

from datetime import datetime

# A decision may be taken back from the studio for so long; later the desk reopens with a reason.
UNDO_FOR_S = 15 * 60


def time_code_s(live_since: datetime | None, now: datetime) -> int:
    """Whole seconds since going live; 0 before that."""
    return max(0, int((now - live_since).total_seconds())) if live_since else 0


def time_code(seconds: int) -> str:
    """754 as 0:12:34."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
