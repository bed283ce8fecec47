"""WhatsApp: messages with and without a phone number, edits, and an answer while the day lasts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from streams.common import crypto
from streams.sources.connectors.base import ReplyState
from streams.sources.connectors.whatsapp.connector import WhatsAppConnector
from streams.sources.errors import BadSignature, NotUnderstood, SignInAgain, Throttled
from streams.sources.fakes import script
from streams.sources.fakes.knobs import Fault, Knobs
from streams.sources.fakes.whatsapp import WhatsAppFake
from streams.sources.inbound import TEXT_MAX_CHARS, Inbound, Op, Parsed
from tests.sources.calling import NOON, Clock, context_of, fixture

WHATSAPP = WhatsAppConnector()
SETTINGS = {"phone_number_id": "106540352242922"}


def parse(name: str) -> Parsed:
    return WHATSAPP.parse(SETTINGS, fixture(f"whatsapp/{name}.json"), NOON)


def only(name: str) -> Inbound:
    parsed = parse(name)
    assert len(parsed.items) == 1
    return parsed.items[0]


def fake(count: int = 6, knobs: Knobs | None = None) -> WhatsAppFake:
    texts = [f"Сұрақ {n}: қашан жауап бересіз?" for n in range(1, count + 1)]
    return WhatsAppFake(script.of(texts), knobs or Knobs(rate=0), now=Clock())


def pushed(platform: WhatsAppFake) -> tuple[Inbound, ...]:
    told = [c for h in platform.happened if (c := platform.change(h)) is not None]
    return WHATSAPP.parse(platform.settings(), platform.envelope(told), NOON).items


# --- Parsing -----------------------------------------------------------------------------------------


def test_a_message() -> None:
    message = only("text")
    assert (message.op, message.external_id) == (Op.NEW, "wamid.HBgL42")
    assert message.text == "Қайда өтініш беруге болады?"
    assert message.posted_at == datetime(2025, 11, 27, 8, 0, tzinfo=UTC)
    assert message.author.ext_id == "KZ.13491208655302741918"
    assert message.author.name == "Айгерім"


def test_nobodys_phone_number_is_part_of_the_author() -> None:
    for name in ("text", "phone_only", "username_only", "two_people"):
        for item in parse(name).items:
            assert "7701" not in repr(item.author)
            assert item.author.ext_id
    assert only("username_only").author.handle == "erlan_test"
    assert only("username_only").reply_ref["recipient"] == "KZ.13491208655302741919"
    assert "7701" not in repr(only("phone_only").reply_ref)
    assert crypto.unseal(only("phone_only").reply_ref["sealed_to"].encode()) == "77010000008"


def test_the_author_may_be_missing_altogether() -> None:
    message = only("missing_author")
    assert (message.author.ext_id, message.author.name) == ("", "")
    assert message.text == "Автор белгісіз"


def test_several_people_in_one_delivery_keep_their_names() -> None:
    assert [i.author.name for i in parse("two_people").items] == ["Айгерім", "Болат"]


def test_what_has_words_what_has_none_and_what_nobody_said() -> None:
    parsed = parse("kinds")
    assert [(i.external_id[-2:], i.text) for i in parsed.items] == [
        ("50", "Мына шұңқырды қараңыз"),
        ("51", ""),
        ("52", "Хочу задать вопрос"),
        ("53", "ЦОН"),
        ("54", ""),
    ]
    # One that WhatsApp itself calls unsupported, and one of a kind that nobody knows.
    assert parsed.not_understood == 2


def test_edit_and_revoke_name_the_message_they_are_about() -> None:
    edit, revoke = only("edit"), only("revoke")
    assert (edit.op, edit.external_id, edit.text) == (Op.EDIT, "wamid.HBgL42", "Қайда және қашан?")
    assert (revoke.op, revoke.external_id, revoke.text) == (Op.DELETE, "wamid.HBgL42", "")
    assert edit.reported_at is not None
    assert revoke.reported_at is not None
    assert edit.reported_at < revoke.reported_at
    assert only("edit_caption").text == "Түзетілген"


def test_a_quoted_message_is_its_parent() -> None:
    assert only("quoting").parent_id == "wamid.HBgL42"


@pytest.mark.parametrize("name", ["statuses", "other_number", "account_field"])
def test_what_is_not_said_to_this_number_is_left_alone(name: str) -> None:
    assert parse(name) == Parsed()


def test_texts_of_every_kind() -> None:
    items = parse("texts").items
    assert items[0].text == "👮🏽‍♂️🇰🇿"
    assert items[2].text == "<b>жирно</b>"
    assert len(items[3].text) == TEXT_MAX_CHARS
    assert items[4].text == "сынық � "


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"object":"page","entry":[]}', b'{"object":"whatsapp_business_account"}'],
)
def test_other_bodies_are_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        WHATSAPP.parse(SETTINGS, body, NOON)


def test_a_body_cut_short_anywhere_is_not_understood() -> None:
    body = fixture("whatsapp/text.json").rstrip()
    for end in range(len(body) - 1):
        with pytest.raises(NotUnderstood):
            WHATSAPP.parse(SETTINGS, body[:end], NOON)


@pytest.mark.parametrize(
    "message",
    [
        {"id": "1"},
        {"type": "text", "text": {"body": "x"}},
        {"id": "1", "type": {"a": 1}},
        {"id": "1", "type": "edit"},
        {"id": "1", "type": "revoke", "revoke": "x"},
    ],
)
def test_a_message_of_an_unknown_shape_is_counted(message: object) -> None:
    change = {"field": "messages", "value": {"messages": [message]}}
    envelope = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    assert WHATSAPP.parse(SETTINGS, json.dumps(envelope).encode(), NOON) == Parsed((), 1)


def test_one_flipped_bit_is_refused() -> None:
    platform = fake()
    body = fixture("whatsapp/text.json")
    headers = {name.lower(): value for name, value in platform.sign(body).items()}
    WHATSAPP.verify(platform.secrets(), headers, body, NOON)
    flipped = bytes((body[0] ^ 1, *body[1:]))
    with pytest.raises(BadSignature):
        WHATSAPP.verify(platform.secrets(), headers, flipped, NOON)


# --- The fake, check and replies ---------------------------------------------------------------------


async def test_an_evening_with_edits_and_revocations() -> None:
    platform = fake(60, Knobs(rate=0, edits=0.2, deletes=0.2, duplicates=0.1))
    async with platform.serving():
        await platform.go_live()
        await platform.release()
    items = pushed(platform)
    assert len(items) == len(platform.steps)
    assert [i.op for i in items] == [s.op for s in platform.steps]
    assert [i.external_id for i in items] == [
        platform.external_id(s.comment) for s in platform.steps
    ]
    assert {Op.NEW, Op.EDIT, Op.DELETE} == {i.op for i in items}


async def test_the_check_says_what_is_missing() -> None:
    platform = fake()
    async with platform.serving(), context_of(platform) as context:
        checks = await WHATSAPP.probe(context)
        assert [(c.code, c.ok) for c in checks] == [
            ("signed_in", True),
            ("scopes", True),
            ("subscribed", True),
        ]
        platform.subscribed = []
        platform.granted = []
        assert [c.ok for c in await WHATSAPP.probe(context)] == [True, False, False]


async def test_people_with_and_without_a_number_are_answered() -> None:
    platform = fake()
    async with platform.serving(), context_of(platform) as context:
        await platform.release()
        refs = [item.reply_ref for item in pushed(platform)]
        assert {max(ref.keys() - {"message_id"}) for ref in refs} == {"sealed_to", "recipient"}
        for ref in refs:
            sent = await WHATSAPP.reply(context, ref, "№57 қабылданды", "key")
            assert sent.state is ReplyState.SENT
            assert sent.external_id.startswith("wamid.")
    assert [r.ref for r in platform.record.replies] == [ref["message_id"] for ref in refs]


async def test_after_a_day_only_a_template_could_be_sent() -> None:
    platform = fake(1)
    clock = platform.now
    assert isinstance(clock, Clock)
    async with platform.serving(), context_of(platform) as context:
        await platform.release()
        ref = dict(pushed(platform)[0].reply_ref)
        clock.at += timedelta(hours=24)
        late = await WHATSAPP.reply(context, ref, "Жауап", "key")
        assert (late.state, late.code) == (ReplyState.EXPIRED, "window")
        assert platform.record.asked == []
        # The same where only WhatsApp knows when the person wrote.
        del ref["at"]
        late = await WHATSAPP.reply(context, ref, "Жауап", "key")
        assert (late.state, late.code) == (ReplyState.EXPIRED, "window")
        assert len(platform.record.replies) == 1


async def test_a_stranger_or_nobody_can_not_be_answered() -> None:
    platform = fake(1)
    async with platform.serving(), context_of(platform) as context:
        for ref in ({"recipient": "KZ.1", "message_id": "x"}, {"message_id": "x"}):
            result = await WHATSAPP.reply(context, ref, "Жауап", "key")
            assert (result.state, result.code) == (ReplyState.REFUSED, "unreachable")
        long = await WHATSAPP.reply(context, {"recipient": "KZ.1"}, "я" * 4097, "key")
        assert (long.state, long.code) == (ReplyState.REFUSED, "too_long")


async def test_what_was_not_sent_may_be_tried_again_and_what_may_have_been_is_unknown() -> None:
    platform = fake(1, Knobs(rate=0, faults=(Fault("throttled"), Fault("token"), Fault("server"))))
    async with platform.serving(), context_of(platform) as context:
        await platform.release()
        ref = pushed(platform)[0].reply_ref
        for error in (Throttled, SignInAgain):
            with pytest.raises(error):
                await WHATSAPP.reply(context, ref, "Жауап", "key")
        assert (await WHATSAPP.reply(context, ref, "Жауап", "key")).state is ReplyState.UNKNOWN
    assert platform.record.replies == []
