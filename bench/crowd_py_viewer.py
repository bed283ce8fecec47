"""One viewer's socket of the Python crowd."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from typing_extensions import override

from bench.crowd_py_seen import Seen

KEY = "dGhlIHNhbXBsZSBub25jZQ=="


class Crowd(Protocol):
    options: Options
    seen: Seen
    arrivals: list[float]

    def hear(self, viewer: Viewer, text: bytes, at: int) -> None: ...
    def closed(self, viewer: Viewer, code: int) -> None: ...


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    path: str
    origin: str
    language: str
    ack_s: float
    source: int
    cookie: str


class Viewer(asyncio.Protocol):
    """One socket; comes back as the same viewer."""

    def __init__(self, crowd: Crowd, index: int, seq: int) -> None:
        self.crowd, self.index = crowd, index
        self.seq, self.hello = max(seq, 0), seq >= 0
        self.path: tuple[int, ...] = ()
        self.transport: asyncio.Transport | None = None
        self.is_open = self.reads = self.muted = False
        self.began, self.unsaid, self.attempt = 0.0, 0, 0
        # Characters after which the server wants a word; 0: it wants none.
        self.ack_after = 0
        self.asked: tuple[str, float] | None = None
        self._ack: asyncio.TimerHandle | None = None
        self._in = bytearray()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        o = self.crowd.options
        cookie = f"Cookie: {o.cookie}\r\n" if o.cookie else ""
        transport.write(
            f"GET {o.path} HTTP/1.1\r\nHost: {o.host}:{o.port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n"
            f"Origin: {o.origin}\r\n{cookie}\r\n".encode()
        )

    @override
    def data_received(self, data: bytes) -> None:
        at = time.monotonic_ns()
        self._in += data
        if not self.is_open and not self._shake(at):
            return
        while self.is_open and (frame := _frame(self._in)):
            opcode, payload, length, whole = frame
            del self._in[:length]
            self.crowd.seen.counts["fragments"] += not whole
            if opcode == 1:
                self.crowd.hear(self, payload, at)
            elif opcode == 9:
                self.send(10, payload)
            elif opcode == 8:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) > 1 else 1005
                self.crowd.closed(self, code)

    def _shake(self, at: int) -> bool:
        """Whether hands are shaken."""
        head, found, rest = bytes(self._in).partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self.crowd.seen.sample = head[:60].decode("latin1")
            self.close()
            return False
        self._in = bytearray(rest)
        self.is_open = True
        if self.hello:
            self.say({"seq": self.seq, "lang": self.crowd.options.language})
        else:
            self.arrived(at)
        return True

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self.transport is not None:
            self.crowd.closed(self, 0)

    def say(self, message: Mapping[str, object]) -> None:
        self.send(1, json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())

    def send(self, opcode: int, payload: bytes) -> None:
        if self.transport is None:
            return
        mask = os.urandom(4)
        long = len(payload) >= 126
        head = bytes([0x80 | opcode, 0x80 | (126 if long else len(payload))])
        size = struct.pack(">H", len(payload)) if long else b""
        body = bytes(byte ^ mask[i & 3] for i, byte in enumerate(payload))
        self.transport.write(head + size + mask + body)

    def arrived(self, at: int) -> None:
        if not self.reads:
            self.reads, self.attempt = True, 0
            self.crowd.arrivals.append((at / 1e9 - self.began) * 1000)

    def heard(self, chars: int) -> None:
        """Acknowledge as the page does."""
        self.unsaid += chars
        if not self.ack_after or self._ack is not None or self.unsaid < self.ack_after:
            return
        self.unsaid = 0
        wait_s = self.crowd.options.ack_s
        self._ack = asyncio.get_running_loop().call_later(wait_s, self._acknowledge)

    def _acknowledge(self) -> None:
        self._ack = None
        if self.is_open:
            self.say({"seq": self.seq})

    def close(self) -> None:
        """Torn: no goodbye."""
        transport, self.transport = self.transport, None
        self.is_open = self.reads = False
        self.ack_after = self.unsaid = 0
        self._in.clear()
        if transport is not None:
            transport.abort()


def _frame(data: bytearray) -> tuple[int, bytes, int, bool] | None:
    """Opcode, payload, its length with the head, and whether it is whole; None: more is needed."""
    if len(data) < 2:
        return None
    size, head = data[1] & 127, 2
    if size == 126:
        size, head = (int.from_bytes(data[2:4], "big"), 4) if len(data) >= 4 else (1 << 62, 4)
    elif size == 127:
        size, head = (int.from_bytes(data[2:10], "big"), 10) if len(data) >= 10 else (1 << 62, 10)
    if len(data) < head + size:
        return None
    whole = bool(data[0] & 0x80) and data[0] & 15 != 0
    return data[0] & 15, bytes(data[head : head + size]), head + size, whole
