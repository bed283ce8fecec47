"""A websocket client of bare bytes, which reads when it is told to and keeps what the server wrote."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from tests.conftest import LiveServer
from tests.patience import PATIENCE_S

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(frozen=True)
class Frame:
    opcode: int
    payload: bytes
    wire: bytes

    @property
    def is_packed(self) -> bool:
        return bool(self.wire[0] & 0x40)

    @property
    def message(self) -> dict[str, Any]:
        payload = self.payload
        if self.is_packed:
            unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
            payload = unpacker.decompress(payload + b"\x00\x00\xff\xff")
        message: dict[str, Any] = json.loads(payload)
        return message

    @property
    def code(self) -> int:
        return int(struct.unpack("!H", self.payload[:2])[0])


class RawClient:
    def __init__(self, server: LiveServer, no: str, *, extensions: str = "") -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE_S)
        # As small as the kernel lets it be: what is not read stays at the server.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", server.port))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET /ws/receptions/{no}/ HTTP/1.1",
            f"Host: 127.0.0.1:{server.port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            f"Origin: {server.url}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *([f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []),
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._unread = b""
        while b"\r\n\r\n" not in self._unread:
            self._unread += self.socket.recv(1)
        self.answer = self._unread.decode()
        self._unread = b""

    def say(self, message: object) -> None:
        self.write(TEXT, (message if isinstance(message, str) else json.dumps(message)).encode())

    def write(self, opcode: int, payload: bytes, *, first: int = 0x80) -> None:
        size = len(payload)
        length = (
            struct.pack("!B", 0x80 | size) if size < 126 else struct.pack("!BH", 0x80 | 126, size)
        )
        # With a mask of zeros the payload stays as it is.
        self.socket.sendall(bytes([first | opcode]) + length + bytes(4) + payload)

    def wait(self) -> None:
        """Until news have come; they stay unread."""
        # More than the first short answers. A socket with a timeout doesn't heed MSG_WAITALL.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 512)
        assert self.socket.recv(512, socket.MSG_PEEK)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)

    def frames(self) -> Iterator[Frame]:
        """One after the other, until the server ends the connection. Pings are answered."""
        while (frame := self._next()) is not None:
            if frame.opcode == PING:
                self.write(PONG, frame.payload)
            else:
                yield frame

    def until(self, seq: int) -> list[Frame]:
        """All frames up to the one that brings the page to `seq`."""
        seen = []
        for frame in self.frames():
            seen.append(frame)
            if frame.opcode == TEXT and "put" in frame.message and frame.message["seq"] >= seq:
                return seen
        raise AssertionError(f"closed before {seq}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _next(self) -> Frame | None:
        if (head := self._read(2)) is None:
            return None
        opcode, size, length = head[0] & 15, head[1] & 127, b""
        assert not head[1] & 128, "a server masks nothing"
        if size == 126:
            length = self._read(2) or b""
            (size,) = struct.unpack("!H", length)
        elif size == 127:
            length = self._read(8) or b""
            (size,) = struct.unpack("!Q", length)
        payload = self._read(size)
        assert payload is not None
        return Frame(opcode, payload, head + length + payload)

    def _read(self, size: int) -> bytes | None:
        while len(self._unread) < size:
            if not (data := self.socket.recv(65536)):
                return None
            self._unread += data
        data, self._unread = self._unread[:size], self._unread[size:]
        return data
