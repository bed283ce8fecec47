"""docs/protocol.md, run against the real routes: what it shows is what is sent."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from liveqa.asgi import application
from streams.common import clock
from streams.desk import presence
from streams.live import conversation, feed, inbound, reading, staff, wires
from streams.people.rules import DESK, STUDIO
from streams.questions.models import Question
from streams.receptions.models import Reception
from tests.live.stage import Socket, do

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("house")]
TEXT = (Path(settings.BASE_DIR) / "docs" / "protocol.md").read_text()
EXAMPLES: dict[str, Any] = {
    name: json.loads(block)
    for name, block in re.findall(r"```json ([a-z ]+)\n(.*?)```", TEXT, re.DOTALL)
}
ERRORS = re.findall(r"^\| `(.+?)` \| `(\{\"error\".+?)` \|$", TEXT, re.MULTILINE)


def shape(value: object) -> object:
    """Names and types, without the values."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def room(reception: Reception, cookie: str = "") -> Socket:
    return Socket(f"/ws/receptions/{reception.no}/", application, cookie=cookie)


def viewer_cookie(reception: Reception) -> str:
    client = Client()
    client.get(f"/ru/receptions/{reception.no}/")
    return f"viewer={client.cookies['viewer'].value}"


def test_every_example_is_run_here() -> None:
    assert set(EXAMPLES) == {
        *("hello", "acks", "acknowledgement", "frame", "side", "reload"),
        *("ask", "ack", "refused", "vote", "voted", "no vote"),
        *("side of the desk", "active"),
    }
    assert len(ERRORS) == 6
    # A block without a name would be run by nobody.
    assert TEXT.count("```json") == len(EXAMPLES)


async def test_asking_voting_and_watching(reception: Reception, seq: int) -> None:
    socket = room(reception, await do(viewer_cookie, reception))
    await socket.hello(**(EXAMPLES["hello"] | {"seq": seq}))
    first = await socket.message()
    assert first == EXAMPLES["side"] | {"seq": seq, "side": {"votes": {}}}

    await socket.say(EXAMPLES["ask"])
    said = [await socket.message(), await socket.message()]
    ack = next(one for one in said if "ack" in one)
    frame = next(one for one in said if "put" in one)
    assert shape(ack) == shape(EXAMPLES["ack"])
    assert ack["ack"]["client_id"] == EXAMPLES["ask"]["ask"]["client_id"]
    assert ack["ack"]["seq"] == frame["seq"] == seq + 1
    assert ack["ack"]["link"] == f"/ru/q/{ack['ack']['secret']}/"
    assert shape(frame) == shape(EXAMPLES["frame"])
    head = frame["put"][0]
    assert (head["id"], head["list"]) == (0, "head")
    assert 'id="head"' in head["html"]

    await socket.say(EXAMPLES["acknowledgement"] | {"seq": seq + 1})
    await socket.say(EXAMPLES["ask"])
    again = await socket.message()
    assert again == {"ack": ack["ack"] | {"repeated": True}}

    await do(lambda: Question.objects.filter(reception=reception).update(is_public=True))
    number = ack["ack"]["number"]
    await socket.say({"vote": number})
    said = [await socket.message(), await socket.message()]
    assert {"voted": number} in said
    assert {"v": 1, "seq": seq + 1, "side": {"votes": {str(number): 1}}} in said
    assert shape(EXAMPLES["voted"]) == {"voted": "int"}
    await socket.leave()


async def test_a_refused_question_and_a_refused_vote(reception: Reception) -> None:
    socket = room(reception)
    assert await socket.knock()
    await socket.say({"ask": {"client_id": str(uuid.uuid4()), "text": " \n "}})
    refused = await socket.message()
    assert shape(refused) == shape(EXAMPLES["refused"])
    expected = EXAMPLES["refused"]["refused"]
    assert (refused["refused"]["code"], refused["refused"]["field"]) == (
        expected["code"],
        expected["field"],
    )
    await socket.say(EXAMPLES["vote"])
    refused = await socket.message()
    assert shape(refused) == shape(EXAMPLES["no vote"])
    assert refused["refused"]["code"] == EXAMPLES["no vote"]["refused"]["code"]
    await socket.leave()


