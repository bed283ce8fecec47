"""One message for many sockets: its text, and the bytes of its websocket frame, made once."""

from __future__ import annotations

import struct
import zlib

# Smaller than this, compressing saves less than one packet of the network.
PACK_FROM_BYTES = 1400
_TEXT, _PACKED_TEXT = 0x81, 0xC1
_SYNC_TAIL = b"\x00\x00\xff\xff"


class Parcel:
    """`frames` holds two forms of the same message: for sockets without permessage-deflate and with it.

    Compressed once and without memory of earlier messages, the second suits every socket that
    negotiated `server_no_context_takeover`.
    """

    __slots__ = ("frames", "size", "text")

    def __init__(self, text: str, *, pack: bool = False) -> None:
        """`pack`: worth compressing, because thousands get it."""
        self.text = text
        payload = text.encode("utf-8", "replace")
        self.size = len(payload)
        plain = framed(payload)
        packed = plain
        if pack and self.size >= PACK_FROM_BYTES:
            packed = framed(deflated(payload), packed=True)
        self.frames = (plain, packed)


def framed(payload: bytes, *, packed: bool = False) -> bytes:
    """A whole unmasked text frame, RFC 6455 section 5.2; `packed` sets RSV1 of RFC 7692."""
    first, size = _PACKED_TEXT if packed else _TEXT, len(payload)
    if size < 126:
        head = struct.pack("!BB", first, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, 126, size)
    else:
        head = struct.pack("!BBQ", first, 127, size)
    return head + payload


def deflated(payload: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH)
    return data.removesuffix(_SYNC_TAIL)
