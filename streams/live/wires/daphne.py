"""daphne: the socket is tried first, Twisted's transport keeps what it doesn't take.

Twisted's own `write` only ever buffers and waits for the event loop to say that the socket can take
data: three system calls and a callback for a socket that could have taken it at once.
"""

from __future__ import annotations

from typing import Any

from streams.live import wires
from streams.live.parcel import Parcel

_NEEDED = ("socket", "dataBuffer", "_tempDataLen", "offset", "write", "abortConnection")


def write(transport: Any, data: bytes) -> bool:
    """The socket first, where nothing waits before it. Whether nothing waits behind it."""
    if transport._tempDataLen or transport.dataBuffer:
        transport.write(data)
        return False
    try:
        sent = transport.socket.send(data)
    except BlockingIOError:
        sent = 0
    except OSError:
        # Twisted notices the loss of the connection itself, when it reads.
        return False
    if sent < len(data):
        transport.write(data[sent:])
    return bool(sent == len(data))


class DaphneWire:
    """`is_clear`: the socket may be written to without a look at autobahn and Twisted. Their objects are
    spread over the memory: looking at them costs a third of what the kernel takes for the frame itself.
    The protocol says when that is over (`liveqa.web_socket`); the next frame looks for itself.
    """

    __slots__ = ("_open", "_packs", "_protocol", "_send", "_transport", "is_clear")
    ack_after = 0

    @staticmethod
    def suits(protocol: Any) -> bool:
        """An open protocol of ours on a plain TCP transport of Twisted: no TLS in this process."""
        transport = getattr(protocol, "transport", None)
        return (
            hasattr(protocol, "wire")
            and getattr(protocol, "state", None) == getattr(protocol, "STATE_OPEN", -1)
            and all(hasattr(transport, name) for name in _NEEDED)
            and getattr(transport, "TLS", True) is False
        )

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._send = protocol.transport.socket.send
        self._open = protocol.STATE_OPEN
        self._packs = int(protocol.takes_packed)
        self.is_clear = False
        protocol.wire = self

    def put(self, parcel: Parcel, seq: int) -> bool:
        # The busiest lines of the product: once for each viewer and frame.
        if not self.is_clear:
            return self._put_behind(parcel)
        data = parcel.frames[self._packs]
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            # Twisted notices the loss of the connection itself, when it reads.
            return True
        if sent < len(data):
            self.is_clear = False
            self._transport.write(data[sent:])
        return True

    def _put_behind(self, parcel: Parcel) -> bool:
        """Something may wait before it, or nothing may follow."""
        if self._protocol.state != self._open:
            return True
        data = parcel.frames[self._packs]
        waiting = self.waiting
        if waiting and waiting + len(data) > wires.CAP_BYTES:
            return False
        self.is_clear = write(self._transport, data)
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
        # It has other reasons, too, to read nothing.
        self._protocol.hold(still)

    def close(self, code: int) -> None:
        if self._protocol.state == self._open:
            self._protocol.sendClose(code)

    def give_up(self, code: int) -> None:
        # The close frame stands behind what waits; autobahn drops the connection when no answer comes.
        self.close(code)

    def drop(self) -> None:
        self.is_clear = False
        self._protocol.wire = None
