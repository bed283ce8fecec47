"""daphne's websocket, fit for the public: small messages in, finished frames out, floods cut."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

import autobahn.twisted.websocket
import autobahn.websocket.protocol
from autobahn.websocket.compress import (
    PerMessageDeflate,
    PerMessageDeflateOffer,
    PerMessageDeflateOfferAccept,
)
from daphne.ws_protocol import WebSocketProtocol
from typing_extensions import override

from liveqa.turnstile import Turnstile
from liveqa.web_messages import whole_text
from streams.live import conversation, door, inbound, wires
from streams.live.wires.daphne import DaphneWire, write
from streams.sources import consumers

# Between our close frame and its answer, or the end of the connection.
FAREWELL_S = 5
# Answers to pings and fragments come on top of what a conversation may say.
FRAMES_PER_S = 2 * conversation.FRAMES_PER_S
FRAMES_AT_ONCE = 2 * conversation.FRAMES_AT_ONCE
_CLOSE = b"\x88"
# Of a socket of the public so much is read at once. What is unread waits with the network, not with us.
READ_BYTES = 4096
# A first word no longer than this takes no turn: all of a crowd says hello at once, and to make them wait
# costs more than to hear them. A question is longer.
HELLO_BYTES, _SIZE = 64, 0x7F
# The others, of staff and of bridges, are few.
_PUBLIC = ("/ws/receptions/", "/ws/overlay/")
# Without payload, so that the answer of a browser is two bytes and its mask, and known at a glance.
_PING, _PONG, _PONG_SIZE = b"\x89\x00", b"\x8a\x80", 6
# Who gets news is asked so often whether the page itself is still there, and not at each look.
FED_PING_S = 50
# Of Linux's `struct tcp_info`: tcpi_unacked and, behind four other numbers, tcpi_last_data_sent.
_TCP_INFO, _TCP_INFO_SIZE = struct.Struct("=24xI16xI"), 48
# autobahn prints and colours its debug lines for each connection, read or not: half the cost of a join.
_DEBUG_HELPERS = frozenset({"pformat", "hltype", "hlval"})


class Deflate(PerMessageDeflate):
    """For what comes in. Its 40 KB are there while one message is read, not for each viewer."""

    @override
    def end_decompress_message(self) -> None:
        super().end_decompress_message()
        self._decompressor = None


class Accept(PerMessageDeflateOfferAccept):
    """Each message by itself, in both directions; RFC 7692 lets a server say so unasked."""

    @override
    def get_extension_string(self) -> str:
        said = str(super().get_extension_string())
        for name in ("server_no_context_takeover", "client_no_context_takeover"):
            if name not in said:
                said += f"; {name}"
        return said


TURNSTILE = Turnstile()


class Socket(WebSocketProtocol):  # type: ignore[misc]
    # What came and is not read yet.
    data: bytes
    # For streams.live.wires: frames compressed without memory are understood here.
    takes_packed = False
    # Who writes past autobahn, as long as this is open and nothing waits.
    wire: DaphneWire | None = None
    _state: int | None = None
    _is_cut = False
    _takes_turns = False
    _waits = _is_held = False
    _is_next, _is_first = False, True
    _budget = float(FRAMES_AT_ONCE)
    _per_s, _at_once = float(FRAMES_PER_S), float(FRAMES_AT_ONCE)
    _heard_at = _pinged_at = 0.0

    @property
    def state(self) -> int | None:
        return self._state

    @state.setter
    def state(self, state: int | None) -> None:
        self._state = state
        self._hold_wire()

    @classmethod
    def prepare(cls, factory: Any) -> None:
        """Let daphne's factory make sockets of this class."""
        for module in (autobahn.websocket.protocol, autobahn.twisted.websocket):
            for name in _DEBUG_HELPERS & vars(module).keys():
                setattr(module, name, _nothing)
        factory.protocol = cls
        factory.setProtocolOptions(
            # For what comes in; what goes out is ours and has no limit here.
            maxMessagePayloadSize=inbound.max_bytes(),
            maxFramePayloadSize=0,
            # Our own door looks at the origin; this would set it back to "refuse".
            allowNullOrigin=True,
            closeHandshakeTimeout=FAREWELL_S,
            # Answer a broken rule with a close frame that says which.
            failByDrop=False,
            perMessageCompressionAccept=_accept,
        )

    @override
    def onConnect(self, request: Any) -> Any:
        if request.path.startswith(consumers.PATH):
            # A bridge speaks for a whole platform; its own protocol bounds what it has under way.
            self.maxMessagePayloadSize = consumers.FRAME_MAX_BYTES
            self._per_s = self._at_once = self._budget = float(consumers.FRAMES_PER_S)
        if request.path.startswith(_PUBLIC):
            self._takes_turns = True
            self.transport.bufferSize = READ_BYTES
        return super().onConnect(request)

    @override
    def connectionMade(self) -> None:
        super().connectionMade()
        handle = self.transport.getHandle()
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, wires.SEND_BUFFER_BYTES)

    @override
    def succeedHandshake(self, res: Any) -> None:
        self._heard_at = time.monotonic()
        super().succeedHandshake(res)
        if getattr(self, "_perMessageCompress", None) is not None:
            self._perMessageCompress = Deflate(True, True, True, 0, 0, None)
            self.takes_packed = True

    @override
    def check_timeouts(self) -> None:
        """The server's look at each socket, once in the time between two pings."""
        if self.state != self.STATE_OPEN or self.duration() > self.server.websocket_timeout:
            super().check_timeouts()
        elif self._is_held or self._waits:
            # What it says is not being read.
            return
        elif self._pinged_at > self._heard_at:
            if time.monotonic() - self._pinged_at > self.server.ping_timeout:
                self.onAutoPingTimeout()
        elif not (self._has_taken_news() and time.monotonic() - self._heard_at < FED_PING_S):
            # Instead of autobahn's, which costs two timers, random bytes and a turn of the event loop.
            self.sendData(_PING)
            self._pinged_at = time.monotonic()

    def _has_taken_news(self) -> bool:
        """Whether it was sent something since the last look, and all of it arrived: the kernel knows,
        and to ask it costs a tenth of a ping and its answer."""
        try:
            known = self.transport.socket.getsockopt(
                socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_SIZE
            )
        except (OSError, AttributeError):
            # No TCP, or no Linux.
            return False
        unacked, sent_ms_ago = _TCP_INFO.unpack_from(known)
        # A ping of ours at the last look is no news.
        return not unacked and sent_ms_ago < (self.server.ping_interval - 1) * 1000

    @override
    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """All that autobahn writes goes the way of our own frames."""
        if not write(self.transport, data):
            self._hold_wire()

    @override
    def dataReceived(self, data: bytes) -> None:
        if not self._is_cut:
            if len(data) == _PONG_SIZE and data.startswith(_PONG) and self._is_between_frames:
                # Nearly all that thousands of viewers ever say: a tenth of what autobahn takes to read it.
                if not self._is_within_budget():
                    self._cut(door.TOO_OFTEN)
                return
            super().dataReceived(data)
        elif data[:1] == _CLOSE or data[-8:-6] == _CLOSE + b"\x82":
            self.dropConnection()
        # What else comes is read and forgotten: unread, it would take our close frame with it.

    @override
    def consumeData(self) -> None:
        if self.state not in {self.STATE_OPEN, self.STATE_CLOSING}:
            super().consumeData()
            return
        while not self._is_cut and self.state != self.STATE_CLOSED:
            if self._takes_turns and self._must_wait():
                self._read_or_not()
                return
            if not (self._hears_whole() or self.processData()):
                return

    def _hears_whole(self) -> bool:
        """Whether the message that comes next was one to be read at a glance. It is heard."""
        if self.current_frame is not None or self.inside_message or self.state != self.STATE_OPEN:
            return False
        found = whole_text(self.data, self.maxMessagePayloadSize)
        if found is None:
            return False
        text, end = found
        self.data = self.data[end:]
        if not self._is_within_budget():
            self._cut(door.TOO_OFTEN)
        elif self.wire is not None and self.wire.hear and self.application_queue.empty():
            self.wire.hear(text)
        else:
            # Its application is not there yet, or has not heard the one before.
            self.application_queue.put_nowait({"type": "websocket.receive", "text": text})
        return True

    def _must_wait(self) -> bool:
        """Before each message, where its beginning is here."""
        if self._waits:
            return True
        is_next, self._is_next = self._is_next, False
        if is_next or self.current_frame is not None or len(self.data) < 2:
            return False
        is_first, self._is_first = self._is_first, False
        if is_first and self.data[1] & _SIZE <= HELLO_BYTES:
            return False
        self._waits = not TURNSTILE.admits(self)
        return self._waits

    def go_on(self) -> None:
        """It is this socket's turn."""
        self._waits, self._is_next = False, True
        self.consumeData()
        self._read_or_not()

    def hold(self, still: bool) -> None:
        """For streams.live.wires: read nothing more for now; or again."""
        self._is_held = still
        self._read_or_not()

    def _read_or_not(self) -> None:
        if self._is_held or self._waits:
            self.transport.pauseProducing()
        elif not self.transport.disconnecting:
            self.transport.resumeProducing()

    @override
    def onFrameBegin(self) -> None:
        super().onFrameBegin()
        if not self._is_cut and not self._is_within_budget():
            self._cut(door.TOO_OFTEN)

    @override
    def sendMessage(self, payload: bytes, isBinary: bool = False, **_: Any) -> None:
        """The public way out, for messages of any size and without a compressor for each socket."""
        if self.state == self.STATE_OPEN:
            self.sendFrame(opcode=2 if isBinary else 1, payload=payload)

    @override
    def _max_message_size_exceeded(self, msg_size: int, max_msg_size: int, reason: str) -> None:
        self.failedByMe = True
        self._cut(door.TOO_BIG)

    @override
    def _fail_connection(self, code: int = 1001, reason: str = "") -> None:
        super()._fail_connection(code, reason)
        self._is_cut = True

    def _hold_wire(self) -> None:
        """It must look for itself before it writes again."""
        if self.wire is not None:
            self.wire.look_again()

    @property
    def _is_between_frames(self) -> bool:
        return self.state == self.STATE_OPEN and self.current_frame is None and not self.data

    def _is_within_budget(self) -> bool:
        now = time.monotonic()
        level = self._budget + (now - self._heard_at) * self._per_s
        self._budget, self._heard_at = min(level, self._at_once) - 1, now
        return self._budget >= 0

    def _cut(self, code: int) -> None:
        """Say why, and hear nothing more: not even what has arrived already."""
        self._is_cut = True
        self.sendCloseFrame(code=code)
        self.data = b""


def _nothing(*_: object, **__: object) -> str:
    return ""


def _accept(offers: list[Any]) -> Accept | None:
    """The first offer that a frame compressed once for everybody fits."""
    for offer in offers:
        if isinstance(offer, PerMessageDeflateOffer) and offer.request_max_window_bits in {0, 15}:
            return Accept(offer)
    return None
