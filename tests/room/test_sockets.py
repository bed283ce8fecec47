"""Asking and voting on the real socket: answered after the commit, once, and no neighbour the wiser."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from liveqa.asgi import application
from streams.common import clock
from streams.questions import intake, queries
from streams.questions.models import Question, Vote
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from streams.room import intake_queue
from tests.cast import Cast, ask, make_move
from tests.live.stage import Socket, do, eventually
from tests.locks import somebody_waits
from tests.patience import PATIENCE_S
from tests.patience import eventually as until

pytestmark = pytest.mark.django_db(transaction=True)

Open = Callable[..., AbstractAsyncContextManager[list[Socket]]]


@pytest.fixture
def viewers(reception: Reception) -> Open:
    """So many viewers of the reception, with these headers."""

    @asynccontextmanager
    async def opened(count: int = 1, **headers: str) -> AsyncIterator[list[Socket]]:
        address = f"/ws/receptions/{reception.no}/"
        crowd = [Socket(address, application, **headers) for _ in range(count)]
        try:
            yield crowd
        finally:
            for one in crowd:
                await one.leave()

    return opened


def an_ask(text: str = "Когда починят дорогу?", **fields: Any) -> dict[str, Any]:
    return {"ask": {"client_id": str(uuid.uuid4()), "text": text, **fields}}


async def answer(socket: Socket) -> dict[str, Any]:
    """The next message that is no frame."""
    while "seq" in (message := await socket.message()):
        pass
    return message


def cookie(reception: Reception) -> str:
    client = Client()
    client.get(f"/ru/receptions/{reception.no}/")
    return f"viewer={client.cookies['viewer'].value}"


async def test_a_receipt_leaves_after_the_commit(viewers: Open, reception: Reception) -> None:
    async with viewers() as [socket]:
        assert await socket.knock()
        await socket.say(an_ask(name="Асель", district="KOL", contact="+7 701", language="ru"))
        ack = (await answer(socket))["ack"]
    question = await do(Question.objects.select_related("district").get, number=ack["number"])
    entry = await do(Entry.objects.get, reception=reception, seq=ack["seq"])
    assert question.original_text == "Когда починят дорогу?"
    assert question.district is not None
    assert question.district.code == "KOL"
    assert (entry.hash, entry.data["text"]) == (ack["hash"], ack["digest"])
    response = await do(Client().get, ack["link"])
    assert response.status_code == 200
    assert await do(queries.by_secret(ack["secret"]).exists)


async def test_nothing_is_said_while_the_commit_waits(viewers: Open, reception: Reception) -> None:
    """Another transaction holds the reception's row: the batch has to wait, and so has the receipt."""

    def hold(taken: asyncio.Event, loop: asyncio.AbstractEventLoop, until: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM streams_reception WHERE id = %s FOR UPDATE", [reception.pk]
            )
            loop.call_soon_threadsafe(taken.set)
            until.result(PATIENCE_S)
            cursor.execute("COMMIT")

    loop = asyncio.get_running_loop()
    taken, free = asyncio.Event(), asyncio.Event()
    released = asyncio.run_coroutine_threadsafe(free.wait(), loop)
    async with viewers() as [socket]:
        assert await socket.knock()
        holding = asyncio.create_task(do(hold, taken, loop, released))
        await taken.wait()
        await socket.say(an_ask())
        await do(until, somebody_waits)
        assert socket.wire.output_queue.empty()
        free.set()
        await holding
        assert (await answer(socket))["ack"]["number"] == 1


async def test_the_same_id_gets_the_same_receipt(viewers: Open) -> None:
    message = an_ask()
    async with viewers(2) as [one, other]:
        for socket in (one, other):
            assert await socket.knock()
            await socket.say(message)
        first, second = [(await answer(socket))["ack"] for socket in (one, other)]
        await one.say(message)
        third = (await answer(one))["ack"]
    # In one batch or in two: exactly one of them was the first.
    assert sorted([first.pop("repeated"), second.pop("repeated")]) == [False, True]
    assert third.pop("repeated") is True
    assert first == second == third
    assert await do(Question.objects.count) == 1


async def test_an_id_with_another_text_is_refused(viewers: Open) -> None:
    message = an_ask()
    async with viewers() as [socket]:
        assert await socket.knock()
        await socket.say(message)
        await answer(socket)
        message["ask"]["text"] = "Совсем другое?"
        await socket.say(message)
        refused = (await answer(socket))["refused"]
    assert (refused["code"], refused["client_id"]) == ("reused", message["ask"]["client_id"])
    assert await do(Question.objects.count) == 1


