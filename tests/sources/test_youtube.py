"""The connector of YouTube against the fake, a real server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from streams.sources.connectors.base import Batch, Context, ReplyState
from streams.sources.connectors.youtube.connector import REPLY_MAX_CHARS, YouTubeConnector
from streams.sources.errors import (
    Ended,
    NotLive,
    QuotaSpent,
    SignInAgain,
    SourceError,
    Throttled,
    Transient,
)
from streams.sources.fakes import script
from streams.sources.fakes.knobs import Knobs
from streams.sources.fakes.youtube import YouTubeFake
from streams.sources.inbound import Origin
from tests.sources.calls import Watch, calling, context_for


def fake(count: int = 30, options: Mapping[str, str] | None = None, **knobs: Any) -> YouTubeFake:
    texts = (f"Сұрақ № {n}: қашан? 👍" for n in range(1, count + 1))
    return YouTubeFake(script.of(texts), Knobs(**{"rate": 0, "stream_s": 0.05, **knobs}), options)


async def listen(context: Context, cursor: Mapping[str, Any], *, rounds: int = 50) -> list[Batch]:
    """As the runner does: connection after connection, each from where the last one stopped."""
    connector, batches = YouTubeConnector(), list[Batch]()
    for _ in range(rounds):
        async for batch in connector.stream(context, cursor):
            batches.append(batch)
            cursor = batch.cursor
            if batch.ended:
                return batches
    return batches


def ids(batches: list[Batch]) -> list[str]:
    return [item.external_id for batch in batches for item in batch.items]


@pytest.mark.parametrize("chunk_bytes", [0, 1, 7, 100])
async def test_all_of_a_broadcast_arrives_whatever_the_pieces(
    monkeypatch: pytest.MonkeyPatch, chunk_bytes: int
) -> None:
    youtube = fake(60, chunk_bytes=chunk_bytes, duplicates=0.05, reorder=0.1)
    async with calling(monkeypatch, youtube) as context:
        await youtube.go_live()
        await youtube.release(30)
        batches = await listen(context, {}, rounds=1)
        await youtube.release()
        await youtube.end()
        batches += await listen(context, batches[-1].cursor)
    assert batches[-1].ended
    assert batches[-1].cursor == {}
    assert set(ids(batches)) == {youtube.external_id(step.comment) for step in youtube.steps}


async def test_connections_that_break_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut in the middle of an element: what was not whole comes again with the next connection."""
    youtube = fake(60, drop_after_bytes=15_000, chunk_bytes=997)
    async with calling(monkeypatch, youtube) as context:
        await youtube.go_live()
        await youtube.release()
        batches = await listen(context, {}, rounds=6)
    assert youtube.record.cuts >= 2
    # The element that was cut was told twice, its comments once.
    assert ids(batches) == [youtube.external_id(c.step.comment) for c in youtube.happened]


async def test_a_clean_end_is_no_error_and_the_next_stream_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    youtube = fake(4)
    async with calling(monkeypatch, youtube) as context:
        await youtube.go_live()
        await youtube.release(2)
        first = await listen(context, {}, rounds=1)
        await youtube.release(2)
        second = await listen(context, first[-1].cursor, rounds=1)
    assert ids(first) == [youtube.external_id(c.step.comment) for c in youtube.happened[:2]]
    assert ids(second) == [youtube.external_id(c.step.comment) for c in youtube.happened[2:]]
    assert sum(batch.spent for batch in (*first, *second)) == youtube.spent == 11
    assert all(json.loads(batch.raw) for batch in (*first, *second) if batch.items)


async def test_before_the_broadcast_we_wait_and_after_it_we_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    youtube = fake(2)
    async with calling(monkeypatch, youtube) as context:
        with pytest.raises(NotLive) as waits:
            await listen(context, {})
        assert waits.value.spent == youtube.spent == 1
        await youtube.go_live()
        await youtube.release()
        batches = await listen(context, {}, rounds=1)
        await youtube.end()
        (over,) = await listen(context, batches[-1].cursor)
        assert (over.ended, over.cursor) == (True, {})
        with pytest.raises(Ended):
            await listen(context, over.cursor)


async def test_history_is_marked_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    youtube = fake(5, history=3)
    live_since = youtube.now() - timedelta(minutes=1)
    async with calling(monkeypatch, youtube, live_since=live_since) as context:
        await youtube.go_live()
        await youtube.release()
        batches = await listen(context, {}, rounds=1)
    origins = [item.origin for batch in batches for item in batch.items]
    assert origins == [Origin.BACKFILL] * 3 + [Origin.LIVE] * 2


async def test_without_a_stream_pages_are_asked_for_no_faster_than_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    youtube, watch = fake(6), Watch(datetime(2026, 11, 25, 5, 0, tzinfo=UTC))
    async with calling(monkeypatch, youtube, watch=watch) as context:
        await youtube.go_live()
        await youtube.release(3)
        youtube.fail("no_stream")
        first = await listen(context, {}, rounds=2)
        await youtube.release(3)
        second = await listen(context, first[-1].cursor, rounds=1)
        assert watch.slept == [5.0, 5.0]
        # After a quarter of an hour the stream is tried again, with no token of the other call.
        watch.at = watch.now() + timedelta(minutes=15)
        third = await listen(context, second[-1].cursor, rounds=1)
    assert len(ids(first)) == len(ids(second)) == 3
    assert len(ids(third)) == 6
    paths = [asked.path.rpartition("/")[2] for asked in youtube.record.asked]
    assert paths == ["videos", "stream", "messages", "messages", "stream"]


