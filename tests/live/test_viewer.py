"""The public's door: strangers say anything, and nobody else notices."""

from __future__ import annotations

import asyncio
import json

import pytest
from django.db import OperationalError
from pytest_django import Settings

from streams.live import conversation, directory
from streams.receptions.models import Reception
from tests.cast import ask
from tests.live.stage import PlainScreen, Socket, do, sockets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("house")]


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://localhost", "http://localhost:8000.evil.example", "null", ""],
)
async def test_a_foreign_page_is_refused_in_the_handshake(
    reception: Reception, origin: str
) -> None:
    socket = Socket(f"/ws/plain/{reception.no}/", origin=origin)
    assert not await socket.knock()
    await socket.wire.wait()


async def test_who_hides_their_origin_is_refused(reception: Reception) -> None:
    socket = Socket(f"/ws/plain/{reception.no}/")
    socket.wire.scope["headers"] = []
    assert not await socket.knock()
    await socket.wire.wait()


@pytest.mark.parametrize("no", ["2026-9999", "2026", "x", "2026-0001'--", "٢٠٢٦-٠٠٠١"])
async def test_what_is_not_there_is_said_with_a_code(plain: PlainScreen, no: str) -> None:
    socket = Socket(f"/ws/plain/{no}/")
    assert await socket.knock()
    assert await socket.closed() == 4404
    await socket.wire.wait()


async def test_an_address_of_nothing_is_said_with_a_code() -> None:
    socket = Socket("/ws/nothing/")
    assert await socket.knock()
    assert await socket.closed() == 4404
    foreign = Socket("/ws/nothing/", origin="http://evil.example")
    assert not await foreign.knock()


async def test_thousands_who_join_ask_the_database_once(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    original = directory.look_up

    def counted(no: str) -> directory.Found | None:
        calls.append(no)
        return original(no)

    monkeypatch.setattr(directory, "look_up", counted)
    async with sockets(f"/ws/plain/{reception.no}/", 40) as all_of_them:
        assert all(await asyncio.gather(*(socket.knock() for socket in all_of_them)))
        for socket in all_of_them:
            await socket.say({"echo": 1})
            await socket.message()
    assert calls == [reception.no]


async def test_a_stopped_database_asks_to_come_later(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(no: str) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(directory, "look_up", away)
        socket = Socket(f"/ws/plain/{reception.no}/")
        assert await socket.knock()
        assert await socket.closed() == 4503
    async with sockets(f"/ws/plain/{reception.no}/") as (later,):
        assert await later.knock()
        await later.say({"echo": 1})
        await later.message()


UNCLEAR = {
    "no json": ("hello", "json", None),
    "half of it": ('{"seq": 1', "json", None),
    "not a number": ('{"seq": NaN}', "json", None),
    "endless": ('{"echo": 1e999}', "json", None),
    "5,000 digits": ('{"seq": ' + "9" * 5000 + "}", "json", None),
    "deep": ('{"echo": ' + "[" * 8000 + "]" * 8000 + "}", "json", None),
    "half a character": ('{"echo": "\\ud800"}', "json", None),
    "a list": ("[1]", "shape", None),
    "a word": ('"seq"', "shape", None),
    "nothing": ("null", "shape", None),
    "empty": ("{}", "type", "seq"),
    "a text for a number": ('{"seq": "1"}', "type", "seq"),
    "a truth for a number": ('{"seq": true}', "type", "seq"),
    "a fraction": ('{"seq": 1.5}', "type", "seq"),
    "below zero": ('{"seq": -1}', "type", "seq"),
    "above all": ('{"seq": 9007199254740993}', "type", "seq"),
    "no language of ours": ('{"seq": 1, "lang": "xx"}', "type", "lang"),
    "a list for a language": ('{"seq": 1, "lang": ["ru"]}', "type", "lang"),
    "an unknown key": ('{"move": "approve"}', "unknown", "move"),
    "an unknown key beside": ('{"seq": 1, "type": "journal.grew"}', "unknown", "type"),
    "a long key": ('{"' + "k" * 500 + '": 1}', "unknown", "k" * 40),
    "two at once": ('{"seq": 1, "echo": 1}', "alone", "echo"),
}


@pytest.mark.parametrize("name", UNCLEAR)
async def test_an_unclear_frame_is_named_and_the_third_closes(
    reception: Reception, name: str
) -> None:
    text, code, field = UNCLEAR[name]
    error = {"code": code} | ({"field": field} if field else {})
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        for _ in range(3):
            await socket.say(text)
            assert await socket.message() == {"error": error}
        assert await socket.closed() == 4400


async def test_a_binary_frame_is_unclear(reception: Reception) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        await socket.wire.send_to(bytes_data=b"\xff\xfe")
        assert await socket.message() == {"error": {"code": "binary"}}
        await socket.say({"echo": "still there"})
        assert (await socket.message())["echo"] == "still there"


async def test_a_frame_too_big_closes(reception: Reception) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        await socket.say({"echo": "x" * 16 * 1024})
        assert await socket.closed() == 4413


async def test_the_longest_question_fits_in_any_spelling(settings: Settings) -> None:
    from streams.live import inbound

    settings.QUESTION_MAX_CHARS = 10000
    said = json.dumps({"ask": {"client_id": "x" * 36, "text": "ә" * 10000}})
    assert inbound.size(said) <= inbound.max_bytes() <= 65536


async def test_a_flood_closes(reception: Reception) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        for count in range(conversation.FRAMES_AT_ONCE + 1):
            await socket.say({"echo": count})
        assert await socket.closed() == 4429


async def test_a_command_is_answered(reception: Reception) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        await socket.say({"echo": {"a": [1, "ә"]}})
        answer = await socket.message()
    assert answer == {"echo": {"a": [1, "ә"]}, "to": "198.51.100.7", "lang": "ru"}


async def test_a_command_that_fails_is_said_and_closes_nobody(reception: Reception) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        await socket.say({"fail": 1})
        assert await socket.message() == {"error": {"code": "failed", "field": "fail"}}
        await socket.say({"echo": 1})
        await socket.message()


async def test_commands_that_hang_leave_room_for_news(reception: Reception, seq: int) -> None:
    async with sockets(f"/ws/plain/{reception.no}/") as (socket,):
        assert await socket.knock()
        for _ in range(conversation.COMMANDS_AT_ONCE):
            await socket.say({"hang": 1})
        await socket.say({"hang": 1})
        assert await socket.message() == {"error": {"code": "busy", "field": "hang"}}
        await socket.say({"seq": seq, "lang": "kk"})
        await socket.settled()
        await do(ask, reception)
        await socket.news(seq + 1)


async def test_who_never_says_where_they_stand_gets_no_news(reception: Reception, seq: int) -> None:
    async with sockets(f"/ws/plain/{reception.no}/", 2) as (quiet, other):
        assert await quiet.knock()
        await other.hello(seq)
        await other.settled()
        await do(ask, reception)
        await other.news(seq + 1)
        assert quiet.wire.output_queue.empty()


async def test_only_our_own_proxies_say_the_address(
    reception: Reception, settings: Settings
) -> None:
    settings.TRUSTED_PROXIES = 1
    forwarded = "6.6.6.6, 203.0.113.9"
    async with sockets(f"/ws/plain/{reception.no}/", x_forwarded_for=forwarded) as (socket,):
        assert await socket.knock()
        await socket.say({"echo": 1})
        assert (await socket.message())["to"] == "203.0.113.9"
