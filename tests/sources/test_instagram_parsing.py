"""What Instagram delivers, in both envelopes, and what a stranger may put into them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from streams.sources.connectors.instagram.connector import InstagramConnector
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import TEXT_MAX_CHARS, Inbound, Op, Parsed
from tests.sources.calling import NOON, fixture

INSTAGRAM = InstagramConnector()
SETTINGS = {"account_id": "17841400000000001"}


def parse(name: str) -> Parsed:
    return INSTAGRAM.parse(SETTINGS, fixture(f"instagram/{name}.json"), NOON)


def only(name: str) -> Inbound:
    parsed = parse(name)
    assert len(parsed.items) == 1
    return parsed.items[0]


def test_both_envelopes_tell_the_same_comment() -> None:
    comment = only("live_comment")
    assert comment == only("live_comment_instagram_login")
    assert (comment.op, comment.external_id) == (Op.NEW, "17900000000000042")
    assert comment.text == "Қайда өтініш беруге болады?"
    assert comment.author.ext_id == "1780000000000007"
    assert comment.author.handle == "aigerim_test"
    assert not comment.author.is_staff
    assert comment.thread == "17890000000000009"
    # Instagram tells no time of the comment: this is when Meta sent it.
    assert comment.posted_at == datetime(2025, 11, 27, 8, 0, tzinfo=UTC)
    assert comment.reply_ref["comment_id"] == "17900000000000042"


def test_a_batch_of_all_kinds_of_texts() -> None:
    parsed = parse("batch")
    assert [i.external_id[-3:] for i in parsed.items] == ["101", "102", "103", "104", "105"]
    texts = [i.text for i in parsed.items]
    assert texts[0].endswith("Ә Ғ Қ Ң Ө Ұ Ү Һ І")
    assert texts[2].startswith("👮🏽‍♂️🇰🇿")
    # Kept as typed; pages escape, and the intake takes marks out that turn the writing round.
    assert texts[4] == "<b>Не тег</b> &amp; <script>alert(1)</script>"
    assert parsed.not_understood == 0


def test_our_own_account_is_staff_and_gets_no_reply() -> None:
    own = parse("own_account").items
    assert [i.author.is_staff for i in own] == [True, True]
    assert [dict(i.reply_ref) for i in own] == [{}, {}]


def test_an_answer_to_a_comment_names_it() -> None:
    assert only("reply_to_a_comment").parent_id == "17900000000000001"


def test_the_author_and_the_text_may_be_missing() -> None:
    assert only("missing_author").author.ext_id == ""
    assert only("missing_author").text == "Авторы жоқ сұрақ"
    assert only("no_text").text == ""


def test_a_long_text_is_cut_and_the_raw_delivery_holds_the_rest() -> None:
    assert len(only("long_text").text) == TEXT_MAX_CHARS


def test_ids_beyond_two_to_the_53_stay_exact() -> None:
    comment = only("big_id_as_number")
    assert (comment.external_id, comment.author.ext_id) == (
        "9223372036854775807",
        "9007199254740993",
    )
    assert parse("float_id") == Parsed((), 1)


def test_halves_of_characters_and_nul_are_made_storable() -> None:
    text = only("lone_surrogate").text
    assert text == "бұзылған � таңба  соңы"
    text.encode()


def test_comments_under_posts_and_messages_are_none_of_our_business() -> None:
    assert parse("post_comment") == Parsed()
    assert parse("message_event") == Parsed()


def test_a_field_we_do_not_know_is_counted_and_the_rest_is_read() -> None:
    parsed = parse("unknown_field")
    assert [i.external_id for i in parsed.items] == ["17900000000000051"]
    assert parsed.not_understood == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"x"',
        b'{"object":"page","entry":[]}',
        b'{"object":"instagram"}',
        b'{"object":"instagram","entry":[{"id":"1","changes":[{"field":"live_comments","value":"\xff"}]}]}',
    ],
)
def test_other_bodies_are_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        INSTAGRAM.parse(SETTINGS, body, NOON)


def test_a_body_cut_short_anywhere_is_not_understood() -> None:
    body = fixture("instagram/batch.json").rstrip()
    for end in range(len(body) - 1):
        with pytest.raises(NotUnderstood):
            INSTAGRAM.parse(SETTINGS, body[:end], NOON)


@pytest.mark.parametrize("value", [None, 5, "x", [], [[]], {"id": None}, {"id": {}}, {"from": 5}])
def test_a_comment_of_an_unknown_shape_is_counted(value: object) -> None:
    change = {"field": "live_comments", "value": value}
    body = json.dumps({"object": "instagram", "entry": [{"id": "1", "changes": [change]}]}).encode()
    assert INSTAGRAM.parse(SETTINGS, body, NOON) == Parsed((), 1)