async def test_a_lost_place_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    youtube = fake(4)
    async with calling(monkeypatch, youtube) as context:
        await youtube.go_live()
        await youtube.release(2)
        first = await listen(context, {}, rounds=1)
        youtube.fail("page_token")
        (lost,) = await listen(context, first[-1].cursor, rounds=1)
        again = await listen(context, lost.cursor, rounds=1)
    assert lost.gap_from == youtube.happened[1].posted_at
    assert len(ids(again)) == 2


async def test_the_quota_stops_everything_until_the_next_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    youtube, watch = fake(2, {"units": "10"}), Watch(datetime(2026, 11, 23, 5, 0, tzinfo=UTC))
    async with calling(monkeypatch, youtube, watch=watch) as context:
        await youtube.go_live()
        batches = await listen(context, {}, rounds=1)
        with pytest.raises(QuotaSpent) as stopped:
            await listen(context, batches[-1].cursor, rounds=1)
    assert stopped.value.until == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert stopped.value.spent == 5
    allowance = YouTubeConnector().quota({}, watch.now())
    assert (allowance.units, allowance.renewed_at) == (10_000, stopped.value.until)


async def test_a_spent_day_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    youtube = fake(2)
    async with calling(monkeypatch, youtube, daily_quota="100") as context:
        await youtube.go_live()
        context.spent = 97
        with pytest.raises(QuotaSpent) as stopped:
            await listen(context, {}, rounds=1)
    assert [asked.path for asked in youtube.record.asked] == ["/youtube/v3/videos"]
    assert stopped.value.spent == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [("throttled", Throttled), ("server", Transient), ("token", SignInAgain)],
)
async def test_trouble_has_a_name(
    monkeypatch: pytest.MonkeyPatch, kind: str, error: type[SourceError]
) -> None:
    youtube = fake(1)
    async with calling(monkeypatch, youtube) as context:
        await youtube.go_live()
        youtube.fail(kind)
        with pytest.raises(error) as refused:
            await listen(context, {}, rounds=1)
    assert "demo" not in str(refused.value)


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    youtube = fake(1)
    async with youtube.serving():
        values = youtube.settings()
    async with context_for(monkeypatch, values, youtube.secrets()) as context:
        with pytest.raises(Transient):
            await listen(context, {}, rounds=1)


async def test_without_a_key_the_channel_itself_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    youtube = fake(2)
    secrets = {name: value for name, value in youtube.secrets().items() if name != "api_key"}
    async with youtube.serving():
        values = youtube.settings() | {"video": ""}
        async with context_for(monkeypatch, values, secrets) as context:
            await youtube.go_live()
            await youtube.release()
            assert len(ids(await listen(context, {}, rounds=1))) == 2
    tokens = [asked for asked in youtube.record.asked if asked.path == "/token"]
    assert len(tokens) == 1


async def test_a_reply_names_the_asker_and_needs_the_broadcast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    youtube, connector = fake(1), YouTubeConnector()
    async with calling(monkeypatch, youtube) as context:
        await youtube.go_live()
        await youtube.release()
        ((item,),) = [b.items for b in await listen(context, {}, rounds=1) if b.items]
        sent = await connector.reply(context, item.reply_ref, "Қабылданды № 7", "k1")
        long = await connector.reply(context, item.reply_ref, "а" * REPLY_MAX_CHARS, "k2")
        youtube.fail("server")
        unsure = await connector.reply(context, item.reply_ref, "Рахмет", "k3")
        await youtube.end()
        late = await connector.reply(context, item.reply_ref, "Рахмет", "k4")
    assert (sent.state, sent.external_id) == (ReplyState.SENT, "LCC.Reply1")
    assert youtube.record.replies[0].text == f"{item.author.handle} Қабылданды № 7"
    assert (long.state, long.code) == (ReplyState.REFUSED, "too_long")
    assert unsure.state is ReplyState.UNKNOWN
    assert late.state is ReplyState.EXPIRED
    assert len(youtube.record.replies) == 1


async def test_the_check_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    youtube, connector = fake(1), YouTubeConnector()
    async with calling(monkeypatch, youtube) as context:
        before = await connector.probe(context)
        await youtube.go_live()
        during = await connector.probe(context)
        async with context_for(monkeypatch, youtube.settings(), {"api_key": "no"}) as context:
            stranger = await connector.probe(context)
    assert [(c.code, c.ok) for c in before] == [
        ("signed_in", True), ("live_now", False), ("can_reply", True),
    ]  # fmt: skip
    assert all(check.ok for check in during)
    assert [(c.code, c.ok) for c in stranger] == [("signed_in", False), ("can_reply", False)]