@pytest.mark.parametrize(
    ("value", "code", "field"),
    [
        ("text", "type", None),
        ([], "type", None),
        (None, "type", None),
        ({}, "type", "client_id"),
        ({"client_id": 7, "text": "?"}, "type", "client_id"),
        ({"client_id": "x" * 3000, "text": "Что?"}, "type", "client_id"),
        ({"client_id": str(uuid.uuid4()), "text": ["Что?"]}, "type", "text"),
        ({"client_id": str(uuid.uuid4()), "text": " \u200b\n"}, "empty", "text"),
        ({"client_id": str(uuid.uuid4()), "text": "\x00"}, "empty", "text"),
        ({"client_id": str(uuid.uuid4()), "text": "я" * 2001}, "long", "text"),
        ({"client_id": str(uuid.uuid4()), "text": "Что?", "name": "я" * 61}, "long", "name"),
        ({"client_id": str(uuid.uuid4()), "text": "Что?", "status": "closed"}, "unknown", None),
        ({"client_id": str(uuid.uuid4()), "text": "Что?", "<b>": 1}, "unknown", None),
    ],
)
async def test_what_is_wrong_is_said_and_the_socket_stays(
    viewers: Open, value: object, code: str, field: str | None
) -> None:
    async with viewers() as [socket]:
        assert await socket.knock()
        await socket.say({"ask": value})
        refused = (await answer(socket))["refused"]
        assert (refused["code"], refused.get("field")) == (code, field)
        assert len(refused["client_id"]) <= 64
        assert refused["message"]
        await socket.say(an_ask())
        assert "ack" in await answer(socket)


async def test_a_nul_is_cleaned_and_hurts_no_neighbour(viewers: Open) -> None:
    async with viewers(2) as [rude, kind]:
        for socket in (rude, kind):
            assert await socket.knock()
        await rude.say(an_ask("Что\x00 это?", district="K\x00L", name="\x00"))
        await kind.say(an_ask("Спасибо за ответ?"))
        assert "ack" in await answer(rude)
        assert "ack" in await answer(kind)
    assert sorted(await do(texts)) == ["Спасибо за ответ?", "Что это?"]


def texts() -> list[str]:
    return list(Question.objects.values_list("original_text", flat=True))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_refusals_speak_the_viewers_language(
    viewers: Open, reception: Reception, language: str
) -> None:
    await do(reception.refresh_from_db)
    async with viewers() as [socket]:
        await socket.hello(reception.last_seq, language)
        await socket.say(an_ask(" "))
        refused = (await answer(socket))["refused"]
        await socket.say(an_ask())
        ack = (await answer(socket))["ack"]
    with translation.override(language):
        assert refused["message"] == translation.gettext("Write your question.")
    assert ack["link"].startswith(f"/{language}/q/")


async def test_an_ended_reception_refuses(viewers: Open, reception: Reception, cast: Cast) -> None:
    await do(receptions.end, reception.pk, by=cast.by, now=clock.now())
    async with viewers() as [socket]:
        assert await socket.knock()
        await socket.say(an_ask())
        assert (await answer(socket))["refused"]["code"] == "closed"


async def test_who_asks_too_much_waits_and_the_neighbour_does_not(
    viewers: Open, reception: Reception, settings: Settings
) -> None:
    settings.ASK_PER_VIEWER_PER_MIN = 4
    hasty, calm = await do(cookie, reception), await do(cookie, reception)
    async with viewers(cookie=hasty) as [one], viewers(cookie=calm) as [other]:
        assert await one.knock()
        assert await other.knock()
        said = []
        for n in range(4):
            await one.say(an_ask(f"Вопрос {n}?"))
            said.append(await answer(one))
        assert ["ack" in message for message in said] == [True, True, False, False]
        refused = said[-1]["refused"]
        assert refused["code"] == "limit"
        assert 0 < refused["retry_s"] <= 16
        assert str(refused["retry_s"]) in refused["message"]
        await other.say(an_ask("А мне можно?"))
        assert "ack" in await answer(other)
    # Another socket of the same browser is the same viewer.
    async with viewers(cookie=hasty) as [again]:
        assert await again.knock()
        await again.say(an_ask("С другого окна?"))
        assert (await answer(again))["refused"]["code"] == "limit"


async def test_without_a_cookie_the_socket_itself_is_the_viewer(
    viewers: Open, settings: Settings
) -> None:
    settings.ASK_PER_VIEWER_PER_MIN = 1
    async with viewers(2) as [one, other]:
        for socket in (one, other):
            assert await socket.knock()
            await socket.say(an_ask())
            assert "ack" in await answer(socket)
        await one.say(an_ask())
        assert (await answer(one))["refused"]["code"] == "limit"


