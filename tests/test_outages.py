"""Redis and PostgreSQL stopped in mid-broadcast: what goes on, what waits, and that nothing doubles.

On real servers of the test's own, a real daphne and real sockets.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from liveqa.services.pair import VARIABLES, hold
from liveqa.services.places import open_places
from liveqa.services.servers import Server
from streams.common import clock
from streams.sources.connectors.webhook.signature import sign
from tests.conftest import ROOT, LiveServer
from tests.patience import PATIENCE_S, eventually
from tests.sources.stage import SECRET

# A question that waits for the database is asked again at this pace at the slowest.
AGAIN_S = 0.5


@dataclass
class House:
    """A site of its own. `stop` and `start` a server by its variable's name."""

    servers: dict[str, Server]
    site: LiveServer
    no: str
    number: int
    session: str
    source: str

    def socket(
        self, path: str, *, session: bool = False
    ) -> AbstractContextManager[ClientConnection]:
        cookie = f"sessionid={self.session}" if session else f"viewer={uuid.uuid4().hex}"
        return connect(
            f"{self.site.ws_url}{path}",
            origin=Origin(self.site.url),
            legacy=False,
            additional_headers={"Cookie": cookie},
            open_timeout=PATIENCE_S,
        )

    @contextlib.contextmanager
    def room(self) -> Iterator[ClientConnection]:
        """A viewer who has just come."""
        with self.socket(f"/ws/receptions/{self.no}/") as socket:
            socket.send(json.dumps({"seq": 0, "lang": "ru"}))
            yield socket

    def post(self, path: str, **fields: object) -> int:
        """As the moderator. The status of the answer."""
        token = "t" * 32
        request = urllib.request.Request(  # noqa: S310 -- our own server
            self.site.url + path,
            data=urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode(),
            headers={
                "Cookie": f"sessionid={self.session}; csrftoken={token}",
                "Origin": self.site.url,
                "HX-Request": "true",
            },
        )
        return self._status(request)

    def get(self, path: str) -> int:
        return self._status(urllib.request.Request(self.site.url + path))  # noqa: S310

    def _status(self, request: urllib.request.Request) -> int:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:  # noqa: S310
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    def scalar(self, sql: str, *parameters: object) -> Any:
        with psycopg.connect(self.servers["DATABASE_URL"].url) as connection:
            row = connection.execute(sql, parameters).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    base = Path(tempfile.mkdtemp(prefix="liveqa-outage-"))
    base.chmod(0o711)  # as root, the servers run under another account
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        pair = stack.enter_context(hold(open_places(base / "data"), VARIABLES, careless=True))
        environment = pair.urls | {"DATA_DIR": str(base / "data"), "REDIS_PREFIX": "outage"}
        said = subprocess.run(
            [sys.executable, "-m", "tests.outage_stage"],
            cwd=ROOT,
            env=os.environ | environment | {"DJANGO_SETTINGS_MODULE": "liveqa.settings_test"},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert said.returncode == 0, said.stderr
        site = LiveServer(tmp_path_factory.mktemp("outage") / "log", **environment)
        stack.callback(site.stop)
        servers = {server.variable: server for server in pair.servers}
        yield House(servers=servers, site=site, **json.loads(said.stdout.splitlines()[-1]))


def until(socket: ClientConnection, key: str, *, deadline_s: float = PATIENCE_S) -> dict[str, Any]:
    """The next message that has `key`."""
    deadline = time.monotonic() + deadline_s
    while (left := deadline - time.monotonic()) > 0:
        message: dict[str, Any] = json.loads(socket.recv(timeout=left))
        if key in message:
            return message
    raise AssertionError(f"no {key} within {deadline_s} s")


def ask(socket: ClientConnection, client_id: str, text: str) -> dict[str, Any]:
    """The answer to one ask: an acknowledgement or a refusal."""
    socket.send(json.dumps({"ask": {"client_id": client_id, "text": text}}))
    while True:
        message = json.loads(socket.recv(timeout=PATIENCE_S))
        for kind in ("ack", "refused"):
            if message.get(kind, {}).get("client_id") == client_id:
                return {"kind": kind, **message[kind]}


def test_without_redis_asking_moderating_and_live_screens_go_on(house: House) -> None:
    with (
        house.room() as asker,
        house.room() as watcher,
        house.socket(f"/ws/desk/{house.no}/", session=True) as desk,
    ):
        desk.send(json.dumps({"seq": 0, "lang": "ru"}))
        before = max(until(watcher, "put")["seq"], until(desk, "put")["seq"])
        house.servers["REDIS_URL"].stop()
        try:
            receipt = ask(asker, str(uuid.uuid4()), "Слышно ли меня без Redis?")
            assert receipt["kind"] == "ack"
            path = f"/desk/{house.no}/questions/{receipt['number']}/moves/"
            assert house.post(path, move="approve", expect=1) == 200
            for socket in (watcher, desk):
                seen = until(socket, "put")
                while seen["seq"] < receipt["seq"] + 1:
                    seen = until(socket, "put")
                assert seen["seq"] > before
            assert house.get(f"/ru/receptions/{house.no}/") == 200
        finally:
            house.servers["REDIS_URL"].start()


def test_after_redis_is_back_the_bell_is_heard_again(house: House) -> None:
    with house.room() as watcher, house.room() as asker:
        until(watcher, "put")
        receipt = ask(asker, str(uuid.uuid4()), "А теперь?")
        seen = until(watcher, "put")
        while seen["seq"] < receipt["seq"]:
            seen = until(watcher, "put")


def test_without_postgresql_it_is_said_plainly_and_the_question_is_stored_once(
    house: House,
) -> None:
    client_id = str(uuid.uuid4())
    with house.room() as asker:
        until(asker, "put")
        house.servers["DATABASE_URL"].stop()
        try:
            refused = ask(asker, client_id, "Дойдёт ли вопрос?")
            assert (refused["kind"], refused["code"]) == ("refused", "unavailable")
            assert refused["retry_s"] > 0
            assert refused["message"]
            assert house.get(f"/ru/receptions/{house.no}/") == 503
            move = f"/desk/{house.no}/questions/{house.number}/moves/"
            assert house.post(move, move="approve", expect=1) == 503
        finally:
            house.servers["DATABASE_URL"].start()
        receipt = _until_taken(asker, client_id, "Дойдёт ли вопрос?")
        again = ask(asker, client_id, "Дойдёт ли вопрос?")
    assert (again["kind"], again["repeated"]) == ("ack", True)
    assert (again["number"], again["secret"]) == (receipt["number"], receipt["secret"])
    count = "SELECT count(*) FROM streams_question WHERE client_id = %s"
    assert house.scalar(count, client_id) == 1
    # One connection of the pool after the other learns that the database is back.
    eventually(lambda: house.get(f"/ru/receptions/{house.no}/") == 200)


def test_without_postgresql_a_platform_is_told_to_come_again(house: House) -> None:
    """Never 200 for what was not stored; the same delivery is taken when the database is back."""
    body = json.dumps({"items": [{"id": "outage", "text": "Слышно ли нас?"}]}).encode()
    house.servers["DATABASE_URL"].stop()
    try:
        assert _deliver(house, body).status_code == 503
    finally:
        house.servers["DATABASE_URL"].start()
    answers: list[httpx2.Response] = []

    def is_taken() -> bool:
        answers.append(_deliver(house, body))
        return answers[-1].status_code == 202

    eventually(is_taken, lambda: str(answers[-1].status_code))
    assert answers[-1].json()["items"] == [{"id": "outage", "result": "created"}]


def _deliver(house: House, body: bytes) -> httpx2.Response:
    headers = sign(SECRET, "msg_outage", clock.now(), body)
    address = f"{house.site.url}/in/{house.source}/"
    return httpx2.post(address, content=body, headers=headers, timeout=PATIENCE_S)


def _until_taken(socket: ClientConnection, client_id: str, text: str) -> dict[str, Any]:
    """Ask again as the browser does, until the database is back."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = ask(socket, client_id, text)
        if answer["kind"] == "ack":
            return answer
        with contextlib.suppress(TimeoutError):  # the pause, spent listening
            until(socket, "ack", deadline_s=AGAIN_S)
    raise AssertionError("the question was not taken")
