"""daphne: the socket is tried first, Twisted's transport keeps what it doesn't take.

Twisted's own `write` only ever buffers and waits for the event loop to say that the socket can take
data: three system calls and a callback for a socket that could have taken it at once.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """As long as nothing waits, frames go straight to the socket (`Outlet.send`), without a look at
    autobahn and Twisted: their objects are spread over the memory, and to look at them costs a third of
    what the kernel takes for the frame itself. The protocol says when that is over (`liveqa.web_socket`);
    the next frame looks for itself.

    `hear` is told what the client says as soon as it is read, without a turn of the event loop.
    """

    __slots__ = ("_open", "_outlet", "_protocol", "_transport", "hear")
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
        self._open = protocol.STATE_OPEN
        self._outlet: wires.Outlet | None = None
        self.hear: Callable[[str], None] | None = None
        protocol.wire = self

    def serve(self, outlet: wires.Outlet) -> None:
        self._outlet = outlet
        outlet.form = int(self._protocol.takes_packed)

    def put(self, parcel: Parcel, seq: int) -> bool:
        if self._protocol.state != self._open:
            return True
        data = parcel.frames[self._protocol.takes_packed]
        waiting = self.waiting
        if waiting and waiting + len(data) > wires.CAP_BYTES:
            return False
        is_clear = write(self._transport, data)
        if self._outlet is not None:
            self._outlet.send = self._transport.socket.send if is_clear else None
        return True

    def keep(self, rest: bytes) -> None:
        self.look_again()
        self._transport.write(rest)

    def look_again(self) -> None:
        """Before the next frame: something may wait before it, or nothing may follow."""
        if self._outlet is not None:
            self._outlet.send = None

    def say(self, parcel: Parcel) -> bool:
        return self.put(parcel, 0)

    def listen(self, hear: Callable[[str], None]) -> None:
        self.hear = hear

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
        self.look_again()
        self._outlet = self.hear = self._protocol.wire = None
