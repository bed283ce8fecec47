"""uvicorn with the protocol class of liveqa.web_uvicorn: asyncio's transport tries the socket first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streams.live import wires
from streams.live.parcel import Parcel


class UvicornWire:
    __slots__ = ("_protocol", "_transport", "_waiting", "_write")
    ack_after = 0

    @staticmethod
    def suits(protocol: Any) -> bool:
        transport = getattr(protocol, "transport", None)
        return (
            hasattr(protocol, "close_with")
            and getattr(protocol, "handshake_complete", False) is True
            and hasattr(transport, "get_write_buffer_size")
        )

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._write = protocol.transport.write
        self._waiting = protocol.transport.get_write_buffer_size

    def serve(self, outlet: wires.Outlet) -> None:
        """It always looks first."""

    def put(self, parcel: Parcel, seq: int) -> bool:
        if self._protocol.close_sent or self._transport.is_closing():
            return True
        data = parcel.frames[0]
        waiting = self._waiting()
        if waiting and waiting + len(data) > wires.CAP_BYTES:
            return False
        self._write(data)
        return True

    def say(self, parcel: Parcel) -> bool:
        return self.put(parcel, 0)

    def keep(self, rest: bytes) -> None:
        """Nothing went past it."""

    def listen(self, hear: Callable[[str], None]) -> None:
        """What the client says comes by the application's `receive`."""

    def acknowledged(self, seq: int) -> None:
        """Not needed: `waiting` tells."""

    @property
    def waiting(self) -> int:
        return int(self._waiting())

    def hold(self, still: bool) -> None:
        if self._transport.is_closing():
            return
        if still:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def close(self, code: int) -> None:
        self._protocol.close_with(code)

    def give_up(self, code: int) -> None:
        self._protocol.close_with(code)

    def drop(self) -> None:
        """Nothing is held here."""
