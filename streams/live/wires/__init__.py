"""The way out to one socket: one interface, and an adapter for each server that can do it well.

A server's public `send()` is a coroutine for each socket and message. The runners of ours (liveqa.web,
liveqa.web_uvicorn) hand us their protocol object instead, in `scope["extensions"]["liveqa.wire"]`:
then one finished frame is written to thousands of sockets without a task for any of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog

from streams.live.parcel import Parcel

log = structlog.get_logger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
EXTENSION = "liveqa.wire"
# What a socket may have waiting. Above it nothing more is written: one frame from its place later
# brings the page to the same state as all those that it didn't get.
CAP_BYTES = 256 * 1024
# What the kernel may keep for a client that doesn't read, before we notice; it doubles the number.
# Its own choice goes up to 4 MB for each socket. Our runners set it.
SEND_BUFFER_BYTES = 64 * 1024
# So much text and then a word of the page, where nothing else tells whether it reads: of Cyrillic some
# 64 KB. Thousands of pages that answer each frame would cost more than the frames.
ACK_AFTER_CHARS = 32 * 1024


class Outlet(Protocol):
    """Where a wire says that frames may go straight to the socket.

    `send` is the socket's own while nothing waits before it; None: the wire must look first. `form`: which
    of a parcel's `frames` the client understands.
    """

    send: Callable[[bytes], int] | None
    form: int


class Wire(Protocol):
    """Nothing here waits, nothing raises. What is written keeps its order, pings and the close included.

    `ack_after`: so many characters after which the client is to acknowledge; 0 where the server sees
    by itself what has left, as ours do.
    """

    @property
    def ack_after(self) -> int: ...

    def serve(self, outlet: Outlet) -> None:
        """Keep it true until the socket is gone, where this server allows it."""

    def keep(self, rest: bytes) -> None:
        """The socket took no more of a frame that went straight to it: this comes before all else."""

    def put(self, parcel: Parcel, seq: int) -> bool:
        """False, and nothing written, where it would leave more than CAP_BYTES waiting.

        `seq` is the place that the client would acknowledge.
        """

    def say(self, parcel: Parcel) -> bool:
        """An answer; False, and nothing written, where the client doesn't read its answers."""

    def listen(self, hear: Callable[[str], None]) -> None:
        """Tell `hear` what the client says, where the server can do so without the application's
        `receive`; what comes by that was said before, and is never told twice."""

    def acknowledged(self, seq: int) -> None:
        """The client has everything up to `seq`."""

    @property
    def waiting(self) -> int:
        """Bytes that have not left, as far as this server can tell."""

    def hold(self, still: bool) -> None:
        """Read nothing from the client, so that it can't send more; or read again. Where the server
        can't, nothing happens."""

    def close(self, code: int) -> None:
        """After all that was written. Nothing is written later."""

    def give_up(self, code: int) -> None:
        """Close a client that doesn't read: what waits may be thrown away."""

    def drop(self) -> None:
        """The socket is gone."""


def open_wire(scope: Mapping[str, Any], send: Send) -> Wire:
    """The best adapter that this server allows. To be called after the socket was accepted."""
    # Each of them needs this module's names.
    from streams.live.wires import daphne, generic, uvicorn  # noqa: PLC0415

    handed = (scope.get("extensions") or {}).get(EXTENSION)
    if handed is not None:
        protocol = handed["protocol"]
        for adapter in (daphne.DaphneWire, uvicorn.UvicornWire):
            if adapter.suits(protocol):
                _say_once(adapter.__name__, "the server hands its protocol over")
                return adapter(protocol)
        _say_once("GenericWire", f"{type(protocol).__name__} is not as expected")
    else:
        _say_once("GenericWire", "the server hands no protocol over")
    return generic.GenericWire(send)


_said: set[str] = set()


def _say_once(wire: str, why: str) -> None:
    if wire not in _said:
        _said.add(wire)
        log.info("live.wire", wire=wire, why=why)
