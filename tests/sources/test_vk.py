"""VK: the long poll and its three failures, gaps read back, callbacks, names, replies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streams.sources.connectors.base import (
    Batch,
    Context,
    HttpAnswer,
    Poll,
    Push,
    Replier,
    ReplyState,
)
from streams.sources.connectors.vk.connector import VkConnector
from streams.sources.errors import (
    BadSignature,
    NotLive,
    NotUnderstood,
    SignInAgain,
    SourceError,
    Throttled,
    Transient,
)
from streams.sources.fakes import script
from streams.sources.fakes.knobs import Knobs
from streams.sources.fakes.vk import CONFIRMATION, FIRST_COMMENT, SECRET, VkFake
from streams.sources.inbound import Inbound, Op
from tests.sources.calls import Watch, calling, context_for

FIXTURES = Path(__file__).parent / "fixtures" / "vk"
NOW = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)
SETTINGS = {"group_id": "1", "video": "https://vk.com/video-1_456"}
ON = {"secret": SECRET, "confirmation": CONFIRMATION}


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def only(name: str) -> Inbound:
    (item,) = VkConnector().parse(SETTINGS, raw(name), NOW).items
    return item


# --- The parser -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("new_kk", "Қоғамдық тәртіп бойынша өтінішім қайда? Әлі жауап жоқ, өтінемін."),
        ("new_ru", "Вопрос: когда откроют участок?"),
        ("new_emoji", "Рахмет 👍🏽👨‍👩‍👧 🇰🇿"),
        ("new_html", "<b>Қалай?</b> [id42|Тест], &amp; &lt;br&gt;"),
        ("restore", "Вопрос: когда откроют участок?"),
    ],
)
def test_words_are_taken_as_they_stand(name: str, text: str) -> None:
    item = only(name)
    assert (item.op, item.external_id, item.text) == (Op.NEW, "-1_456_77", text)
    assert item.posted_at == datetime(2025, 11, 27, 8, 0, tzinfo=UTC)
    assert item.author.ext_id == "42"


def test_a_long_text_is_cut_to_what_is_kept() -> None:
    assert len(only("new_long").text) == 4000


def test_ids_are_strings_whatever_their_length() -> None:
    item = only("new_big_id")
    assert (item.external_id, item.author.ext_id) == (
        "-1_456_9007199254740993",
        "9007199254740995",
    )


def test_edits_and_deletes_name_the_same_comment() -> None:
    assert (only("edit").op, only("edit").external_id) == (Op.EDIT, "-1_456_77")
    assert (only("delete").op, only("delete").external_id) == (Op.DELETE, "-1_456_77")


def test_a_reply_knows_its_parent() -> None:
    assert only("reply").parent_id == "-1_456_70"


def test_the_broadcasting_community_is_staff_another_is_not() -> None:
    assert only("by_community").author.is_staff
    assert not only("by_other_community").author.is_staff


def test_other_videos_and_other_events_are_none_of_ours() -> None:
    for name in ("other_video", "other_event"):
        parsed = VkConnector().parse(SETTINGS, raw(name), NOW)
        assert (parsed.items, parsed.not_understood) == ((), 0)
    assert VkConnector().parse({}, raw("other_video"), NOW).items


def test_a_comment_without_a_number_is_counted() -> None:
    assert VkConnector().parse(SETTINGS, raw("broken"), NOW).not_understood == 1


def test_names_come_beside_the_events() -> None:
    first, second, gone = VkConnector().parse(SETTINGS, raw("long_poll"), NOW).items
    assert (first.author.name, first.author.handle) == ("Айгерім Тест", "@aigerim_test")
    assert (second.author.name, second.author.ext_id) == ("", "43")
    assert gone.op is Op.DELETE


def test_a_list_of_comments_gives_the_same_ids() -> None:
    asked, own = VkConnector().parse(SETTINGS, raw("get_comments"), NOW).items
    told = VkConnector().parse(SETTINGS, raw("long_poll"), NOW).items[0]
    assert asked == told
    assert own.author.is_staff


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_every_fixture_is_read(path: Path) -> None:
    parsed = VkConnector().parse(SETTINGS, path.read_bytes(), NOW)
    assert all(item.external_id.startswith("-1_456_") for item in parsed.items)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ts":1}', b'{"type":', b"\xff"])
def test_what_is_no_event_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        VkConnector().parse({}, body, NOW)


# --- Callbacks ------------------------------------------------------------------------------------


def test_the_address_is_confirmed_and_events_are_answered_ok() -> None:
    vk = VkConnector()
    confirmed = vk.handshake(ON, "POST", {}, raw("confirmation"))
    assert confirmed == HttpAnswer(200, CONFIRMATION.encode())
    assert vk.handshake(ON, "POST", {}, raw("new_ru")) is None
    assert vk.handshake({}, "POST", {}, raw("confirmation")) is None
    assert vk.answer(vk.parse(SETTINGS, raw("new_ru"), NOW)) == HttpAnswer(200, b"ok")


def test_an_event_is_believed_by_its_secret_only() -> None:
    vk = VkConnector()
    vk.verify(ON, {}, raw("new_ru"), NOW)
    bent = raw("new_ru").replace(SECRET.encode(), SECRET[:-1].encode() + b"u")
    for secrets, body in ((ON, bent), ({}, raw("new_ru")), (ON, b"{}"), (ON, b"\xff")):
        with pytest.raises(BadSignature):
            vk.verify(secrets, {}, body, NOW)


def test_the_connector_takes_every_road() -> None:
    vk: object = VkConnector()
    assert all(isinstance(vk, road) for road in (Poll, Push, Replier))


# --- Against the fake -----------------------------------------------------------------------------


def fake(count: int = 10, **knobs: Any) -> VkFake:
    texts = (f"Сұрақ № {n}: қашан?" for n in range(1, count + 1))
    return VkFake(script.of(texts), Knobs(**{"rate": 0, "poll_s": 0.02, **knobs}))


async def listen(
    context: Context, cursor: Mapping[str, Any], rounds: int, vk: VkConnector | None = None
) -> list[Batch]:
    vk = vk or VkConnector()
    batches: list[Batch] = []
    for _ in range(rounds):
        batches.append(await vk.fetch(context, cursor))
        cursor = batches[-1].cursor
    return batches


def ids(batches: list[Batch]) -> list[str]:
    return [item.external_id for batch in batches for item in batch.items]


async def test_all_of_a_broadcast_arrives_with_names(monkeypatch: pytest.MonkeyPatch) -> None:
    community = fake(250, edits=0.05, deletes=0.05, early_deletes=0.02, duplicates=0.05)
    vk = VkConnector()
    async with calling(monkeypatch, community) as context:
        first = await listen(context, {}, 1, vk)
        await community.release()
        batches = await listen(context, first[-1].cursor, 6, vk)
    told = [(s.op, community.external_id(s.comment)) for s in community.steps]
    assert [(i.op, i.external_id) for b in batches for i in b.items] == told
    assert all(i.author.name for b in batches for i in b.items if i.op is Op.NEW)
    # Names are asked for once, the long poll's address once.
    calls = [asked.path for asked in community.record.asked if asked.path != "/wh1"]
    assert calls.count("/method/groups.getLongPollServer") == 1
    assert calls.count("/method/users.get") <= 3
    again = VkConnector().parse(SETTINGS | {"video": ""}, batches[0].raw, NOW).items
    assert [i.author.name for i in again] == [i.author.name for i in batches[0].items]


async def test_what_is_not_stored_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    community = fake(5)
    async with calling(monkeypatch, community) as context:
        start = (await listen(context, {}, 1))[-1].cursor
        await community.release()
        first, again = await listen(context, start, 1), await listen(context, start, 1)
    assert ids(first) == ids(again)
    assert len(ids(first)) == 5


async def test_failed_2_takes_a_new_key_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    community, vk = fake(6), VkConnector()
    async with calling(monkeypatch, community) as context:
        cursor = (await listen(context, {}, 1, vk))[-1].cursor
        await community.release(3)
        community.fail("failed2")
        batches = await listen(context, cursor, 2, vk)
    assert len(ids(batches)) == 3
    assert [batch.gap_from for batch in batches] == [None, None]


@pytest.mark.parametrize("kind", ["failed1", "failed3"])
async def test_a_gap_is_read_back_from_the_list(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    community, vk = fake(240), VkConnector()
    async with calling(monkeypatch, community) as context:
        cursor = (await listen(context, {}, 1, vk))[-1].cursor
        await community.release(5)
        seen = await listen(context, cursor, 1, vk)
        await community.release()
        community.fail(kind)
        filled, after = await listen(context, seen[-1].cursor, 2, vk)
    assert filled.gap_from is None
    assert after.items == ()
    assert set(ids([*seen, filled])) == {community.external_id(s.comment) for s in community.steps}


@pytest.mark.parametrize("kind", ["failed1", "failed3"])
async def test_a_gap_that_nobody_can_read_back_is_said(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    community, vk, watch = fake(8), VkConnector(), Watch(NOW)
    async with calling(monkeypatch, community, watch=watch) as context:
        context.secrets = {**context.secrets, "user_token": ""}
        cursor = (await listen(context, {}, 1, vk))[-1].cursor
        watch.at = NOW + timedelta(minutes=3)
        await community.release()
        community.fail(kind)
        lost, after = await listen(context, cursor, 2, vk)
    assert lost.gap_from == NOW
    assert after.items == ()


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("throttled", Throttled, "slower"),
        ("quota", Throttled, "slower"),
        ("token", SignInAgain, "token"),
        ("permission", SignInAgain, "permission"),
        ("server", Transient, "server"),
    ],
)
async def test_trouble_has_a_name(
    monkeypatch: pytest.MonkeyPatch, kind: str, error: type[SourceError], code: str
) -> None:
    community = fake(1)
    async with calling(monkeypatch, community) as context:
        community.fail(kind)
        with pytest.raises(error) as refused:
            await listen(context, {}, 1)
    assert refused.value.code == code


async def test_a_comment_without_its_authors_name_is_still_a_comment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    community, vk = fake(2), VkConnector()
    async with calling(monkeypatch, community) as context:
        cursor = (await listen(context, {}, 1, vk))[-1].cursor
        await community.release()
        community.fail("token")
        items = (await listen(context, cursor, 1, vk))[0].items
    assert [(bool(item.text), item.author.name) for item in items] == [(True, ""), (True, "")]


async def test_with_callbacks_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"base_url": "http://127.0.0.1:9", "transport": "callback"}
    async with context_for(monkeypatch, values, {"group_token": "x"}) as context:
        with pytest.raises(NotLive):
            await VkConnector().fetch(context, {})


async def test_one_answer_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    community, vk = fake(1), VkConnector()
    async with calling(monkeypatch, community) as context:
        cursor = (await listen(context, {}, 1, vk))[-1].cursor
        await community.release()
        ((item,),) = [b.items for b in await listen(context, cursor, 1, vk)]
        community.fail("server")
        sent = await vk.reply(context, item.reply_ref, "Қабылданды № 7", "key-1")
        twice = await vk.reply(context, item.reply_ref, "Қабылданды № 7", "key-1")
        community.fail("server", 2)
        unsure = await vk.reply(context, item.reply_ref, "Рахмет", "key-2")
        long = await vk.reply(context, item.reply_ref, "а" * 4001, "key-3")
        context.secrets = {"group_token": "x"}
        unsigned = await vk.reply(context, item.reply_ref, "Рахмет", "key-4")
    assert sent == twice
    assert (sent.state, sent.external_id) == (ReplyState.SENT, f"-1_456239017_{FIRST_COMMENT * 2}")
    assert [(r.ref, r.text) for r in community.record.replies] == [
        (item.external_id, "Қабылданды № 7")
    ]
    assert unsure.state is ReplyState.UNKNOWN
    assert (long.code, unsigned.code) == ("too_long", "no_token")


async def test_the_check_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    community, vk = fake(1), VkConnector()
    async with calling(monkeypatch, community) as context:
        checks = await vk.probe(context)
        context.secrets = {"group_token": "x"}
        stranger = await vk.probe(context)
    assert [check.code for check in checks] == [
        "signed_in", "subscribed", "broadcast_found", "can_reply",
    ]  # fmt: skip
    assert all(check.ok for check in checks)
    assert [(c.code, c.ok) for c in stranger] == [("signed_in", False)]


async def test_a_callback_arrives_whatever_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fake delivers is what the parser reads from the long poll."""
    community, vk = fake(3), VkConnector()
    async with calling(monkeypatch, community) as context:
        cursor = (await listen(context, {}, 1, vk))[-1].cursor
        await community.release()
        polled = (await listen(context, cursor, 1, vk))[0]
    events = json.loads(polled.raw)["updates"]
    for event, item in zip(events, polled.items, strict=True):
        body = json.dumps(event).encode()
        vk.verify(community.secrets(), {}, body, NOW)
        (delivered,) = vk.parse(community.settings(), body, item.received_at).items
        assert delivered.external_id == item.external_id
        assert delivered.text == item.text
