"""The outgoing side of one socket. Whoever writes to it never waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from streams.live import door, wires
from streams.live.parcel import Parcel

if TYPE_CHECKING:
    from streams.live.audience import Group

log = structlog.get_logger(__name__)


class Line:
    """`cursor` is the place in the journal from which it joins; in a group, the group's counts. `send` and
    `form` are those of `wires.Outlet`, for `live.handout`."""

    __slots__ = ("_wire", "cursor", "form", "group", "is_open", "keep", "language", "put", "send")

    def __init__(self, wire: wires.Wire) -> None:
        self.cursor = 0
        self.language = ""
        self.group: Group | None = None
        self.is_open = True
        self._wire = wire
        # One call less for each viewer and frame. A wire that was closed takes nothing more.
        self.put, self.keep = wire.put, wire.keep
        self.send: Callable[[bytes], int] | None = None
        self.form = 0
        wire.serve(self)

    def say(self, text: str) -> None:
        """An answer to something the client said; what it may say is limited, so this is too."""
        if self.is_open and not self._wire.say(Parcel(text)):
            self.give_up()

    def listen(self, hear: Callable[[str], None]) -> None:
        """Where the server can, `hear` is told at once what the client says."""
        self._wire.listen(hear)

    @property
    def ack_after(self) -> int:
        return self._wire.ack_after

    def acknowledged(self, seq: int) -> None:
        self._wire.acknowledged(seq)

    def hold(self, still: bool) -> None:
        """Read nothing more from the client for now; or again."""
        if self.is_open:
            self._wire.hold(still)

    @property
    def has_room(self) -> bool:
        """Most of what waited has left."""
        return self._wire.waiting <= wires.CAP_BYTES // 4

    def give_up(self) -> None:
        """On a client that has stopped reading."""
        if self.is_open:
            log.info("live.too_slow", waiting=self._wire.waiting)
            self.is_open = False
            self._wire.give_up(door.TOO_SLOW)

    def hang_up(self, code: int) -> None:
        """Close after what was written; nothing more is taken."""
        if self.is_open:
            self.is_open = False
            self._wire.close(code)

    def drop(self) -> None:
        """The socket is gone."""
        self.is_open = False
        self._wire.drop()
