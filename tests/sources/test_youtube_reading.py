"""YouTube's words: its messages and refusals, its stream cut anywhere, its day of quota."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streams.sources.connectors.youtube import client, parser, quota
from streams.sources.connectors.youtube.connector import YouTubeConnector
from streams.sources.connectors.youtube.elements import Elements
from streams.sources.errors import (
    Ended,
    NotLive,
    NotUnderstood,
    QuotaSpent,
    SignInAgain,
    SourceError,
    Throttled,
    Transient,
)
from streams.sources.inbound import Inbound, Op

FIXTURES = Path(__file__).parent / "fixtures" / "youtube"
NOW = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)


def said(name: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return answer


def only(name: str) -> Inbound:
    (item,) = parser.page(said(name), NOW).items
    return item


# --- The parser -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text_kk", "Қашан жауап береді? Өтінішім үшін ұзақ күттім, әлі хабар жоқ. Іс қайда?"),
        ("text_ru", "Когда откроют ЦОН?"),
        ("text_en", "When will the service centre open?"),
        ("text_emoji", "Рахмет 👍🏽👨‍👩‍👧 🇰🇿"),
        ("text_html", "<script>alert(1)</script><b>Қалай?</b>"),
        ("super_chat", "Жол қашан жөнделеді?"),
        ("super_chat_silent", ""),
        ("member_milestone", "Екі жылдан бері көремін, сұрақ бар"),
    ],
)
def test_words_are_taken_as_they_stand(name: str, text: str) -> None:
    item = only(name)
    assert (item.op, item.text) == (Op.NEW, text)
    assert item.posted_at == datetime(2026, 11, 20, 10, 0, 1, 123456, tzinfo=UTC)


def test_a_long_text_is_cut_to_what_is_kept() -> None:
    assert len(only("text_long").text) == 4000


def test_ids_are_strings_whatever_they_look_like() -> None:
    assert only("number_id").external_id == "9007199254740993"


def test_the_broadcaster_and_the_moderators_are_staff() -> None:
    assert only("owner").author.is_staff
    assert only("moderator").author.is_staff
    assert not only("text_ru").author.is_staff


def test_an_author_may_be_missing() -> None:
    author = only("no_author").author
    assert (author.ext_id, author.name) == ("UCtest0000000000000000001", "")


def test_what_was_deleted_or_retracted_is_taken_back() -> None:
    deleted, retracted = only("deleted"), only("retracted")
    assert (deleted.op, deleted.external_id) == (Op.DELETE, "LCC.EhwKGkNQ0001")
    assert deleted.reported_at == datetime(2026, 11, 20, 10, 1, 0, 500000, tzinfo=UTC)
    assert (retracted.op, retracted.external_id) == (Op.DELETE, "LCC.EhwKGkNQ0002")


def test_a_ban_names_the_author() -> None:
    banned = only("banned")
    assert (banned.op, banned.external_id, banned.author.ext_id) == (Op.AUTHOR_BAN, "", "UCtest2")


@pytest.mark.parametrize("name", ["tombstone", "new_sponsor", "empty"])
def test_what_is_no_message_is_passed_over(name: str) -> None:
    page = parser.page(said(name), NOW)
    assert (page.items, page.not_understood) == ((), 0)


@pytest.mark.parametrize("name", ["chat_ended", "offline"])
def test_the_end_is_seen(name: str) -> None:
    assert parser.page(said(name), NOW).has_ended


def test_an_unknown_type_is_counted_and_costs_nobody_else() -> None:
    page = parser.page(said("unknown_type"), NOW)
    assert (page.not_understood, [item.text for item in page.items]) == (1, ["Танысым"])


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_every_fixture_is_read_or_refused(path: Path) -> None:
    body = path.read_bytes()
    if path.stem.startswith("error_"):
        with pytest.raises(NotUnderstood):
            YouTubeConnector().parse({}, body, NOW)
    else:
        parsed = YouTubeConnector().parse({}, body, NOW)
        assert all(item.external_id or item.op is Op.AUTHOR_BAN for item in parsed.items)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("error_quota", QuotaSpent),
        ("error_rate", Throttled),
        ("error_ended", Ended),
        ("error_disabled", NotLive),
        ("error_not_found", NotLive),
        ("error_auth", SignInAgain),
        ("error_key", SignInAgain),
        ("error_backend", Transient),
        ("error_page_token", client.LostPlace),
    ],
)
def test_every_refusal_has_its_place_in_the_taxonomy(name: str, error: type[SourceError]) -> None:
    body = json.dumps(said(name)).encode()
    with pytest.raises(error):
        client.refuse(said(name)["error"]["code"], {}, body, NOW)
    # The stream wraps it into its array.
    with pytest.raises(error):
        client.refuse(said(name)["error"]["code"], {}, b"[" + body + b"]", NOW)


@pytest.mark.parametrize(
    "written",
    [
        "dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3s",
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://www.youtube.com/live/dQw4w9WgXcQ",
        "https://studio.youtube.com/video/dQw4w9WgXcQ/livestreaming",
    ],
)
def test_a_video_is_known_by_any_of_its_addresses(written: str) -> None:
    assert client.video_id(written) == "dQw4w9WgXcQ"


def test_what_is_no_video_is_none() -> None:
    assert client.video_id("https://www.youtube.com/@police") == ""


# --- The stream, cut anywhere ---------------------------------------------------------------------


def whole_stream() -> bytes:
    names = ("text_kk", "text_emoji", "text_rtl", "empty", "deleted", "text_zero_width")
    elements = [json.dumps(said(name), ensure_ascii=False, indent=1) for name in names]
    return ("[" + ",\r\n".join(elements) + "\n]").encode()


def items_of(pieces: list[bytes]) -> list[Inbound]:
    elements = Elements()
    return [
        item
        for piece in pieces
        for answer, _ in elements.feed(piece)
        for item in parser.page(answer, NOW).items
    ]


def test_the_stream_split_at_every_byte_gives_the_same_items() -> None:
    stream = whole_stream()
    expected = items_of([stream])
    assert [item.op for item in expected] == [Op.NEW, Op.NEW, Op.NEW, Op.DELETE, Op.NEW]
    for at in range(len(stream) + 1):
        assert items_of([stream[:at], stream[at:]]) == expected, at


def test_the_stream_byte_by_byte_gives_the_same_items() -> None:
    stream = whole_stream()
    assert items_of([bytes([byte]) for byte in stream]) == items_of([stream])


def test_a_truncated_stream_gives_what_was_whole_and_nothing_else() -> None:
    stream = whole_stream()
    expected = items_of([stream])
    for at in range(len(stream)):
        found = items_of([stream[:at]])
        assert found == expected[: len(found)]


def test_the_text_of_an_element_reads_to_the_same_items() -> None:
    for answer, text in Elements().feed(whole_stream()):
        parsed = YouTubeConnector().parse({}, text.encode(), NOW)
        assert parsed.items == parser.page(answer, NOW).items


@pytest.mark.parametrize("body", [b"<html>", b"[1", b'["a"', b"null"])
def test_what_is_no_stream_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        Elements().feed(body)


def test_a_broken_byte_spoils_its_own_letter_only() -> None:
    body = json.dumps(said("text_ru"), ensure_ascii=False).encode().replace("Ц".encode(), b"\xff")
    ((answer, _),) = Elements().feed(b"[" + body)
    assert parser.page(answer, NOW).items[0].text == "Когда откроют \ufffdОН?"


# --- The allowance --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "renewed"),
    [
        # Winter: eight hours behind.
        ("2026-11-23T04:00:00Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z"),
        # Summer: seven.
        ("2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z"),
        # 8 March 2026, clocks go forward: that day has 23 hours.
        ("2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z"),
        # 1 November 2026, clocks go back: that day has 25.
        ("2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"),
        ("2026-11-01T08:30:00Z", "2026-11-02T08:00:00Z"),
    ],
)
def test_the_allowance_is_renewed_at_midnight_in_los_angeles(now: str, renewed: str) -> None:
    moment = datetime.fromisoformat(now)
    assert quota.renewed_at(moment) == datetime.fromisoformat(renewed)
    until = quota.renewed_at(moment)
    assert quota.day(until - timedelta(microseconds=1)) == quota.day(moment)
    assert quota.day(until) == quota.day(moment) + timedelta(days=1)


def test_days_of_23_and_25_hours() -> None:
    spring = datetime(2026, 3, 8, 8, tzinfo=UTC)
    autumn = datetime(2026, 11, 1, 7, tzinfo=UTC)
    assert quota.renewed_at(spring) - spring == timedelta(hours=23)
    assert quota.renewed_at(autumn) - autumn == timedelta(hours=25)
