"""Messages of the public in turns: in order, none forgotten, and fewer while staff are at work."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest

from liveqa import web_socket
from liveqa.turnstile import PER_TURN, Turnstile
from streams.common.precedence import STAFF
from streams.receptions.models import Reception
from tests.conftest import LiveServer
from tests.live.raw import RawClient
from tests.live.stage import eventually


class Talker:
    """Has so many messages to say, and notes in which turn of the loop it said each."""

    def __init__(self, turnstile: Turnstile, messages: int, said: list[Talker]) -> None:
        self._turnstile, self._left, self._said = turnstile, messages, said

    def begin(self) -> None:
        if self._left and self._turnstile.admits(self):
            self.go_on()

    def go_on(self) -> None:
        self._left -= 1
        self._said.append(self)
        self.begin()


async def turn() -> None:
    """Everything that is due now, once."""
    await asyncio.sleep(0)


async def test_the_first_go_first_and_each_says_one_message_a_turn() -> None:
    turnstile, said = Turnstile(), list[Talker]()
    crowd = [Talker(turnstile, 2, said) for _ in range(2 * PER_TURN)]
    for talker in crowd:
        talker.begin()
    # Nobody stood before the first ones, so they said all they had.
    assert said == [talker for talker in crowd[: PER_TURN // 2] for _ in range(2)]
    rest = crowd[PER_TURN // 2 :]
    await turn()
    assert said[PER_TURN:] == rest[:PER_TURN]
    while len(said) < 4 * PER_TURN:
        await turn()
    assert said[PER_TURN : PER_TURN + len(rest)] == rest
    assert said[PER_TURN + len(rest) :] == rest


async def test_who_comes_while_others_wait_stands_behind_them() -> None:
    turnstile, said = Turnstile(), list[Talker]()
    crowd = [Talker(turnstile, 1, said) for _ in range(3 * PER_TURN)]
    for talker in crowd:
        talker.begin()
    await turn()
    late = Talker(turnstile, 1, said)
    late.begin()
    while late not in said:
        await turn()
    assert said == [*crowd, late]


async def test_it_rests_when_nobody_speaks() -> None:
    turnstile, said = Turnstile(), list[Talker]()
    Talker(turnstile, 1, said).begin()
    for _ in range(3):
        await turn()
    assert not turnstile.is_turning


async def test_the_public_waits_while_staff_are_at_work_and_comes_on() -> None:
    turnstile, said = Turnstile(), list[Talker]()
    crowd = [Talker(turnstile, 1, said) for _ in range(2 * PER_TURN)]
    with STAFF.first():
        for talker in crowd:
            talker.begin()
        for _ in range(10):
            await turn()
        assert said == crowd[:PER_TURN]
        await eventually(lambda: not turnstile.is_turning)
    assert said == crowd


@pytest.mark.parametrize(
    ("word", "waits"), [('{"seq":418,"lang":"ru"}', False), ('{"ask":{"text":"' + 50 * "?", True)]
)
async def test_a_hello_takes_no_turn_and_a_question_does(
    monkeypatch: pytest.MonkeyPatch, word: str, waits: bool
) -> None:
    """All of a crowd that comes back is heard at once; a crowd that begins with questions would take the
    event loop for seconds."""
    turnstile = Turnstile()
    monkeypatch.setattr(web_socket, "TURNSTILE", turnstile)
    Talker(turnstile, PER_TURN, []).begin()
    newcomer = web_socket.Socket()
    newcomer.current_frame = None
    newcomer.data = bytes([0x81, 0x80 + len(word)])
    assert newcomer._must_wait() is waits
    assert newcomer._must_wait()


@pytest.mark.django_db(transaction=True)
def test_every_message_of_a_crowd_is_answered(
    live_daphne: LiveServer, reception: Reception
) -> None:
    """More of them at once than one turn has, from each socket several."""
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(RawClient(live_daphne, reception.no)) for _ in range(2 * PER_TURN)
        ]
        for client in crowd:
            for number in range(3):
                client.say({"vote": -number})
        for client in crowd:
            frames = client.frames()
            answers = [next(frames).message["refused"]["vote"] for _ in range(3)]
            assert answers == [0, 0, 0]
