"""The messages that the public sends, read at a glance: short, whole and not compressed.

autobahn reads a frame as one may come: in parts, compressed, broken. Where thousands ask at once, that
is a fifth of what a question costs. What is not as simple as this is left to it, and judged by it.
"""

from __future__ import annotations

# The last part of a text message, which is the first one too, and nothing is negotiated about it.
_WHOLE_TEXT, _MASKED = 0x81, 0x80
_LONG = 126


def whole_text(data: bytes, most: int) -> tuple[str, int] | None:
    """The text that `data` begins with and where it ends; None where that is for others to read."""
    if len(data) < 6 or data[0] != _WHOLE_TEXT or data[1] < _MASKED:
        return None
    size, start = data[1] - _MASKED, 6
    if size >= _LONG:
        size, start = int.from_bytes(data[2:4]), 8
        if data[1] != _MASKED + _LONG or size < _LONG:
            return None
    end = start + size
    if size > most or len(data) < end:
        return None
    try:
        return _unmasked(data[start:end], data[start - 4 : start]).decode(), end
    except UnicodeDecodeError:
        return None


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    over = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(over)).to_bytes(size)
