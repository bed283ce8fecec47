"""Time codes: seconds since the broadcast began, written 1:02:03."""

import re

_FORM = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)|(\d{1,6})")
MAX_S = 24 * 3600


def write(seconds: int) -> str:
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
