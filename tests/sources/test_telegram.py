"""Telegram: confirmed only when stored, two readers, limits, webhook, against a real server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streams.sources.connectors.base import Batch, Context, Poll, Push, Replier, ReplyState
from streams.sources.connectors.telegram import parser
from streams.sources.connectors.telegram.connector import TelegramConnector
from streams.sources.errors import (
    BadSignature,
    NotLive,
    NotUnderstood,
    SignInAgain,
    SourceError,
    TakenElsewhere,
    Throttled,
    Transient,
)
from streams.sources.fakes import script
from streams.sources.fakes.knobs import Knobs
from streams.sources.fakes.telegram import SECRET, TOKEN, TelegramFake
from streams.sources.inbound import Inbound, Op, Origin
from tests.sources.calls import Watch, calling, context_for

FIXTURES = Path(__file__).parent / "fixtures" / "telegram"
NOW = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)
TELEGRAM = TelegramConnector()


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def only(name: str) -> Inbound:
    (item,) = TELEGRAM.parse({}, raw(name), NOW).items
    return item


# --- The parser -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        (
            "private_kk",
            "Жол апатынан кейін құжатты қайдан алуға болады? Әкем үшін сұраймын, өтінемін.",
            "kk",
        ),
        ("private_ru", "Когда примут заявление?", "ru"),
        ("private_en", "Where can I get the certificate?", "en"),
        ("private_emoji", "Рахмет 👍🏽👨‍👩‍👧 🇰🇿", "kk"),
        ("photo_caption", "Мына шұңқыр қашан жөнделеді?", "kk"),
        ("command_ask", "Қашан ашылады?", "kk"),
    ],
)
def test_words_are_taken_as_they_stand(name: str, text: str, language: str) -> None:
    item = only(name)
    assert (item.op, item.text, item.language) == (Op.NEW, text, language)
    assert item.posted_at == datetime(2025, 11, 27, 8, 0, tzinfo=UTC)


def test_ids_are_strings_of_any_length() -> None:
    item = only("private_kk")
    assert item.external_id == "9007199254740993:55"
    assert (item.author.ext_id, item.author.name) == ("9007199254740993", "Тест Тестұлы")
    assert item.author.handle == "@t"


def test_a_comment_under_a_post_knows_its_thread() -> None:
    item = only("discussion_group")
    assert (item.thread, item.parent_id) == ("40", "-1001000000001:40")


def test_an_edit_says_when() -> None:
    item = only("edited")
    assert (item.op, item.external_id) == (Op.EDIT, "-1001000000001:55")
    assert item.reported_at == datetime(2025, 11, 27, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "photo", "sticker", "command_start", "channel_post_forward", "my_chat_member",
        "video_chat_started", "video_chat_ended", "get_updates_empty",
    ],
)  # fmt: skip
def test_what_is_no_question_is_passed_over(name: str) -> None:
    parsed = TELEGRAM.parse({}, raw(name), NOW)
    assert (parsed.items, parsed.not_understood) == ((), 0)


def test_administrators_and_bots_are_staff_and_a_channel_is_a_person() -> None:
    assert only("anonymous_admin").author.is_staff
    assert only("other_bot").author.is_staff
    channel = only("as_channel").author
    assert (channel.ext_id, channel.is_staff) == ("-1001000000077", False)


def test_an_author_may_be_missing() -> None:
    assert only("no_author").author.ext_id == ""


def test_other_chats_are_left_alone() -> None:
    settings = {"chats": "-1001000000001, 5"}
    assert TELEGRAM.parse(settings, raw("group"), NOW).items
    assert not TELEGRAM.parse(settings, raw("private_kk"), NOW).items


def test_an_unknown_update_is_counted() -> None:
    assert TELEGRAM.parse({}, raw("unknown_update"), NOW).not_understood == 1


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_every_fixture_is_read(path: Path) -> None:
    parsed = TELEGRAM.parse({}, path.read_bytes(), NOW)
    assert all(item.text and item.external_id for item in parsed.items)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"ok":true}', b'{"update_id":', b"\xff\xfe"])
def test_what_is_no_update_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        TELEGRAM.parse({}, body, NOW)


# --- The webhook ----------------------------------------------------------------------------------


def test_a_delivery_is_believed_by_its_secret_only() -> None:
    header = "x-telegram-bot-api-secret-token"
    TELEGRAM.verify({"secret_token": SECRET}, {header: SECRET}, b"{}", NOW)
    for secrets, headers in (
        ({"secret_token": SECRET}, {}),
        ({"secret_token": SECRET}, {header: SECRET[:-1] + "m"}),
        ({}, {header: ""}),
        ({"secret_token": SECRET}, {header: "ключ\udcff"}),
    ):
        with pytest.raises(BadSignature):
            TELEGRAM.verify(secrets, headers, b"{}", NOW)


def test_the_connector_takes_every_road() -> None:
    assert isinstance(TELEGRAM, Poll)
    assert isinstance(TELEGRAM, Push)
    assert isinstance(TELEGRAM, Replier)


# --- Against the fake -----------------------------------------------------------------------------


def fake(count: int = 10, options: Mapping[str, str] | None = None, **knobs: Any) -> TelegramFake:
    texts = (f"Сұрақ № {n}: қашан?" for n in range(1, count + 1))
    return TelegramFake(script.of(texts), Knobs(**{"rate": 0, "poll_s": 0.02, **knobs}), options)


async def listen(context: Context, cursor: Mapping[str, Any], rounds: int) -> list[Batch]:
    batches = []
    for _ in range(rounds):
        batches.append(await TELEGRAM.fetch(context, cursor))
        cursor = batches[-1].cursor
    return batches


def ids(batches: list[Batch]) -> list[str]:
    return [item.external_id for batch in batches for item in batch.items]


async def test_what_is_not_stored_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner died before it saved the cursor: the same offset brings the same updates."""
    telegram = fake(5)
    async with calling(monkeypatch, telegram) as context:
        await telegram.release()
        first = await listen(context, {}, 1)
        again = await listen(context, {}, 1)
        after = await listen(context, again[-1].cursor, 1)
    assert (
        ids(first)
        == ids(again)
        == [telegram.external_id(c.step.comment) for c in telegram.happened]
    )
    assert after[0].items == ()
    assert json.loads(first[0].raw)["ok"] is True
    assert TELEGRAM.parse({}, first[0].raw, first[0].items[0].received_at).items == first[0].items


