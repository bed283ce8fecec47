"""Two web processes behind a real nginx with the configuration of deploy/: a rolling restart loses nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from django.db import close_old_connections

from streams.questions.models import Question
from streams.receptions.models import Reception
from tests.conftest import ROOT, LiveServer
from tests.live.stage import do
from tests.patience import PATIENCE_S
from tests.ports import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.load]
ASKERS, QUESTIONS = 12, 6


def configuration(folder: Path, listen: int, ports: list[int]) -> str:
    """The one of deploy/, without TLS and with our ports and folders."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if "ssl" not in line or "listen" in line]
    text = "\n".join(lines).replace("listen 443 ssl http2", f"listen 127.0.0.1:{listen}")
    for ours, port in zip((8001, 8002, 8003), [*ports, ports[0]], strict=True):
        text = text.replace(f"127.0.0.1:{ours}", f"127.0.0.1:{port}")
    for given, here in (
        ("/run/nginx.pid", f"{folder}/pid"),
        ("/var/log/nginx/", f"{folder}/"),
        ("/srv/liveqa/.data/static/", f"{folder}/"),
        ("worker_rlimit_nofile 200000;", ""),
        ("worker_connections 65536;", "worker_connections 512;"),
        ("worker_processes auto;", "worker_processes 1; daemon off;"),
    ):
        assert given in text, given
        text = text.replace(given, here)
    temporary = "\n".join(
        f"    {name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("http {\n", f"http {{\n{temporary}\n", 1)


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[tuple[str, list[LiveServer]]]:
    """The address of the proxy, and the processes behind it."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("no nginx on this machine: apt-get install nginx-light")
    listen = free_port()
    origin = {"ALLOWED_ORIGINS": f"http://127.0.0.1:{listen}", "TRUSTED_PROXIES": "1"}
    limits = {"ASK_PER_VIEWER_PER_MIN": "60000", "ASK_PER_ADDRESS_PER_MIN": "60000"}
    servers = [LiveServer(tmp_path / f"web{n}.log", **origin, **limits) for n in range(2)]
    conf = tmp_path / "nginx.conf"
    conf.write_text(configuration(tmp_path, listen, [server.port for server in servers]))
    tmp_path.chmod(0o755)
    proxy = subprocess.Popen(
        [nginx, "-c", str(conf), "-p", str(tmp_path)], stderr=subprocess.DEVNULL
    )
    try:
        yield f"127.0.0.1:{listen}", servers
    finally:
        proxy.terminate()
        proxy.wait(PATIENCE_S)
        for server in servers:
            server.stop()


async def asker(
    session: aiohttp.ClientSession, address: str, no: str, halfway: asyncio.Semaphore
) -> tuple[dict[str, int], int]:
    """Asks as a browser does: what is not acknowledged is sent again on the next socket."""
    acked: dict[str, int] = {}
    todo = [str(uuid.uuid4()) for _ in range(QUESTIONS)]
    lives = 0
    while todo:
        try:
            async with session.ws_connect(
                f"ws://{address}/ws/receptions/{no}/", headers={"Origin": f"http://{address}"}
            ) as socket:
                lives += 1
                while todo:
                    ask = {"client_id": todo[0], "text": f"Вопрос {todo[0]}?"}
                    await socket.send_str(json.dumps({"ask": ask}))
                    message = await socket.receive(timeout=PATIENCE_S)
                    if message.type is not aiohttp.WSMsgType.TEXT:
                        break
                    said = json.loads(message.data)
                    if "ack" in said:
                        acked[todo.pop(0)] = said["ack"]["number"]
                        halfway.release()
                        await asyncio.sleep(0.25)  # a person, not a loop
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    return acked, lives


async def test_a_rolling_restart_loses_no_question(
    site: tuple[str, list[LiveServer]], reception: Reception
) -> None:
    address, servers = site
    asked_twice = asyncio.Semaphore(0)
    async with aiohttp.ClientSession() as session:
        crowd = [
            asyncio.create_task(asker(session, address, reception.no, asked_twice))
            for _ in range(ASKERS)
        ]
        for _ in range(2 * ASKERS):
            await asyncio.wait_for(asked_twice.acquire(), PATIENCE_S)
        for server in servers:
            await asyncio.to_thread(restart, server)
        results = await asyncio.wait_for(asyncio.gather(*crowd), PATIENCE_S)
        async with session.get(f"http://{address}/sign-in/") as page:
            assert page.status == 200
    acked = {client_id: number for one, _lives in results for client_id, number in one.items()}
    stored = await do(
        lambda: dict(
            Question.objects.filter(reception=reception).values_list("client_id", "number")
        )
    )
    assert len(acked) == ASKERS * QUESTIONS
    assert {str(client_id): number for client_id, number in stored.items()} == acked
    assert any(lives > 1 for _acked, lives in results), "nobody was asked to come back"
    for server in servers:
        assert "drain.begun" in server.log.read_text()
        assert "drain.cut" not in server.log.read_text()


def restart(server: LiveServer) -> None:
    server.process.terminate()
    assert server.process.wait(PATIENCE_S) == 0
    server.start()
    close_old_connections()
