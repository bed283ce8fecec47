"""Messages read at a glance: exactly those that autobahn would read the same way."""

from __future__ import annotations

import struct

import pytest

from liveqa.web_messages import whole_text

MOST = 16_000


def masked(payload: bytes, mask: bytes = b"\x01\x80\xff\x33", first: int = 0x81) -> bytes:
    size = len(payload)
    head = bytes([first, 0x80 | size]) if size < 126 else struct.pack("!BBH", first, 0xFE, size)
    over = mask * (size // 4 + 1)
    return head + mask + bytes(a ^ b for a, b in zip(payload, over, strict=False))


@pytest.mark.parametrize("text", ["", "a", "Сұрақ?", "ы" * 62 + "a", "ы" * 63, "я" * 8000])
def test_a_whole_message_is_read_and_what_follows_is_left(text: str) -> None:
    frame = masked(text.encode())
    assert whole_text(frame + b"\x8a\x80next", MOST) == (text, len(frame))
    assert all(whole_text(frame[:cut], MOST) is None for cut in range(0, len(frame), 97))


@pytest.mark.parametrize(
    "frame",
    [
        masked(b"part", first=0x01),
        masked(b"the rest", first=0x80),
        masked(b"packed", first=0xC1),
        masked(b"binary", first=0x82),
        masked(b"", first=0x89),
        b"\x81\x04bare",
        masked(b"x" * (MOST + 1)),
        masked("Ы".encode()[:1]),
        masked(b"\xed\xa0\x80"),
        # Lengths longer than they need be, and those of giants.
        struct.pack("!BBH", 0x81, 0xFE, 5) + bytes(4) + b"short",
        struct.pack("!BBQ", 0x81, 0xFF, 1 << 30) + bytes(4),
    ],
)
def test_everything_else_is_left_to_others(frame: bytes) -> None:
    assert whole_text(frame, MOST) is None
