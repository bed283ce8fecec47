"""Social Stream Ninja: HTML to words, ids where there are none, no pictures kept, a relay that forgets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.sources.connectors.base import Batch
from streams.sources.connectors.ssn import markup
from streams.sources.connectors.ssn.connector import SsnConnector, SsnRelayConnector
from streams.sources.errors import NotUnderstood, SignInAgain, SourceError, Transient
from streams.sources.fakes import script
from streams.sources.fakes.knobs import Knobs
from streams.sources.fakes.ssn import Bridge, SsnFake
from streams.sources.fakes.ssn_relay import SESSION, SsnRelayFake
from streams.sources.inbound import TEXT_MAX_CHARS, Inbound, Op, Parsed
from tests.patience import PATIENCE_S
from tests.sources.calling import NOON, Clock, context_of, fixture

SSN = SsnConnector()
RELAY = SsnRelayConnector()
TEXTS = ["Қашан жауап бересіз?", "5 < 6 & 7 > 2?", "Бірінші жол\nекінші жол", "😀🇰🇿"]


def parse(name: str, **settings: str) -> Parsed:
    return SSN.parse(settings, fixture(f"ssn/{name}.json"), NOON)


def only(name: str, **settings: str) -> Inbound:
    parsed = parse(name, **settings)
    assert len(parsed.items) == 1
    return parsed.items[0]


# --- Parsing -----------------------------------------------------------------------------------------


def test_a_message() -> None:
    message = only("instagram_live")
    assert (message.op, message.text) == (Op.NEW, "Қашан жауап береді?")
    assert (message.author.name, message.author.ext_id) == ("aigerim_test", "")
    assert message.thread == "instagramlive"
    assert message.posted_at is None
    assert dict(message.reply_ref) == {}


def test_markup_becomes_words() -> None:
    assert only("html").text == "Когда откроют ЦОН & школу?\n5 < 6 😀тут"
    assert only("textonly").text == "5 < 6 <b>так и написал</b> &amp;"
    assert only("plain_text_beside_html").text == "Сұрақ 😀"


@given(st.text())
def test_escaped_text_comes_back_as_it_was_written(text: str) -> None:
    # A page knows one kind of line break, and a NUL can't stand in it.
    written = text.replace("\r", "").replace("\0", "").strip()
    marked = Bridge().markup(written)
    assert markup.words(marked) == written


@given(st.text(alphabet="<>/&;#!-'\"= abscriptyle\n", max_size=200))
def test_no_markup_however_broken_fails(html: str) -> None:
    markup.words(html)


def test_the_platforms_own_id_is_taken_where_it_is_told() -> None:
    assert only("youtube_native_id").external_id == "youtube:LCC.EhwKGkNQ"
    assert only("facebook_native_id").external_id == "facebook:9119_9121"
    assert only("plain_text_beside_html").external_id == only("youtube_native_id").external_id


def test_a_derived_id_holds_what_is_known_of_the_message() -> None:
    first = only("instagram_live").external_id
    assert first.startswith("instagramlive:~")
    assert only("instagram_live").external_id == first
    # The counter begins anywhere with each run, so it is no name by itself.
    assert only("same_text_other_run").external_id != first
    assert only("html").external_id != first
    assert only("no_id").external_id == only("no_id").external_id != first


def test_events_are_no_questions() -> None:
    for name in ("joined", "viewer_update", "system_notice", "remote_control", "private"):
        assert parse(name) == Parsed(), name
    assert only("stream_online").op is Op.LIVE_STARTED
    assert only("stream_offline").op is Op.LIVE_ENDED


def test_a_question_box_is_a_question_though_it_is_called_an_event() -> None:
    question = only("question_box")
    assert question.is_question_box
    assert question.text == "Жолды қашан жөндейді?"


def test_moderators_of_the_broadcast_are_staff() -> None:
    assert only("moderator").author.is_staff


def test_only_the_sites_that_are_wanted() -> None:
    assert len(parse("instagram_live", only="TikTok, InstagramLive").items) == 1
    assert parse("instagram_live", only="tiktok") == Parsed()


def test_a_deletion_counts_only_with_the_platforms_own_id() -> None:
    assert (only("delete_native").op, only("delete_native").external_id) == (
        Op.DELETE,
        "youtube:LCC.EhwKGkNQ",
    )
    assert parse("delete_by_counter") == Parsed((), 1)


def test_texts_and_ids_of_every_kind() -> None:
    assert only("missing_author").author.name == ""
    assert len(only("long_text").text) == TEXT_MAX_CHARS
    assert only("rtl_zero_width_emoji").text.endswith("👮🏽‍♂️🇰🇿")
    assert only("big_user_id").author.ext_id == "9223372036854775807"
    lone = SSN.parse({}, b'{"type":"x","chatmessage":"a\\ud83d\\u0000b","id":1}', NOON)
    assert lone.items[0].text == "a�b"
    lone.items[0].external_id.encode()


def test_what_has_an_unknown_shape_is_counted() -> None:
    assert parse("unknown") == Parsed((), 1)
    body = b'[{"type":"x","chatmessage":"a","id":1},5,{"type":{},"chatmessage":[]}]'
    mixed = SSN.parse({}, body, NOON)
    assert (len(mixed.items), mixed.not_understood) == (1, 2)


@pytest.mark.parametrize("body", [b"", b"5", b"null", b"[]", b"[1]", b'{"a":', b'{"t":"\xff"}'])
def test_other_bodies_are_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        SSN.parse({}, body, NOON)


def test_a_body_cut_short_anywhere_is_not_understood() -> None:
    body = fixture("ssn/instagram_live.json").rstrip()
    for end in range(len(body) - 1):
        with pytest.raises(NotUnderstood):
            SSN.parse({}, body[:end], NOON)


# --- What is kept ------------------------------------------------------------------------------------


def test_pictures_inside_a_message_are_not_kept() -> None:
    body = fixture("ssn/data_uri_avatar.json")
    kept = SSN.trim(body)
    assert len(body) > 50_000
    assert len(body) < SSN.body_max_bytes
    assert len(kept) < 1000
    assert b"base64" not in kept
    assert SSN.parse({}, kept, NOON) == SSN.parse({}, body, NOON)
    plain = fixture("ssn/html.json")
    assert SSN.parse({}, SSN.trim(plain), NOON) == SSN.parse({}, plain, NOON)
    assert SSN.trim(b"{not json") == b"{not json"


# --- The bridge that posts ---------------------------------------------------------------------------


async def test_what_the_bridge_says_is_what_people_wrote() -> None:
    fake = SsnFake(script.of(TEXTS), Knobs(rate=0, duplicates=0.5), now=Clock())
    async with fake.serving():
        await fake.go_live()
        await fake.release()
    said = [m for h in fake.happened if (m := fake.message(h)) is not None]
    items = SSN.parse({}, SSN.trim(json.dumps(said).encode()), NOON).items
    assert {i.text for i in items} == set(TEXTS)
    ids = {i.external_id for i in items}
    assert {fake.external_id(s.comment) for s in fake.steps} <= ids
    # Read twice from a page, a message has a new number: the intake finds it by its words.
    assert len(ids) == len(fake.steps)


# --- The relay ---------------------------------------------------------------------------------------


def relay(count: int = 5, knobs: Knobs | None = None) -> SsnRelayFake:
    texts = [f"Сұрақ {n}" for n in range(1, count + 1)]
    fake = SsnRelayFake(script.of(texts), knobs or Knobs(rate=0), now=Clock())
    fake.closes = True
    return fake


async def gather(found: list[Batch], stream: AsyncIterator[Batch]) -> None:
    async for batch in stream:
        found.append(batch)  # noqa: PERF401 -- what came before an error is wanted too


async def test_the_relay_tells_what_is_said_while_we_listen() -> None:
    fake = relay()
    async with fake.serving(), context_of(fake) as context:
        await fake.go_live()
        await fake.release(1)
        found: list[Batch] = []
        task = asyncio.create_task(gather(found, RELAY.stream(context, {})))
        await asyncio.wait_for(fake.joined.wait(), PATIENCE_S)
        await fake.release()
        await fake.end()
        await asyncio.wait_for(task, PATIENCE_S)
    assert found[0].items == ()
    # After the end nothing can be missing, however long it takes until the next broadcast.
    assert found[-1].cursor == {}
    items = [item for batch in found for item in batch.items]
    assert [i.op for i in items] == [Op.LIVE_STARTED, *[Op.NEW] * 4, Op.LIVE_ENDED]
    assert [i.text for i in items if i.text] == [f"Сұрақ {n}" for n in range(2, 6)]
    for batch in found:
        assert b"base64" not in batch.raw
        if batch.raw:
            assert RELAY.parse({}, batch.raw, NOON).items == batch.items


async def test_after_a_cut_we_say_since_when_something_may_be_missing() -> None:
    fake = relay(5, Knobs(rate=0, drop_after_bytes=3000))
    async with fake.serving(), context_of(fake, live_since=NOON) as context:
        await fake.go_live()
        found: list[Batch] = []
        task = asyncio.create_task(gather(found, RELAY.stream(context, {})))
        await asyncio.wait_for(fake.joined.wait(), PATIENCE_S)
        await fake.release()
        with pytest.raises(Transient):
            await asyncio.wait_for(task, PATIENCE_S)
        assert [batch.gap_from for batch in found] == [None] * len(found)
        cursor = found[-1].cursor
        assert isinstance(fake.now, Clock)
        fake.now.at += timedelta(seconds=7)
        async with aclosing(RELAY.stream(context, cursor)) as again:
            first = await anext(again)
            assert first.gap_from == NOON
    # What we heard before the broadcast began leaves no gap in it.
    async with (
        fake.serving(),
        context_of(fake, live_since=NOON + timedelta(hours=1)) as context,
        aclosing(RELAY.stream(context, cursor)) as again,
    ):
        assert (await anext(again)).gap_from is None


async def test_a_reader_that_stops_leaves_nothing_open() -> None:
    fake = relay()
    async with fake.serving(), context_of(fake) as context:
        async with aclosing(RELAY.stream(context, {})) as stream:
            await anext(stream)
        await asyncio.wait_for(fake.left.wait(), PATIENCE_S)
    assert len(asyncio.all_tasks()) == 1


async def test_frames_that_nobody_understands_are_kept_and_counted() -> None:
    fake = relay()
    fake.first_words = ["{half", b"\x00\xff", '{"hello":1}', '{"action":"x"}', "\ufeff"]
    async with fake.serving(), context_of(fake) as context:
        await fake.go_live()
        found: list[Batch] = []
        task = asyncio.create_task(gather(found, RELAY.stream(context, {})))
        await asyncio.wait_for(fake.joined.wait(), PATIENCE_S)
        await fake.release()
        await fake.end()
        await asyncio.wait_for(task, PATIENCE_S)
    assert sum(batch.not_understood for batch in found) == 3
    assert b"{half" in b"".join(batch.raw for batch in found)
    assert sum(item.op is Op.NEW for batch in found for item in batch.items) == 5


async def test_a_frame_without_end_is_cut_off() -> None:
    fake = relay()
    fake.first_words = ["x" * 1_000_000]
    async with fake.serving(), context_of(fake) as context:
        with pytest.raises(Transient, match="cut_off"):
            await gather([], RELAY.stream(context, {}))


async def test_trouble_on_the_way_in_has_a_name() -> None:
    fake = relay()
    async with fake.serving():
        pass
    errors: list[SourceError] = []
    for secrets in ({"session": ""}, {"session": SESSION}):
        async with context_of(fake, secrets=secrets) as context:
            try:
                await gather([], RELAY.stream(context, {}))
            except SourceError as error:
                errors.append(error)
    assert [type(error) for error in errors] == [SignInAgain, Transient]
    assert SESSION not in repr(errors)