async def test_a_crowd_comes_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    telegram = fake(250, edits=0.1, reorder=0.1)
    async with calling(monkeypatch, telegram) as context:
        await telegram.release()
        batches = await listen(context, {}, 4)
    new = [item.external_id for b in batches for item in b.items if item.op is Op.NEW]
    assert sorted(new) == sorted(
        telegram.external_id(c.comment) for c in telegram.steps if c.op is Op.NEW
    )
    assert any(item.op is Op.EDIT for b in batches for item in b.items)


async def test_a_private_chat_is_another_chat_for_each_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telegram = fake(6, {"where": "private"})
    async with calling(monkeypatch, telegram) as context:
        await telegram.release()
        items = (await listen(context, {}, 1))[0].items
    assert {item.external_id.partition(":")[0] for item in items} == {
        i.author.ext_id for i in items
    }


async def test_what_waited_since_before_the_reception_is_history(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    telegram = fake(3, history=2)
    async with calling(
        monkeypatch, telegram, live_since=telegram.now() - timedelta(minutes=1)
    ) as c:
        await telegram.go_live()
        await telegram.release()
        items = (await listen(c, {}, 1))[0].items
    assert [item.origin for item in items] == [Origin.BACKFILL, Origin.BACKFILL, Origin.LIVE]


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("conflict", TakenElsewhere, "taken_elsewhere"),
        ("webhook", TakenElsewhere, "taken_elsewhere"),
        ("token", SignInAgain, "token"),
        ("server", Transient, "server"),
    ],
)
async def test_trouble_has_a_name(
    monkeypatch: pytest.MonkeyPatch, kind: str, error: type[SourceError], code: str
) -> None:
    telegram = fake(1)
    async with calling(monkeypatch, telegram) as context:
        telegram.fail(kind)
        with pytest.raises(error) as refused:
            await listen(context, {}, 1)
        assert refused.value.code == code
        await telegram.release()
        assert len(ids(await listen(context, {}, 1))) == 1


