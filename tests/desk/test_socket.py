"""The desk's socket: who is let in, and that a colleague's step comes through it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from channels.routing import URLRouter
from django.test import Client

from streams.desk.routing import websocket_urlpatterns
from streams.live import hub
from streams.people.models import User
from streams.people.rules import DESK, Role
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move
from tests.live.stage import Socket, do, eventually, session_cookie

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("house")]


# Of the test that runs: they are left however it ends.
_sockets: list[Socket] = []


@pytest.fixture
async def house() -> AsyncIterator[hub.Hub]:
    here = hub.here()
    yield here
    while _sockets:
        await _sockets.pop().leave()
    await eventually(lambda: not here.is_running)


def sign_in(user: User) -> str:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    key = client.session.session_key
    assert key is not None
    return key


async def at_the_door(reception: Reception, user: User | None) -> Socket:
    cookie = session_cookie(await do(sign_in, user)) if user else ""
    app = URLRouter(websocket_urlpatterns)
    socket = Socket(f"/ws/desk/{reception.no}/", app, cookie=cookie)
    _sockets.append(socket)
    assert await socket.knock()
    return socket


async def opened(reception: Reception, user: User) -> Socket:
    socket = await at_the_door(reception, user)
    await socket.place(reception.last_seq)
    return socket


@pytest.mark.parametrize("role", list(Role))
async def test_the_roles_of_the_desk_are_let_in(
    reception: Reception, cast: Cast, role: Role
) -> None:
    await do(reception.refresh_from_db)
    socket = await at_the_door(reception, cast.with_role(role))
    if role in DESK:
        await socket.place(reception.last_seq)
        side = await socket.settled()
        assert (side["votes"], side["claims"], side["note"]) == ({}, {}, None)
    else:
        assert await socket.closed() == 4403


async def test_strangers_and_visitors_are_not(reception: Reception, cast: Cast) -> None:
    for user, code in ((cast.stranger, 4404), (None, 4401)):
        socket = await at_the_door(reception, user)
        assert await socket.closed() == code


async def test_a_colleagues_step_comes_with_their_name(reception: Reception, cast: Cast) -> None:
    question = await do(ask, reception)
    await do(reception.refresh_from_db)
    socket = await opened(reception, cast.moderator)
    await socket.settled()
    await do(make_move, question, Move.FORWARD, cast.by_second)
    frame = (await socket.news(reception.last_seq + 1))[-1]
    put = {card["id"]: card for card in frame["put"]}
    assert put[question.number]["list"] == "closed"
    assert "Болат Ким" in put[question.number]["html"]
    assert put[0]["list"] == "head"
    assert frame["counts"]["forwarded"] == 1
