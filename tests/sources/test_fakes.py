"""The harness of the fake platforms: what the knobs promise is what comes out of a real server."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import pytest
from aiohttp import ClientError, ClientSession, web
from typing_extensions import override

from streams.questions.files import BadFile
from streams.sources.fakes import script
from streams.sources.fakes.base import Fake
from streams.sources.fakes.knobs import BadKnob, Fault, Knobs, plan
from streams.sources.fakes.record import final
from streams.sources.fakes.stage import staged
from streams.sources.inbound import Op


class Plain(Fake):
    """Tells all that happened after `?since=`, and keeps a stream open."""

    platform: ClassVar[str] = "plain"

    @override
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return (web.get("/list", self._list), web.get("/stream", self._stream))

    async def _list(self, request: web.Request) -> web.Response:
        found = await self.more(int(request.query["since"]), 5)
        return web.json_response([h.step.comment.key for h in found])

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for happening in self.happened:
            await self.write(request, response, f"{happening.step.text}\n".encode())
        return response


def comments(count: int) -> tuple[script.Comment, ...]:
    return script.of(f"Сұрақ {n}" for n in range(1, count + 1))


def test_the_same_seed_gives_the_same_evening() -> None:
    knobs = Knobs(duplicates=0.05, reorder=0.1, edits=0.05, deletes=0.05, early_deletes=0.02)
    assert plan(comments(300), knobs) == plan(comments(300), knobs)


def test_duplicates_and_late_ones_are_as_many_as_asked_for_and_none_is_lost() -> None:
    steps = plan(comments(1000), Knobs(duplicates=0.05, reorder=0.1))
    repeats = [s for s in steps if s.is_repeat]
    assert 30 <= len(repeats) <= 70
    keys = [s.comment.key for s in steps if not s.is_repeat]
    assert sorted(keys) == list(range(1, 1001))
    late = sum(earlier > later for earlier, later in pairwise(keys))
    assert 50 <= late <= 150


def test_nothing_is_edited_before_it_is_written_and_some_is_deleted_before() -> None:
    steps = plan(comments(500), Knobs(edits=0.1, deletes=0.1, early_deletes=0.1))
    seen: set[int] = set()
    early = 0
    for step in steps:
        if step.op is Op.NEW:
            seen.add(step.comment.key)
        elif step.op is Op.EDIT:
            assert step.comment.key in seen
        elif step.comment.key not in seen:
            early += 1
    assert 20 <= early <= 80
    told = Counter(op for op in (s.op for s in steps))
    assert told[Op.NEW] == 500
    assert sum(text is None for text in final(steps).values()) == told[Op.DELETE]


def test_a_fault_is_written_as_kind_comment_and_times() -> None:
    assert Fault.parse("throttled@200x3") == Fault("throttled", 200, 3)
    assert Fault.parse("quota") == Fault("quota", 0, 1)
    with pytest.raises(BadKnob):
        Fault.parse("quota@soon")


def test_texts_come_from_the_columns_in_turn(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("text_kz,text_ru\nСәлем,Привет\nҚашан,Когда\n,Где\n", encoding="utf-8")
    assert [c.text for c in script.read(file)] == ["Сәлем", "Когда", "Где"]
    assert [c.text for c in script.read(file, columns=["text_ru"], limit=1)] == ["Привет"]
    with pytest.raises(BadFile):
        script.read(file, columns=["answer"])


def test_dealt_comments_are_all_dealt_once() -> None:
    hands = script.deal(comments(10), 3)
    assert sorted(c.key for hand in hands for c in hand) == list(range(1, 11))


async def test_a_waiting_request_is_answered_when_something_happens() -> None:
    fake = Plain(comments(3), Knobs(rate=0))
    async with fake.serving(), ClientSession() as session:
        waiting = asyncio.create_task(_json(session, f"{fake.base_url}/list?since=0"))
        await asyncio.sleep(0)
        await fake.release(2)
        assert (await waiting)[:1] == [1]
        assert await _json(session, f"{fake.base_url}/list?since=1") == [2]


async def _json(session: ClientSession, url: str) -> list[int]:
    async with session.get(url) as answer:
        assert answer.status == 200
        return list(json.loads(await answer.read()))


async def test_faults_come_when_they_are_due_and_end() -> None:
    fake = Plain(comments(4), Knobs(rate=0, faults=(Fault("throttled", 2, 2),)))
    async with fake.serving(), ClientSession() as session:
        statuses = []
        for _ in range(4):
            await fake.release(1)
            async with session.get(f"{fake.base_url}/list?since=0") as answer:
                statuses.append(answer.status)
        assert statuses == [200, 429, 429, 200]
    assert fake.record.refused() == {"throttled": 2}
    assert [asked.status for asked in fake.record.asked] == statuses


async def test_a_stream_is_cut_after_so_many_bytes() -> None:
    fake = Plain(comments(20), Knobs(rate=0, drop_after_bytes=40, chunk_bytes=7))
    async with fake.serving(), ClientSession() as session:
        await fake.release()
        with pytest.raises(ClientError):
            async with session.get(f"{fake.base_url}/stream") as answer:
                await answer.read()
    assert fake.record.cuts == 1


async def test_all_connections_are_cut_now_and_then() -> None:
    fake = Plain(comments(1), Knobs(drop_every_s=0.05))
    async with fake.serving(), ClientSession() as session:
        with pytest.raises(ClientError):
            await _json(session, f"{fake.base_url}/list?since=0")
    assert fake.record.cuts >= 1


async def test_a_broadcast_waits_begins_and_ends() -> None:
    fake = Plain(comments(30), Knobs(rate=1000, live_after_s=0.01, history=5, ends=True))
    async with fake.serving():
        await fake.play()
    assert fake.is_over
    assert fake.has_ended
    assert [h.is_history for h in fake.happened].count(True) == 5
    assert all(h.posted_at <= h.sent_at for h in fake.happened)
    posted = [h.posted_at for h in fake.happened]
    assert posted[4] < posted[5]


def test_fakes_live_in_a_thread_as_well() -> None:
    fake = Plain(comments(2), Knobs(rate=0))
    with staged([fake]) as stage:
        stage.run(fake.release())

        async def ask() -> list[int]:
            async with ClientSession() as session:
                return await _json(session, f"{fake.base_url}/list?since=0")

        assert stage.run(ask()) == [1, 2]