async def test_slower_means_as_long_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    telegram, watch = fake(1, retry_after_s=7), Watch(NOW)
    async with calling(monkeypatch, telegram, watch=watch) as context:
        telegram.fail("throttled", 2)
        with pytest.raises(Throttled) as fetching:
            await listen(context, {}, 1)
        with pytest.raises(Throttled) as replying:
            await TELEGRAM.reply(context, {"chat_id": "5", "message_id": "1"}, "Рахмет", "k")
    assert fetching.value.until == replying.value.until == NOW + timedelta(seconds=7)
    assert telegram.record.replies == []


async def test_no_token_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"base_url": "http://127.0.0.1:9"}
    for token in ("", "no token", f"{TOKEN}/../x"):
        async with context_for(monkeypatch, values, {"bot_token": token}) as context:
            with pytest.raises(SignInAgain):
                await TELEGRAM.fetch(context, {})


async def test_no_error_shows_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    async with context_for(
        monkeypatch, {"base_url": "http://127.0.0.1:9"}, {"bot_token": TOKEN}
    ) as context:
        with pytest.raises(Transient) as failed:
            await TELEGRAM.fetch(context, {})
    assert TOKEN not in f"{failed.value!r} {failed.value.__cause__!r} {context!r}"


async def test_with_a_webhook_nothing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    telegram = fake(1)
    async with calling(monkeypatch, telegram, transport="webhook") as context:
        with pytest.raises(NotLive):
            await listen(context, {}, 1)
    assert telegram.record.asked == []


async def test_an_answer_goes_to_the_asker(monkeypatch: pytest.MonkeyPatch) -> None:
    telegram = fake(1)
    async with calling(monkeypatch, telegram) as context:
        await telegram.release()
        ((item,),) = [b.items for b in await listen(context, {}, 1)]
        sent = await TELEGRAM.reply(context, item.reply_ref, "Қабылданды № 7", "k1")
        long = await TELEGRAM.reply(context, item.reply_ref, "а" * 4097, "k2")
        telegram.fail("blocked")
        blocked = await TELEGRAM.reply(context, item.reply_ref, "Рахмет", "k3")
        telegram.fail("server")
        unsure = await TELEGRAM.reply(context, item.reply_ref, "Рахмет", "k4")
    assert sent.state is ReplyState.SENT
    assert [(r.ref, r.text) for r in telegram.record.replies] == [
        (item.external_id, "Қабылданды № 7")
    ]
    assert (long.state, long.code) == (ReplyState.REFUSED, "too_long")
    assert (blocked.state, blocked.code) == (ReplyState.REFUSED, "blocked")
    assert unsure.state is ReplyState.UNKNOWN


async def test_the_check_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    telegram = fake(1)
    async with calling(monkeypatch, telegram) as context:
        checks = await TELEGRAM.probe(context)
        telegram.fail("token")
        stranger = await TELEGRAM.probe(context)
    assert [(c.code, c.ok) for c in checks] == [
        ("signed_in", True), ("sees_groups", True), ("no_webhook", True),
    ]  # fmt: skip
    assert [(c.code, c.ok) for c in stranger] == [("signed_in", False)]


def test_the_highest_number_is_confirmed() -> None:
    assert parser.last_update([{"update_id": 3}, {"update_id": 9}, {}]) == 9
    assert parser.last_update([]) is None
