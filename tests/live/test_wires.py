"""Each adapter on a real server: what is written keeps its order, and is the same everywhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings

from streams.live import wires
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, ask_many, make_move
from tests.conftest import LiveServer
from tests.live.raw import CLOSE, PING, PONG, TEXT, Frame, RawClient

pytestmark = pytest.mark.django_db(transaction=True)
PLAIN = (sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0")
UVICORN = (sys.executable, "-m", "uvicorn", "--port", "{port}", "--log-level", "warning")
OTHERS = {
    "GenericWire": (*PLAIN, "liveqa.asgi:application"),
    "UvicornWire": (
        *(*UVICORN, "--ws", "liveqa.web_uvicorn:Socket", "--ws-per-message-deflate", "false"),
        "liveqa.asgi:application",
    ),
}


@dataclass(frozen=True)
class Running:
    wire: str
    server: LiveServer


@pytest.fixture(scope="module", params=["DaphneWire", *OTHERS])
def _running(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("wire") / "log"
    server = LiveServer(log, OTHERS.get(request.param, ()))
    yield Running(request.param, server)
    server.stop()


@pytest.fixture
def running(transactional_db: None, _running: Running) -> Running:
    return _running


@contextmanager
def clients(*servers: LiveServer, no: str) -> Iterator[list[RawClient]]:
    with ExitStack() as stack:
        yield [stack.enter_context(RawClient(server, no)) for server in servers]


def publish(reception: Reception, cast: Cast, count: int) -> None:
    """Questions whose cards are as large as they get."""
    text = ("Почему на улице Мира не горят фонари? " * 60)[: settings.QUESTION_MAX_CHARS]
    for question in ask_many(reception, [text] * count):
        make_move(question, Move.APPROVE, cast.by)


def place(reception: Reception) -> int:
    reception.refresh_from_db()
    return reception.last_seq


def catch_up(client: RawClient, seq: int) -> None:
    client.say({"seq": seq, "lang": "ru"})


def texts(frames: list[Frame]) -> list[Frame]:
    return [frame for frame in frames if frame.opcode == TEXT]


def test_ping_news_answers_and_close_keep_their_order(
    running: Running, reception: Reception, cast: Cast
) -> None:
    start = place(reception)
    publish(reception, cast, 55)
    far = place(reception)
    with clients(running.server, running.server, no=reception.no) as (slow, good):
        # More than the kernel takes for who doesn't read, and less than the cap.
        catch_up(slow, start)
        slow.wait()
        catch_up(good, far)
        for step in range(1, 6):
            ask(reception)
            good.until(far + step)
            slow.write(PING, b"%d" % step)
            good.write(PING, b"")
            while next(good.frames()).opcode != PONG:
                pass
        for _ in range(3):
            slow.say("nonsense")
        seen = []
        for frame in slow.frames():
            seen.append(frame)
            if frame.opcode == CLOSE:
                break
    assert f"wire={running.wire}" in running.server.log.read_text().replace("'", "")
    assert sum(len(frame.wire) for frame in seen) > 200_000
    asked = [frame for frame in texts(seen) if b'"acks"' in frame.wire]
    assert len(asked) == (running.wire == "GenericWire")
    order = [
        (
            f"pong {frame.payload.decode()}"
            if frame.opcode == PONG
            else f"close {frame.code}"
            if frame.opcode == CLOSE
            else f"news {frame.message['seq'] - far}"
            if "put" in frame.message
            else next(iter(frame.message))
        )
        for frame in seen
    ]
    steps = [line for step in range(1, 6) for line in (f"news {step}", f"pong {step}")]
    assert [line for line in order if line not in {"v", "acks"}] == [
        *("news 0", *steps),
        *("error", "error", "error", "close 4400"),
    ]


def test_every_server_writes_the_same_bytes(
    running: Running, live_daphne: LiveServer, reception: Reception, cast: Cast
) -> None:
    start = place(reception)
    publish(reception, cast, 3)
    far = place(reception)
    with clients(live_daphne, running.server, no=reception.no) as (ours, theirs):
        for client in (ours, theirs):
            catch_up(client, start)
        # Not every server asks for acknowledgements.
        seen = [
            [frame.wire for frame in client.until(far) if b'"acks"' not in frame.wire]
            for client in (ours, theirs)
        ]
        assert seen[0] == seen[1]
        ask(reception)
        late = [
            [frame.wire for frame in texts(client.until(far + 1)) if b'"put"' in frame.wire]
            for client in (ours, theirs)
        ]
        assert late[0] == late[1]


def test_who_has_too_much_waiting_gets_one_frame_later(
    running: Running, reception: Reception, cast: Cast
) -> None:
    start = place(reception)
    publish(reception, cast, 110)
    far = place(reception)
    with clients(running.server, running.server, no=reception.no) as (slow, good):
        catch_up(slow, start)
        slow.wait()
        catch_up(good, far)
        for step in range(1, 9):
            ask(reception)
            good.until(far + step)
        # Before it is given up. It says what it has read where the server can't see that.
        (first,) = [frame for frame in texts(slow.until(far)) if b'"put"' in frame.wire]
        assert len(first.wire) > wires.CAP_BYTES
        catch_up(slow, far)
        news = [frame for frame in slow.until(far + 8) if b'"put"' in frame.wire]
        assert len(news) == 1
        numbers = {card["id"] for card in news[0].message["put"]}
        assert numbers == {0, *range(111, 119)}