@pytest.mark.parametrize(("said", "answer"), ERRORS)
async def test_what_is_not_understood(reception: Reception, said: str, answer: str) -> None:
    socket = room(reception)
    assert await socket.knock()
    await socket.say(said)
    assert await socket.message() == json.loads(answer)
    await socket.leave()


async def test_a_place_that_the_journal_has_not_reached(reception: Reception, seq: int) -> None:
    socket = room(reception)
    await socket.hello(seq + 1)
    assert await socket.message() == EXAMPLES["reload"]
    assert await socket.closed() == 4426
    await socket.leave()


@pytest.mark.parametrize("screen", ["desk", "studio"])
async def test_staff_screens_are_closed_to_visitors(reception: Reception, screen: str) -> None:
    socket = Socket(f"/ws/{screen}/{reception.no}/", application)
    assert await socket.knock()
    assert await socket.closed() == 4401
    await socket.leave()


@pytest.mark.parametrize("screen", ["desk", "studio"])
async def test_staff_screens_get_frames_of_the_same_form(
    reception: Reception, seq: int, cast: Any, screen: str
) -> None:
    from tests.cast import ask
    from tests.live.stage import session_cookie
    from tests.live.test_staff import sign_in

    cookie = session_cookie(await do(sign_in, cast.moderator))
    socket = Socket(f"/ws/{screen}/{reception.no}/", application, cookie=cookie)
    await socket.hello(seq)
    await socket.settled()
    await do(ask, reception)
    (frame,) = await socket.news(seq + 1)
    # The desk also counts what waits for a second person, and by reason.
    frame["counts"] = {name: frame["counts"][name] for name in EXAMPLES["frame"]["counts"]}
    frame.pop("side", None)  # Who has come to the desk may be told with it.
    assert shape(frame) == shape(EXAMPLES["frame"])
    await socket.leave()


async def test_the_desk_tells_who_is_there_and_works_on_what(
    reception: Reception, cast: Any
) -> None:
    from streams.questions import claims
    from tests.cast import ask
    from tests.live.stage import session_cookie
    from tests.live.test_staff import sign_in

    question = await do(ask, reception)
    await do(claims.claim, question.pk, by=cast.by, now=clock.now())
    cookie = session_cookie(await do(sign_in, cast.moderator))
    socket = Socket(f"/ws/desk/{reception.no}/", application, cookie=cookie)
    await do(reception.refresh_from_db)
    await socket.hello(reception.last_seq)
    await socket.say(EXAMPLES["active"])
    while not (side := await socket.settled())["people"]:
        pass
    example = EXAMPLES["side of the desk"]
    assert shape(side["claims"][str(question.number)]) == shape(example["claims"]["77"])
    assert shape(side["people"]) == shape(example["people"])
    await socket.leave()


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    assert wires.CAP_BYTES == 256 * 1024
    assert EXAMPLES["acks"] == {"acks": wires.ACK_AFTER_CHARS}
    prose = " ".join(TEXT.split())
    assert f"nothing leaves for more than {feed.PATIENCE_S:.0f} seconds" in prose
    assert f"every {staff.CHECK_EVERY_S:.0f} seconds" in prose
    assert f"more than {reading.FARTHEST} entries" in prose
    assert f"those of a server that died go after {presence.ALIVE.seconds}" in prose
    assert presence.GRACE.seconds == 10
    said = f"| {conversation.FRAMES_PER_S} a second, {conversation.FRAMES_AT_ONCE} at once |"
    assert said in TEXT
    assert f"| frames not understood | {conversation.MISTAKES} |" in TEXT
    assert conversation.COMMANDS_AT_ONCE == 8
    assert inbound.max_bytes() == 16 * 1024
    assert {role.value for role in DESK} == {"moderator", "chief", "administrator"}
    assert DESK == STUDIO
