"""The generator against the C loop and against servers that misbehave on purpose."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench import build, checks
from bench.anchors import servers
from bench.crowd import Crowd, CrowdError, ack_ms

NEEDS_C = pytest.mark.skipif(build.compiler() is None, reason="no C compiler")
FRAME = {"v": 1, "seq": 1, "put": [{"id": 0, "html": "Әріп"}], "drop": [], "counts": {}}


@pytest.fixture(
    params=[pytest.param(True, marks=NEEDS_C, id="C"), pytest.param(False, id="Python")]
)
def native(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@contextmanager
def saying(*messages: str, close: int = 0) -> Iterator[tuple[int, list[str]]]:
    """A server that answers every hello with `messages`; its port, and what it heard."""
    heard: list[str] = []
    ready, port = threading.Event(), list[int]()
    over: list[Callable[[], object]] = []

    async def talk(socket: ServerConnection) -> None:
        async for text in socket:
            heard.append(str(text))
            if "lang" in str(text):
                for message in messages:
                    await socket.send(message)
                if close:
                    await socket.close(close)

    async def main() -> None:
        end = asyncio.Event()
        over.append(lambda: loop.call_soon_threadsafe(end.set))
        loop = asyncio.get_running_loop()
        async with serve(talk, "127.0.0.1", 0, compression=None, origins=None) as server:
            port.append(next(iter(server.sockets)).getsockname()[1])
            ready.set()
            await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert ready.wait(30)
    try:
        yield port[0], heard
    finally:
        over[0]()
        thread.join(30)


def news(seq: int) -> str:
    return json.dumps(FRAME | {"seq": seq}, ensure_ascii=False, separators=(",", ":"))


@NEEDS_C
def test_frames_of_the_c_loop_reach_everybody(tmp_path: Path, native: bool) -> None:
    with servers.c_loop(FRAME, None) as (port, _pid), Crowd(port, native=native) as crowd:
        crowd.join(50, seq=0)
        crowd.mark()
        for seq in (1, 2, 3):
            crowd.say(0, {"publish": 1})
            assert crowd.reach(seq) == 0
        report = crowd.report()
        assert checks.faults(report, "C", each_seq=True, seqs=[1, 2, 3]) == []
        assert checks.deliveries(report) == 150
        assert [path["clients"] for path in report["paths"]] == [50]
        assert crowd.frames(tmp_path / "frames") == [FRAME | {"seq": seq} for seq in (1, 2, 3)]
        for frame in report["frames"]:
            assert len(frame["at"]) == 101
            assert frame["at"] == sorted(frame["at"])


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        ([news(1), news(1)], "came twice"),
        ([news(2), news(1)], "after a newer one"),
        ([news(1), news(3)], "skipped a place"),
        ([news(1), '{"reload": true}'], "told to reload"),
        ([news(1), '{"error": {"code": "json"}}'], "errors were said"),
    ],
)
def test_what_a_server_does_wrong_is_counted(messages: list[str], fault: str, native: bool) -> None:
    with saying(*messages, news(9)) as (port, _heard), Crowd(port, native=native) as crowd:
        crowd.join(3, seq=0)
        assert crowd.reach(9) == 0
        found = checks.faults(crowd.report(), "it", each_seq=True)
    assert any(fault in one for one in found)


def test_a_close_is_counted_with_its_code(native: bool) -> None:
    with saying(news(1), close=4408) as (port, _heard), Crowd(port, native=native) as crowd:
        crowd.join(2, seq=0)
        assert crowd.reach(5, timeout_s=30) == 0  # nobody is left to wait for
        report = crowd.report()
    assert report["closed"] == 2
    assert report["codes"] == {"4408": 2}


def test_who_is_not_let_in_is_an_error(native: bool) -> None:
    with Crowd(9, native=native) as crowd, pytest.raises(CrowdError, match="0 of 2 got in"):
        crowd.join(2, seq=0, timeout_s=1)


def acks(after: int) -> str:
    return f'{{"acks":{after}}}'


def test_viewers_acknowledge_after_as_much_text_as_the_server_says(
    native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.crowd.ack_ms", lambda: 1)
    with (
        saying(acks(len(news(7))), news(7)) as (port, heard),
        Crowd(port, native=native) as crowd,
    ):
        crowd.join(1, seq=0)
        assert crowd.reach(7) == 0
        crowd.say(0, {"lang": "ru"})  # so that there is something to wait for
        assert crowd.reach(7) == 0
        while '{"seq":7}' not in heard:
            crowd.report()


@pytest.mark.parametrize("said", [(), (acks(len(news(7)) + 1),)])
def test_viewers_acknowledge_nothing_unasked_or_too_soon(
    said: tuple[str, ...], native: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.crowd.ack_ms", lambda: 1)
    with (
        saying(*said, news(7)) as (port, heard),
        Crowd(port, native=native) as crowd,
    ):
        crowd.join(1, seq=0)
        assert crowd.reach(7) == 0
        assert crowd.report()["others"] == 0
    assert heard == ['{"seq":0,"lang":"ru"}']


def test_the_page_says_when_it_acknowledges() -> None:
    assert ack_ms() > 0


@NEEDS_C
def test_the_muted_read_nothing_and_hold_nobody_up(native: bool) -> None:
    with servers.c_loop(FRAME, None) as (port, _pid), Crowd(port, native=native) as crowd:
        crowd.join(6, seq=0)
        crowd.tell("mute 4 2")
        crowd.mark()
        crowd.say(0, {"publish": 1})
        assert crowd.reach(1) == 0
        report = crowd.report()
    assert report["muted"] == 2
    assert checks.deliveries(report) == 4
    assert checks.faults(report, "C", each_seq=True, seqs=[1]) == []


@NEEDS_C
def test_who_is_cut_comes_back_and_goes_on(native: bool) -> None:
    with servers.c_loop(FRAME, None) as (port, _pid), Crowd(port, native=native) as crowd:
        crowd.join(20, seq=0)
        crowd.say(0, {"publish": 1})
        crowd.reach(1)
        assert crowd.tell("cut")["cut"] == 20
        assert crowd.report()["open"] == 0
        assert crowd.tell("back 30000 0.1")["joined"] == 20
        crowd.say(3, {"publish": 1})
        assert crowd.reach(2) == 0
        report = crowd.report()
    assert (report["doubled"], report["reordered"], report["gaps"], report["closed"]) == (
        0,
        0,
        0,
        0,
    )
