"""daphne: the socket is tried first, Twisted's transport keeps what it doesn't take.

Twisted's own `write` only ever buffers and waits for the event loop to say that the socket can take
data: three system calls and a callback for a socket that could have taken it at once.
"""

from __future__ import annotations

from typing import Any

from streams.live import wires
from streams.live.parcel import Parcel

_NEEDED = ("socket", "dataBuffer", "_tempDataLen", "offset", "write", "abortConnection")


class DaphneWire:
    __slots__ = ("_open", "_packs", "_protocol", "_send", "_transport")

    @staticmethod
    def suits(protocol: Any) -> bool:
        """An open protocol of autobahn on a plain TCP transport of Twisted: no TLS in this process."""
        transport = getattr(protocol, "transport", None)
        return (
            hasattr(protocol, "sendClose")
            and getattr(protocol, "state", None) == getattr(protocol, "STATE_OPEN", -1)
            and all(hasattr(transport, name) for name in _NEEDED)
            and getattr(transport, "TLS", True) is False
        )

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._send = protocol.transport.socket.send
        self._open = protocol.STATE_OPEN
        # Only our own protocol class promises that messages are compressed without memory.
        self._packs = int(bool(getattr(protocol, "takes_packed", False)))

    def put(self, parcel: Parcel, seq: int) -> bool:
        # The busiest lines of the product: once for each viewer and frame.
        if self._protocol.state != self._open:
            return True
        transport = self._transport
        data = parcel.frames[self._packs]
        if transport._tempDataLen or transport.dataBuffer:
            waiting = self.waiting
            if waiting and waiting + len(data) > wires.CAP_BYTES:
                return False
            transport.write(data)
            return True
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            # Twisted notices the loss of the connection itself, when it reads.
            return True
        if sent < len(data):
            transport.write(data[sent:])
        return True

    def say(self, parcel: Parcel) -> bool:
        return self.put(parcel, 0)

    def acknowledged(self, seq: int) -> None:
        """Not needed: `waiting` tells."""

    @property
    def waiting(self) -> int:
        transport = self._transport
        return len(transport.dataBuffer) - int(transport.offset) + int(transport._tempDataLen)

    def hold(self, still: bool) -> None:
        # Our own protocol class has other reasons, too, to read nothing.
        if hasattr(self._protocol, "hold"):
            self._protocol.hold(still)
        elif still:
            self._transport.pauseProducing()
        elif not self._transport.disconnecting:
            self._transport.resumeProducing()

    def close(self, code: int) -> None:
        if self._protocol.state == self._open:
            self._protocol.sendClose(code)

    def give_up(self, code: int) -> None:
        # The close frame stands behind what waits; autobahn drops the connection when no answer comes.
        self.close(code)

    def drop(self) -> None:
        """Nothing is held here."""
