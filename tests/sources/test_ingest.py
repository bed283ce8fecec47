"""The socket for bridges at a real server, and the reference client of the documentation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from httpx2.websockets import AsyncWebSocketSession, WebSocketDisconnect
from wsproto.events import TextMessage

from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.sources import consumers
from streams.sources.models import Comment, Delivery, Source
from streams.sources.rules import Health
from tests.cast import Cast
from tests.conftest import ROOT, LiveServer
from tests.live.stage import do
from tests.patience import PATIENCE_S, eventually
from tests.sources.stage import make_source

CLIENT = ROOT / "docs" / "sources" / "ingest_client.py"


@pytest.fixture
def token() -> str:
    return "t" * 43


@pytest.fixture
def bridge(cast: Cast, token: str) -> Source:
    from streams.common import crypto

    return make_source(cast, "ingest", secrets={}, token_hash=crypto.fingerprint(token))


@asynccontextmanager
async def opened(
    server: LiveServer, source: Source, token: str | None
) -> AsyncIterator[AsyncWebSocketSession]:
    """After the hello, where there is a token."""
    address = f"{server.ws_url}/ws/ingest/{source.uuid}/"
    async with (
        httpx2.AsyncClient(timeout=PATIENCE_S) as client,
        client.websocket(address) as socket,
    ):
        if token is not None:
            await socket.send_json({"hello": {"token": token, "version": 1}})
        yield socket


async def closed_with(socket: AsyncWebSocketSession) -> int:
    """The close code, after whatever else comes."""
    try:
        while True:
            await socket.receive_text(timeout=PATIENCE_S)
    except WebSocketDisconnect as end:
        return end.code


def item(name: str, text: str = "", **fields: Any) -> dict[str, Any]:
    return {"id": name, "text": text or f"Вопрос {name}?", **fields}


async def counted(work: Callable[[], int]) -> int:
    return await do(work)


async def test_every_item_is_acknowledged_after_the_commit(
    live_daphne: LiveServer, bridge: Source, reception: Reception, token: str
) -> None:
    async with opened(live_daphne, bridge, token) as socket:
        welcome = (await socket.receive_json())["welcome"]
        assert (welcome["version"], welcome["last"]) == (1, "")
        await socket.send_json({"items": [item("1"), item("2"), {"id": "3"}]})
        answer = await socket.receive_json(timeout=PATIENCE_S)
        assert answer == {
            "acks": [
                {"id": "1", "result": "created"},
                {"id": "2", "result": "created"},
                {"id": "3", "result": "rejected", "reason": "text_missing"},
            ],
            "frames": 1,
        }
        assert await counted(Question.objects.count) == 2
        await socket.send_json({"items": [item("2"), item("1", "Иначе?", op="edit")]})
        answer = await socket.receive_json(timeout=PATIENCE_S)
        assert [ack["result"] for ack in answer["acks"]] == ["duplicate", "changed"]
    async with opened(live_daphne, bridge, token) as socket:
        assert (await socket.receive_json())["welcome"]["last"] == "1"
    assert await counted(Delivery.objects.count) == 2


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ('{"hello": {"token": "wrong", "version": 1}}', 4401),
        ('{"hello": {"token": "TOKEN", "version": 2}}', 4400),
        ('{"hello": {"token": 7}}', 4400),
        ('{"items": []}', 4400),
        ("[]", 4400),
        ("{", 4400),
        ("[" * 5000, 4400),
    ],
)
async def test_who_does_not_say_hello_properly_stays_out(
    live_daphne: LiveServer, bridge: Source, token: str, hello: str, code: int
) -> None:
    async with opened(live_daphne, bridge, None) as socket:
        await socket.send_text(hello.replace("TOKEN", token))
        assert await closed_with(socket) == code
    assert token not in live_daphne.log.read_text()


async def test_a_new_token_ends_the_old_one(
    live_daphne: LiveServer, bridge: Source, reception: Reception, token: str
) -> None:
    async with opened(live_daphne, bridge, token) as socket:
        await socket.receive_json()
        bridge.new_token()
        await do(bridge.save)
        await socket.send_json({"items": [item("1")]})
        assert await closed_with(socket) == 4401
    assert await counted(Comment.objects.count) == 0


async def test_nonsense_is_kept_and_ends_the_third_time(
    live_daphne: LiveServer, bridge: Source, reception: Reception, token: str
) -> None:
    async with opened(live_daphne, bridge, token) as socket:
        await socket.receive_json()
        for frame in ("{", '{"items": 7}', '{"nothing": true}'):
            await socket.send_text(frame)
            answer = await socket.receive_json(timeout=PATIENCE_S)
            assert answer["acks"][0]["result"] == "rejected"
        assert await closed_with(socket) == 4400
    kept = await do(lambda: [bytes(d.body) for d in Delivery.objects.all()])
    assert kept == [b"{", b'{"items": 7}', b'{"nothing": true}']


async def test_who_sends_on_without_listening_is_cut(
    live_daphne: LiveServer, bridge: Source, reception: Reception, token: str
) -> None:
    async with opened(live_daphne, bridge, token) as socket:
        await socket.receive_json()
        # In one write, so that they are there before the first of them is stored.
        frames = [
            socket.connection.send(TextMessage(json.dumps({"items": [item(str(n))]})))
            for n in range(consumers.MAX_IN_FLIGHT + 1)
        ]
        await socket.stream.write(b"".join(frames))
        assert await closed_with(socket) == 4429
    assert await counted(Comment.objects.count) <= consumers.MAX_IN_FLIGHT


async def test_a_frame_may_be_large_and_no_larger(
    live_daphne: LiveServer, bridge: Source, reception: Reception, token: str
) -> None:
    async with opened(live_daphne, bridge, token) as socket:
        await socket.receive_json()
        await socket.send_json({"items": [item(str(n), "ә" * 900) for n in range(30)]})
        assert len((await socket.receive_json(timeout=PATIENCE_S))["acks"]) == 30
        await socket.send_json({"items": [item("x", padding="x" * 300_000)]})
        assert await closed_with(socket) == 4413


def write_lines(path: Path, count: int) -> None:
    lines = [json.dumps(item(f"line-{n}"), ensure_ascii=False) for n in range(count)]
    path.write_text("\n".join(lines), encoding="utf-8")


def start_client(
    server: LiveServer, source: Source, token: str, path: Path
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CLIENT), f"{server.ws_url}/ws/ingest/{source.uuid}/", str(path)],
        env=os.environ | {"INGEST_TOKEN": token},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_reference_client_goes_on_where_it_was_cut(
    live_daphne: LiveServer, bridge: Source, reception: Reception, token: str, tmp_path: Path
) -> None:
    """Killed in the middle and started again: all of the file, each line once."""
    path = tmp_path / "comments.jsonl"
    write_lines(path, 800)
    first = start_client(live_daphne, bridge, token, path)
    eventually(lambda: Comment.objects.exists() or first.poll() is not None)
    first.kill()
    first.communicate()
    assert Comment.objects.exists()
    second = start_client(live_daphne, bridge, token, path)
    said, errors = second.communicate(timeout=PATIENCE_S)
    assert second.returncode == 0, errors
    assert said.startswith("800 acknowledged")
    assert Comment.objects.count() == Question.objects.count() == 800
    bridge.refresh_from_db()
    assert bridge.health in {Health.LIVE, Health.DELAYED}


def test_reference_client_says_what_is_wrong(
    live_daphne: LiveServer, bridge: Source, tmp_path: Path
) -> None:
    path = tmp_path / "comments.jsonl"
    write_lines(path, 1)
    client = start_client(live_daphne, bridge, "wrong", path)
    _said, errors = client.communicate(timeout=PATIENCE_S)
    assert (client.returncode, errors.strip()) == (1, "Closed: wrong token.")


def test_examples_of_the_documentation_work(
    live_daphne: LiveServer, source: Source, reception: Reception
) -> None:
    """docs/sources/webhook.md's function delivers docs/sources/items.md's items."""
    from tests.sources.stage import SECRET

    pages = ROOT / "docs" / "sources"
    code = re.search(r"```python\n(.*?)```", (pages / "webhook.md").read_text(), re.DOTALL)
    items = re.search(r"```json\n(.*?)```", (pages / "items.md").read_text(), re.DOTALL)
    assert code is not None
    assert items is not None
    space: dict[str, Any] = {}
    exec(code[1], space)  # noqa: S102 -- it is our own page
    address = f"{live_daphne.url}/in/{source.uuid}/"
    answer = space["deliver"](address, SECRET, json.loads(items[1])["items"])
    assert [line["result"] for line in answer["items"]] == ["created", "changed", "changed"]


def test_protocol_page_tells_the_real_limits() -> None:
    page = (ROOT / "docs" / "sources" / "ingest.md").read_text()
    welcome = json.loads(re.search(r'^{"welcome".*$', page, re.MULTILINE)[0])["welcome"]  # type: ignore[index]
    assert welcome["version"] == consumers.VERSION
    assert welcome["max_in_flight"] == consumers.MAX_IN_FLIGHT
    assert welcome["max_frame_bytes"] == consumers.FRAME_MAX_BYTES