async def test_an_address_has_a_limit_of_its_own(viewers: Open, settings: Settings) -> None:
    settings.ASK_PER_ADDRESS_PER_MIN = 2
    async with viewers(3) as crowd:
        said = []
        for socket in crowd:
            assert await socket.knock()
            await socket.say(an_ask())
            said.append(await answer(socket))
    assert ["ack" in message for message in said] == [True, False, False]


async def test_without_the_database_the_asker_is_told_when_to_come_again(
    viewers: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError

    message = an_ask()
    async with viewers() as [socket]:
        assert await socket.knock()
        with monkeypatch.context() as patch:
            patch.setattr(intake, "receive_many", away)
            await socket.say(message)
            refused = (await answer(socket))["refused"]
            assert (refused["code"], refused["client_id"]) == (
                "unavailable",
                message["ask"]["client_id"],
            )
            assert refused["retry_s"] > 0
        await socket.say(message)
        assert (await answer(socket))["ack"]["number"] == 1


async def test_two_hundred_at_once_are_few_transactions_and_one_order(
    viewers: Open, reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    original = intake.receive_many

    def counted(reception_id: int, asks: Any, *, now: Any) -> Any:
        batches.append(len(asks))
        return original(reception_id, asks, now=now)

    monkeypatch.setattr(intake, "receive_many", counted)
    async with viewers(100) as crowd:
        assert all(await asyncio.gather(*(socket.knock() for socket in crowd)))
        for n, socket in enumerate(crowd):
            await socket.say(an_ask(f"Вопрос {n}?"))
            await socket.say(an_ask(f"Второй вопрос {n}?"))
        acks = [(await answer(socket))["ack"] for socket in crowd for _ in range(2)]
    assert sorted(ack["number"] for ack in acks) == list(range(1, 201))
    by_number = sorted(acks, key=lambda ack: int(ack["number"]))
    assert [ack["seq"] for ack in by_number] == sorted(ack["seq"] for ack in acks)
    assert sum(batches) == 200
    assert len(batches) <= 20


async def test_a_question_is_on_the_other_screens(viewers: Open, reception: Reception) -> None:
    await do(reception.refresh_from_db)
    async with viewers(2) as [asker, watcher]:
        await watcher.hello(reception.last_seq)
        assert await asker.knock()
        await asker.say(an_ask("Видно ли меня?"))
        ack = (await answer(asker))["ack"]
        frame = (await watcher.news(ack["seq"]))[-1]
    cards = {card["id"]: card for card in frame["put"]}
    assert set(cards) == {0, ack["number"]}
    assert "Видно ли меня?" not in cards[ack["number"]]["html"]
    assert frame["counts"]["received"] == 1


# --- Votes ---------------------------------------------------------------------------------------


def public_question(reception: Reception, cast: Cast) -> Question:
    return make_move(ask(reception), Move.APPROVE, cast.by)


async def test_votes_are_counted_once_for_each_viewer(
    viewers: Open, reception: Reception, cast: Cast
) -> None:
    question = await do(public_question, reception, cast)
    one, other = await do(cookie, reception), await do(cookie, reception)
    async with viewers(2, cookie=one) as [tab, same], viewers(cookie=other) as [neighbour]:
        for socket in (tab, same, neighbour):
            assert await socket.knock()
            await socket.say({"vote": question.number})
            await socket.say({"vote": question.number})
        for socket in (tab, same, neighbour):
            assert await answer(socket) == {"voted": question.number}
            assert await answer(socket) == {"voted": question.number}
    await do(question.refresh_from_db)
    assert question.votes == 2
    assert await do(Vote.objects.count) == 2


@pytest.mark.parametrize("value", ["1", 1.5, True, None, -1, 0, 2**40, [1], {"n": 1}])
async def test_a_vote_for_nonsense_is_refused(viewers: Open, value: object) -> None:
    async with viewers() as [socket]:
        assert await socket.knock()
        await socket.say({"vote": value})
        assert (await answer(socket))["refused"]["code"] == "gone"


async def test_an_invented_cookie_has_no_vote(viewers: Open) -> None:
    async with viewers(cookie="viewer=invented") as [socket]:
        assert await socket.knock()
        await socket.say({"vote": 1})
        refused = (await answer(socket))["refused"]
        assert (refused["vote"], refused["code"]) == (1, "cookie")


async def test_the_queues_are_empty_when_everybody_has_gone(viewers: Open) -> None:
    async with viewers() as [socket]:
        assert await socket.knock()
        await socket.say(an_ask())
        await answer(socket)
    await eventually(lambda: intake_queue.asks.is_idle and intake_queue.ballots.is_idle)
