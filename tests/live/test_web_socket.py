"""Our websocket on daphne: what it takes from strangers, and compression made once for everybody."""

from __future__ import annotations

import json
import socket
import struct
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

import pytest

from liveqa.web_socket import FED_PING_S, Socket
from streams.live import inbound
from streams.receptions.models import Reception
from tests.cast import Cast, ask
from tests.conftest import LiveServer
from tests.live.raw import CLOSE, PING, PONG, TEXT, RawClient
from tests.live.test_wires import catch_up, place, publish, texts

pytestmark = pytest.mark.django_db(transaction=True)
OFFER = "permessage-deflate; client_max_window_bits"
_PACKED, _FIN = 0x40, 0x80


def test_a_large_frame_is_compressed_for_who_asked_and_a_small_one_for_nobody(
    live_daphne: LiveServer, reception: Reception, cast: Cast
) -> None:
    start = place(reception)
    publish(reception, cast, 3)
    far = place(reception)
    with (
        RawClient(live_daphne, reception.no) as plain,
        RawClient(live_daphne, reception.no, extensions=OFFER) as one,
        RawClient(live_daphne, reception.no, extensions=OFFER) as other,
        RawClient(
            live_daphne, reception.no, extensions="permessage-deflate; server_max_window_bits=9"
        ) as small_window,
    ):
        assert "Sec-WebSocket-Extensions" not in plain.answer
        assert "permessage-deflate; server_no_context_takeover" in one.answer
        assert "Sec-WebSocket-Extensions" not in small_window.answer
        news = []
        for client in (plain, one, other, small_window):
            catch_up(client, start)
            news.append(client.until(far)[-1])
        assert [frame.is_packed for frame in news] == [False, True, True, False]
        assert [frame.message["put"] for frame in news] == [news[0].message["put"]] * 4
        assert len(news[1].wire) < len(news[0].wire) / 4
        # A second one can be read without the first: no memory of earlier messages.
        publish(reception, cast, 1)
        assert one.until(far + 2)[-1].is_packed
        # An answer is for one, and small.
        one.say({"vote": 0})
        while "refused" not in (frame := next(one.frames())).message:
            pass
        assert not frame.is_packed


def test_what_a_client_compresses_is_read(live_daphne: LiveServer, reception: Reception) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    said = json.dumps({"seq": place(reception), "lang": "kk"}).encode()
    packed = (packer.compress(said) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    with RawClient(live_daphne, reception.no, extensions=OFFER) as client:
        client.write(TEXT, packed, first=_FIN | _PACKED)
        assert "side" in next(client.frames()).message


class Transport:
    """Twisted's, as far as a socket of ours looks at it."""

    dataBuffer, offset, _tempDataLen, disconnecting = b"", 0, 0, False  # noqa: N815 -- its names

    def __init__(self, handle: socket.socket) -> None:
        self.socket = handle
        self.is_aborted = False

    def abortConnection(self) -> None:  # noqa: N802 -- its name
        self.is_aborted = True

    def pauseProducing(self) -> None:  # noqa: N802 -- its name
        pass

    resumeProducing = pauseProducing  # noqa: N815 -- its name


def opened(ours: socket.socket) -> tuple[Socket, Transport]:
    protocol, transport = Socket(), Transport(ours)
    protocol.server = SimpleNamespace(websocket_timeout=60, ping_interval=20, ping_timeout=20)
    protocol.transport, protocol.onAutoPingTimeout = transport, transport.abortConnection
    protocol.state, protocol.current_frame, protocol.data = protocol.STATE_OPEN, None, b""
    protocol.socket_opened = time.time()
    protocol._heard_at = time.monotonic()
    return protocol, transport


def said(theirs: socket.socket) -> bytes:
    """What is there; everything here was sent before anybody looks."""
    try:
        return theirs.recv(100, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return b""


def test_who_answers_a_ping_stays_and_who_says_nothing_for_long_is_let_go() -> None:
    ping, pong = bytes([_FIN | PING, 0]), bytes([_FIN | PONG, 0x80]) + b"mask"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        protocol, transport = opened(ours)
        protocol.check_timeouts()
        assert said(theirs) == ping
        protocol.check_timeouts()
        assert said(theirs) == b"", "the answer is under way"
        protocol.dataReceived(pong)
        protocol.check_timeouts()
        assert said(theirs) == ping
        protocol._heard_at, protocol._pinged_at = protocol._heard_at - 41, protocol._pinged_at - 21
        protocol.hold(True)
        protocol.check_timeouts()
        assert not transport.is_aborted, "nobody has read what it says"
        protocol.hold(False)
        protocol.check_timeouts()
        assert transport.is_aborted


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="only Linux tells what has arrived")
def test_whose_network_takes_the_news_is_pinged_less_often() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as door,
        socket.create_connection(door.getsockname()) as theirs,
        door.accept()[0] as ours,
    ):
        protocol, _transport = opened(ours)
        ours.send(b"news")
        assert theirs.recv(100) == b"news"
        protocol.check_timeouts()
        assert said(theirs) == b""
        protocol._heard_at -= FED_PING_S
        protocol.check_timeouts()
        assert theirs.recv(100) == bytes([_FIN | PING, 0])


def bomb(client: RawClient) -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = (packer.compress(b" " * 10_000_000) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    assert len(packed) < inbound.max_bytes()
    client.write(TEXT, packed, first=_FIN | _PACKED)


def giant(client: RawClient) -> None:
    """The head of a message of a gigabyte; none of it need come."""
    client.socket.sendall(bytes([_FIN | TEXT, _FIN | 127]) + struct.pack("!Q", 1 << 30) + bytes(4))


def pieces(client: RawClient) -> None:
    """One message in two parts, each small enough."""
    client.write(TEXT, b"x" * 12_000, first=0)
    client.write(0, b"x" * 12_000)


def pings(client: RawClient) -> None:
    with suppress(OSError):
        for _ in range(5000):
            client.write(PING, b"x" * 125)


def crumbs(client: RawClient) -> None:
    """A message that never ends."""
    with suppress(OSError):
        client.write(TEXT, b"x", first=0)
        for _ in range(5000):
            client.write(0, b"x", first=0)


@pytest.mark.parametrize(
    ("flood", "code"),
    [(bomb, 4413), (giant, 4413), (pieces, 4413), (pings, 4429), (crumbs, 4429)],
)
def test_a_flood_is_cut_and_the_others_hear_nothing_of_it(
    live_daphne: LiveServer, reception: Reception, flood: Callable[[RawClient], None], code: int
) -> None:
    seq = place(reception)
    with (
        RawClient(live_daphne, reception.no) as good,
        RawClient(live_daphne, reception.no, extensions=OFFER) as bad,
    ):
        catch_up(good, seq)
        flood(bad)
        assert next(frame.code for frame in bad.frames() if frame.opcode == CLOSE) == code
        ask(reception)
        assert texts(good.until(seq + 1))
