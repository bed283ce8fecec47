"""The same by rq's own worker, as a process that may be killed in the middle of a call."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_rq
import pytest
from aiohttp import web
from typing_extensions import override

from liveqa.services.parts import WORKER
from streams.common import clock
from streams.receptions.models import Reception
from streams.sources import intake, jobs, outbox
from streams.sources.fakes.stage import staged
from streams.sources.fakes.telegram import TelegramFake
from streams.sources.inbound import Author
from streams.sources.models import Reply, Source
from tests.cast import Cast
from tests.conftest import ROOT, environment_of_test_database
from tests.patience import PATIENCE_S, eventually
from tests.sources.stage import make_source, said

pytestmark = pytest.mark.django_db(transaction=True)


class SlowTelegram(TelegramFake):
    """Has the message, and says nothing."""

    is_slow = False

    @override
    async def _call(self, request: web.Request) -> web.StreamResponse:
        answer = await super()._call(request)
        if self.is_slow:
            await asyncio.sleep(2 * PATIENCE_S)
        return answer


@pytest.fixture
def queue() -> Iterator[Any]:
    found: Any = django_rq.get_queue("default")
    found.empty()
    yield found
    found.empty()


def kill(process: subprocess.Popen[bytes]) -> None:
    """The worker and the process that it made for the job, which is of a group of its own."""
    made = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in [process.pid, *map(int, made)]:
        os.kill(pid, signal.SIGKILL)
    process.wait(PATIENCE_S)


@contextmanager
def worker(folder: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [*WORKER, *more],
            cwd=ROOT,
            env=environment_of_test_database(SOURCES_PRIVATE_NETWORKS="127.0.0.0/8"),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            kill(process)


def ask(source: Source, name: str) -> None:
    ref: Mapping[str, object] = {"chat_id": "6000000001", "message_id": 41}
    item = said(f"Вопрос {name}?", external_id=name, reply_ref=ref, author=Author(ext_id=name))
    intake.take(source.pk, [item], now=clock.now())


def connect(cast: Cast, fake: TelegramFake) -> Source:
    return make_source(cast, "telegram", settings=fake.settings(), secrets=fake.secrets())


def test_the_worker_sends_what_the_intake_wrote(
    cast: Cast, reception: Reception, queue: Any, tmp_path: Path
) -> None:
    telegram = TelegramFake(options={"where": "private"})
    with staged([telegram]):
        source = connect(cast, telegram)
        ask(source, "a")
        assert queue.count == 1
        with worker(tmp_path, "--burst") as process:
            assert process.wait(PATIENCE_S) == 0, (tmp_path / "worker.log").read_text()
    assert Reply.objects.get().state == "sent", (tmp_path / "worker.log").read_text()
    assert len(telegram.record.replies) == 1


def test_a_worker_killed_in_its_call_leaves_unknown_and_nobody_sends_again(
    cast: Cast, reception: Reception, queue: Any, tmp_path: Path
) -> None:
    telegram = SlowTelegram(options={"where": "private"})
    telegram.is_slow = True
    with staged([telegram]):
        source = connect(cast, telegram)
        ask(source, "a")
        with worker(tmp_path) as process:
            eventually(lambda: telegram.record.replies)
            kill(process)
        assert Reply.objects.get().state == "sending"
        telegram.is_slow = False
        queue.empty()
        long_ago = clock.now() - outbox.DEAD_AFTER - timedelta(seconds=1)
        Reply.objects.update(started_at=long_ago)
        jobs.tend_replies()
        outbox.kick(source.pk)
        with worker(tmp_path, "--burst") as process:
            assert process.wait(PATIENCE_S) == 0
    reply = Reply.objects.get()
    assert (reply.state, reply.code) == ("unknown", "worker_died")
    assert len(telegram.record.replies) == 1
