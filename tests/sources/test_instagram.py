"""Instagram Live: signed, read back with fewer and fewer rights, checked, one private reply while live."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from streams.sources.connectors.base import Context, ReplyState
from streams.sources.connectors.instagram.connector import InstagramConnector
from streams.sources.errors import BadSignature, NotLive, SignInAgain, Throttled
from streams.sources.fakes import script
from streams.sources.fakes.instagram import MEDIA, InstagramFake
from streams.sources.fakes.knobs import Fault, Knobs
from streams.sources.inbound import Op, Origin
from tests.sources.calling import NOON, Clock, context_of, fixture

INSTAGRAM = InstagramConnector()


def fake(count: int = 3, knobs: Knobs | None = None, **options: str) -> InstagramFake:
    texts = [f"Сұрақ {n}: қашан жауап бересіз?" for n in range(1, count + 1)]
    return InstagramFake(script.of(texts), knobs or Knobs(rate=0), options, now=Clock())


def test_what_the_fake_delivers_is_signed_and_one_flipped_bit_is_refused() -> None:
    platform = fake()
    body = platform.envelope([{"field": "live_comments", "value": {"id": "1", "text": "Ә/"}}])
    assert b"\\u04d8\\/" in body
    headers = {name.lower(): value for name, value in platform.sign(body).items()}
    INSTAGRAM.verify(platform.secrets(), headers, body, NOON)
    with pytest.raises(BadSignature):
        INSTAGRAM.verify(platform.secrets(), headers, body[:-1] + b"|", NOON)


# --- Reading back ------------------------------------------------------------------------------------


async def test_webhook_and_read_back_give_one_comment_the_same_id() -> None:
    platform = fake()
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        told = [c for h in platform.happened if (c := platform.change(h)) is not None]
        pushed = INSTAGRAM.parse(context.settings, platform.envelope(told), NOON).items
        batch = await INSTAGRAM.fetch(context, {})
    read = [i for i in batch.items if i.op is Op.NEW]
    assert {i.external_id for i in read} == {i.external_id for i in pushed}
    assert {i.external_id: (i.text, i.author, i.thread) for i in read} == {
        i.external_id: (i.text, i.author, i.thread) for i in pushed
    }
    assert batch.platform_count == 3
    # What is stored can be read again by the same parser.
    again = INSTAGRAM.parse(context.settings, batch.raw, NOON).items
    assert sorted(again, key=str) == sorted(read, key=str)


async def test_many_pages_are_read_until_what_is_known() -> None:
    platform = fake(120)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release(110)
        first = await INSTAGRAM.fetch(context, {})
        assert sum(i.op is Op.NEW for i in first.items) == 110
        assert sum("comments" in a.path for a in platform.record.asked) == 3
        assert isinstance(platform.now, Clock)
        platform.now.at += timedelta(minutes=1)
        await platform.release()
        second = await INSTAGRAM.fetch(context, first.cursor)
        assert sum(i.op is Op.NEW for i in second.items) == 10
        third = await INSTAGRAM.fetch(context, second.cursor)
        assert (third.items, third.raw) == ((), b"")


async def test_where_deliveries_get_lost_it_reads_back_more_often() -> None:
    platform = fake(20)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        waits = []
        for context.held in (0, 14, 15, 20):
            waits.append((await INSTAGRAM.fetch(context, {})).wait_s)
    assert waits == [5.0, 5.0, 15.0, 15.0]


async def test_before_during_and_after_the_broadcast() -> None:
    platform = fake(2)
    async with platform.serving(), context_of(platform) as context:
        with pytest.raises(NotLive):
            await INSTAGRAM.fetch(context, {})
        await platform.go_live()
        await platform.release()
        batch = await INSTAGRAM.fetch(context, {})
        assert [i.op for i in batch.items] == [Op.LIVE_STARTED, Op.NEW, Op.NEW]
        await platform.end()
        last = await INSTAGRAM.fetch(context, batch.cursor)
        assert [(i.op, i.thread) for i in last.items] == [(Op.LIVE_ENDED, MEDIA)]
        with pytest.raises(NotLive):
            await INSTAGRAM.fetch(context, last.cursor)


async def test_comments_from_before_the_reception_are_history() -> None:
    platform = fake(3, Knobs(rate=0, history=2))
    async with platform.serving(), context_of(platform, live_since=NOON) as context:
        await platform.go_live()
        await platform.release()
        batch = await INSTAGRAM.fetch(context, {})
    origins = sorted(i.origin for i in batch.items if i.op is Op.NEW)
    assert origins == [Origin.BACKFILL, Origin.BACKFILL, Origin.LIVE]


@pytest.mark.parametrize(
    ("forbidden", "has_name", "has_id"),
    [(set(), True, True), ({"from"}, True, False), ({"from", "username"}, False, False)],
)
async def test_fields_are_given_up_in_steps(
    forbidden: set[str], has_name: bool, has_id: bool
) -> None:
    platform = fake(1)
    platform.forbidden = forbidden
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        batch = await INSTAGRAM.fetch(context, {})
        comment = batch.items[-1]
        assert bool(comment.author.handle) is has_name
        assert bool(comment.author.ext_id) is has_id
        before = len(platform.record.asked)
        await INSTAGRAM.fetch(context, batch.cursor)
        # What was refused once isn't asked for again.
        assert len(platform.record.asked) == before + 2


async def test_without_even_the_text_a_person_must_sign_in_again() -> None:
    platform = fake(1)
    platform.forbidden = {"text"}
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        with pytest.raises(SignInAgain, match="permission"):
            await INSTAGRAM.fetch(context, {})


async def test_with_instagram_login_only_the_webhook_may_work_and_nobody_is_called() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == "graph.instagram.com"
        return httpx2.Response(400, content=fixture("instagram/error_permission.json"))

    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(refuse)) as http:
        settings = {"account_id": "1", "base_url": "https://graph.instagram.com"}
        context = Context(settings, {"access_token": "x"}, http, Clock(), sleep)
        with pytest.raises(NotLive, match="not_readable"):
            await INSTAGRAM.fetch(context, {})
    assert slept == [600.0]


async def test_a_dead_token_and_throttling() -> None:
    platform = fake(1, Knobs(rate=0, faults=(Fault("token"), Fault("throttled"))))
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        with pytest.raises(SignInAgain, match="token"):
            await INSTAGRAM.fetch(context, {})
        with pytest.raises(Throttled) as slower:
            await INSTAGRAM.fetch(context, {})
    assert slower.value.until == NOON + timedelta(seconds=2)


# --- Check -------------------------------------------------------------------------------------------


async def test_the_check_says_what_is_missing() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        checks = await INSTAGRAM.probe(context)
        assert [(c.code, c.ok) for c in checks] == [
            ("signed_in", True),
            ("scopes", True),
            ("can_reply", True),
            ("subscribed", True),
            ("live_now", True),
        ]
        platform.granted = ["instagram_basic", "pages_read_engagement"]
        platform.subscribed = ["comments"]
        await platform.end()
        checks = await INSTAGRAM.probe(context)
        assert [(c.code, c.ok) for c in checks] == [
            ("signed_in", True),
            ("scopes", False),
            ("can_reply", False),
            ("subscribed", False),
            ("live_now", False),
        ]
        assert checks[1].params == {"missing": "instagram_manage_comments"}
    # A token is never part of an address.
    assert not any("FAKE-ACCESS" in asked.path for asked in platform.record.asked)


async def test_the_check_of_a_dead_or_missing_token_is_an_answer_too() -> None:
    platform = fake(1)
    async with platform.serving():
        async with context_of(platform, secrets={"access_token": "old"}) as context:
            assert not any(check.ok for check in await INSTAGRAM.probe(context))
        async with context_of(platform, secrets={"access_token": "ескі"}) as context:
            assert [c.params["why"] for c in await INSTAGRAM.probe(context)] == ["no_token"]


# --- Replies -----------------------------------------------------------------------------------------


async def test_one_private_reply_for_each_comment() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        comment = platform.external_id(platform.steps[0].comment)
        ref = {"comment_id": comment, "media_id": MEDIA}
        sent = await INSTAGRAM.reply(context, ref, "№57 қабылданды", "key")
        assert sent.state is ReplyState.SENT
        assert sent.external_id
        again = await INSTAGRAM.reply(context, ref, "№57 қабылданды", "key")
        assert (again.state, again.code) == (ReplyState.REFUSED, "already_replied")
    assert [(r.ref, r.text, r.status) for r in platform.record.replies] == [
        (comment, "№57 қабылданды", 200),
        (comment, "№57 қабылданды", 400),
    ]


async def test_after_the_end_of_the_broadcast_a_reply_has_expired_and_is_not_tried_again() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        await platform.end()
        comment = platform.external_id(platform.steps[0].comment)
        late = await INSTAGRAM.reply(context, {"comment_id": comment}, "№57", "key")
    assert (late.state, late.code) == (ReplyState.EXPIRED, "live_over")
    assert len(platform.record.replies) == 1
    assert INSTAGRAM.capabilities.reply_while_live


async def test_a_reply_that_may_have_arrived_is_unknown() -> None:
    platform = fake(1, Knobs(rate=0, faults=(Fault("server"), Fault("garbage"))))
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        ref = {"comment_id": platform.external_id(platform.steps[0].comment)}
        for _ in range(2):
            assert (await INSTAGRAM.reply(context, ref, "№57", "k")).state is ReplyState.UNKNOWN


async def test_a_reply_that_was_certainly_not_sent_may_be_tried_again() -> None:
    platform = fake(1, Knobs(rate=0, faults=(Fault("throttled"),)))
    async with platform.serving(), context_of(platform) as context:
        await platform.go_live()
        await platform.release()
        with pytest.raises(Throttled):
            await INSTAGRAM.reply(context, {"comment_id": "1"}, "№57", "k")
        assert platform.record.replies == []


async def test_a_message_that_is_too_long_is_refused_before_it_is_sent() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        result = await INSTAGRAM.reply(context, {"comment_id": "1"}, "ң" * 501, "k")
    assert (result.state, result.code) == (ReplyState.REFUSED, "too_long")
    assert platform.record.asked == []
