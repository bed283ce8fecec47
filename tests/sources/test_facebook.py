"""Facebook Live: read again and again without a double, told by webhook, answered in public once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from streams.sources.connectors.base import ReplyState
from streams.sources.connectors.facebook.connector import FacebookConnector
from streams.sources.connectors.facebook.parser import comment_id
from streams.sources.errors import NotLive, NotUnderstood, SignInAgain, Throttled, Transient
from streams.sources.fakes import script
from streams.sources.fakes.facebook import LIVE, FacebookFake
from streams.sources.fakes.knobs import Fault, Knobs
from streams.sources.inbound import TEXT_MAX_CHARS, Inbound, Op, Parsed
from tests.sources.calling import NOON, Clock, context_of, fixture

FACEBOOK = FacebookConnector()
SETTINGS = {"page_id": "1001"}


def parse(name: str, **settings: str) -> Parsed:
    return FACEBOOK.parse(SETTINGS | settings, fixture(f"facebook/{name}.json"), NOON)


def only(name: str) -> Inbound:
    parsed = parse(name)
    assert len(parsed.items) == 1
    return parsed.items[0]


def fake(count: int = 3, knobs: Knobs | None = None) -> FacebookFake:
    texts = [f"Сұрақ {n}: қашан жауап бересіз?" for n in range(1, count + 1)]
    return FacebookFake(script.of(texts), knobs or Knobs(rate=0), now=Clock())


def later(platform: FacebookFake, **step: float) -> None:
    assert isinstance(platform.now, Clock)
    platform.now.at += timedelta(**step)


def news(items: tuple[Inbound, ...]) -> list[str]:
    return [i.external_id for i in items if i.op is Op.NEW]


# --- Parsing -----------------------------------------------------------------------------------------


def test_a_comment_is_written_edited_and_taken_back() -> None:
    added, edited, removed = (only(f"feed_{verb}") for verb in ("add", "edited", "remove"))
    assert [i.op for i in (added, edited, removed)] == [Op.NEW, Op.EDIT, Op.DELETE]
    assert {i.external_id for i in (added, edited, removed)} == {"10150000000000042"}
    assert added.text == "Қайда өтініш беруге болады?"
    assert edited.text == "Қайда және қашан өтініш беруге болады?"
    assert removed.text == ""
    assert added.posted_at == datetime(2025, 11, 27, 8, 0, tzinfo=UTC)
    assert added.reported_at is not None
    assert edited.reported_at is not None
    assert added.reported_at < edited.reported_at
    assert added.author.name == "Айгерім Тест"
    assert added.reply_ref == {"comment_id": "9500_10150000000000042"}
    assert added.parent_id == ""
    assert only("feed_reply").parent_id == "10150000000000042"


def test_what_the_page_hides_is_not_what_the_author_took_back() -> None:
    assert parse("feed_hide") == Parsed()


def test_our_own_page_is_staff_and_authors_may_be_missing() -> None:
    assert only("feed_own_page").author.is_staff
    assert dict(only("feed_own_page").reply_ref) == {}
    assert only("feed_missing_author").author.ext_id == ""


def test_reactions_and_shares_are_no_comments_though_they_name_one() -> None:
    assert parse("feed_reaction") == Parsed()


def test_one_post_only_where_the_source_is_for_one() -> None:
    assert len(parse("feed_other_post").items) == 1
    assert parse("feed_other_post", post_id="1001_9500") == Parsed()
    assert len(parse("feed_add", post_id="9500").items) == 1


def test_an_unknown_verb_is_counted() -> None:
    assert parse("feed_unknown_verb") == Parsed((), 1)


def test_texts_of_every_kind() -> None:
    items = parse("feed_texts").items
    assert [i.external_id for i in items][:5] == ["101", "102", "103", "104", "105"]
    assert items[5].external_id == "9223372036854775807"
    assert items[2].text == "<img src=x onerror=alert(1)>"
    assert len(items[3].text) == TEXT_MAX_CHARS
    items[4].text.encode()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"object":"instagram","entry":[]}', b'{"object":"page"}', b"\xff"]
)
def test_other_bodies_are_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        FACEBOOK.parse(SETTINGS, body, NOON)


def test_a_body_cut_short_anywhere_is_not_understood() -> None:
    body = fixture("facebook/feed_add.json").rstrip()
    for end in range(len(body) - 1):
        with pytest.raises(NotUnderstood):
            FACEBOOK.parse(SETTINGS, body[:end], NOON)


@pytest.mark.parametrize("value", [None, 7, "x", {"item": "comment", "verb": "add"}])
def test_a_change_of_an_unknown_shape_is_counted(value: object) -> None:
    change = {"field": "feed", "value": value}
    body = json.dumps({"object": "page", "entry": [{"id": "1", "changes": [change]}]}).encode()
    assert FACEBOOK.parse(SETTINGS, body, NOON) == Parsed((), 1)


# --- Reading -----------------------------------------------------------------------------------------


def test_read_and_told_comments_have_the_same_id_though_facebook_writes_them_differently() -> None:
    page = json.loads(fixture("facebook/comments_page.json"))
    body = json.dumps({"comments_of": LIVE, "pages": [page]}).encode()
    read = FACEBOOK.parse(SETTINGS, body, NOON).items
    assert [i.external_id[-2:] for i in read] == ["42", "43", "47"]
    assert (read[0].external_id, read[0].text) == (
        only("feed_add").external_id,
        only("feed_add").text,
    )
    assert read[1].parent_id == read[0].external_id
    assert read[2].text == ""


def alike(item: Inbound) -> Inbound:
    """Without what the two roads may tell differently."""
    return replace(item, thread="", reply_ref={}, reported_at=None, permalink="")


async def test_webhook_and_poll_of_one_evening_give_the_same_messages() -> None:
    platform = fake(5)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        told = [c for h in platform.happened if (c := platform.change(h)) is not None]
        pushed = FACEBOOK.parse(context.settings, platform.envelope(told), NOON).items
        batch = await FACEBOOK.fetch(context, {})
    read = [i for i in batch.items if i.op is Op.NEW]
    assert [alike(i) for i in read] == [alike(i) for i in pushed]
    assert batch.platform_count == 5


async def test_polling_overlaps_and_tells_nothing_twice() -> None:
    platform = fake(300)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        found: list[str] = []
        cursor: dict[str, object] = {}
        for _ in range(40):
            await platform.release(7)
            later(platform, seconds=1)
            batch = await FACEBOOK.fetch(context, cursor)
            cursor = json.loads(json.dumps(dict(batch.cursor)))
            found += news(batch.items)
        await platform.release()
        later(platform, seconds=4)
        found += news((await FACEBOOK.fetch(context, cursor)).items)
    assert found == [platform.external_id(c.step.comment) for c in platform.happened]


async def test_a_quiet_chat_brings_nothing_and_stores_nothing() -> None:
    platform = fake(3)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        batch = await FACEBOOK.fetch(context, {})
        later(platform, seconds=5)
        batch = await FACEBOOK.fetch(context, batch.cursor)
        assert (batch.items, batch.raw) == ((), b"")
        # Facebook answers with nothing at all for a moment: what we knew is still known.
        platform.is_empty_now = lambda: True  # type: ignore[method-assign]
        batch = await FACEBOOK.fetch(context, batch.cursor)
        platform.is_empty_now = lambda: False  # type: ignore[method-assign]
        assert (await FACEBOOK.fetch(context, batch.cursor)).items == ()


async def test_more_than_one_poll_can_hold_is_read_on_at_once() -> None:
    platform = fake(2300)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        for _ in range(23):
            await platform.release(100)
            later(platform, seconds=1)
        first = await FACEBOOK.fetch(context, {})
        assert (len(news(first.items)), first.wait_s) == (2000, 0.0)
        second = await FACEBOOK.fetch(context, first.cursor)
    every = {*news(first.items), *news(second.items)}
    assert len(every) == 2300


async def test_before_during_and_after_the_broadcast() -> None:
    platform = fake(3)
    async with platform.serving(), context_of(platform) as context:
        with pytest.raises(NotLive):
            await FACEBOOK.fetch(context, {})
        await platform.go_live()
        await platform.release(2)
        batch = await FACEBOOK.fetch(context, {})
        assert [i.op for i in batch.items] == [Op.LIVE_STARTED, Op.NEW, Op.NEW]
        later(platform, seconds=31)
        await platform.release()
        await platform.end()
        batch = await FACEBOOK.fetch(context, batch.cursor)
        # The last words before the end are still read.
        assert [i.op for i in batch.items] == [Op.LIVE_ENDED, Op.NEW]
        with pytest.raises(NotLive):
            await FACEBOOK.fetch(context, batch.cursor)


async def test_a_named_broadcast_is_not_searched_for() -> None:
    platform = fake(1)
    settings = {"live_video_id": LIVE}
    async with platform.serving(), context_of(platform, settings=settings) as context:
        await platform.go_live()
        await platform.release()
        assert len(news((await FACEBOOK.fetch(context, {})).items)) == 1
    assert not any("live_videos" in asked.path for asked in platform.record.asked)


async def test_without_the_right_to_see_authors_the_words_still_come() -> None:
    platform = fake(1)
    platform.forbidden = {"from"}
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        batch = await FACEBOOK.fetch(context, {})
    comment = batch.items[-1]
    assert (comment.author.ext_id, comment.text) == ("", platform.steps[0].text)
    assert batch.cursor["fields"] == 1


async def test_trouble_has_a_name() -> None:
    faults = (Fault("token"), Fault("throttled"), Fault("server"), Fault("garbage"))
    platform = fake(1, Knobs(rate=0, faults=faults))
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        for error in (SignInAgain, Throttled, Transient, Transient):
            with pytest.raises(error):
                await FACEBOOK.fetch(context, {})
        assert news((await FACEBOOK.fetch(context, {})).items) == []


async def test_nobody_there_is_a_passing_fault() -> None:
    platform = fake(1)
    async with platform.serving():
        pass
    async with context_of(platform) as context:
        with pytest.raises(Transient):
            await FACEBOOK.fetch(context, {"live": LIVE})


# --- Check and replies -------------------------------------------------------------------------------


async def test_the_check_says_what_is_missing() -> None:
    platform = fake(2)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        checks = await FACEBOOK.probe(context)
        assert all(check.ok for check in checks)
        assert [c.code for c in checks] == [
            "signed_in",
            "scopes",
            "can_reply",
            "subscribed",
            "live_now",
        ]
        assert checks[-1].params == {"count": "2"}
        platform.subscribed = []
        platform.granted.remove("pages_manage_engagement")
        checks = await FACEBOOK.probe(context)
    assert [check.ok for check in checks] == [True, True, False, False, True]


async def one_comment(platform: FacebookFake) -> dict[str, str]:
    await platform.go_live()
    await platform.release()
    return {"comment_id": f"{LIVE}_{platform.external_id(platform.steps[0].comment)}"}


async def test_a_reply_stands_under_its_comment() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        ref = await one_comment(platform)
        sent = await FACEBOOK.reply(context, ref, "Жауап дайын", "key")
    assert sent.state is ReplyState.SENT
    assert sent.external_id
    assert platform.under == [(ref["comment_id"], "Жауап дайын")]


async def test_a_reply_that_was_created_and_refused_is_found_and_not_sent_again() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        ref = await one_comment(platform)
        platform.created_all_the_same = 1
        sent = await FACEBOOK.reply(context, ref, "Жауап  дайын\n", "key")
    assert sent.state is ReplyState.SENT
    assert sent.external_id
    assert len(platform.under) == 1
    posts = [a for a in platform.record.asked if a.method == "POST"]
    assert [a.status for a in posts] == [400]


async def test_where_looking_fails_too_a_person_must_look() -> None:
    platform = fake(1)
    platform.created_all_the_same = 1
    async with platform.serving(), context_of(platform) as context:
        ref = await one_comment(platform)
        platform.forbidden = {"message"}
        result = await FACEBOOK.reply(context, ref, "Жауап дайын", "key")
    assert result.state is ReplyState.UNKNOWN
    assert len(platform.under) == 1


async def test_a_clean_refusal_is_final_and_a_doubtful_one_is_unknown() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        ref = await one_comment(platform)
        platform.fail("gone")
        result = await FACEBOOK.reply(context, ref, "Жауап", "key")
        assert (result.state, result.code) == (ReplyState.REFUSED, "gone")
        platform.fail("server")
        result = await FACEBOOK.reply(context, ref, "Жауап", "key")
        assert result.state is ReplyState.UNKNOWN
    assert platform.under == []


async def test_a_throttled_reply_was_not_sent_and_may_be_tried_again() -> None:
    platform = fake(1, Knobs(rate=0, faults=(Fault("throttled"),)))
    async with platform.serving(), context_of(platform) as context:
        ref = await one_comment(platform)
        with pytest.raises(Throttled):
            await FACEBOOK.reply(context, ref, "Жауап", "key")
    assert platform.under == []


def test_the_comments_own_part_of_an_id() -> None:
    assert [comment_id(v) for v in ("9119_5", "5", 5, None, "1_2_3")] == ["5", "5", "5", "", "3"]
