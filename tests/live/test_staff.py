"""Who may open a staff socket, and how soon it ends when they may no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from streams.live import hub, staff
from streams.people.models import Membership, User
from streams.people.rules import DESK, Role
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_reception
from tests.live.stage import Socket, do, eventually, session_cookie, sockets

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("house")]


def sign_in(user: User) -> str:
    """A session as the sign-in page makes it; its key."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    key = client.session.session_key
    assert key is not None
    return key


async def opened(user: User, no: str) -> Socket:
    return Socket(f"/ws/staff/{no}/", cookie=session_cookie(await do(sign_in, user)))


async def test_a_moderator_gets_news(reception: Reception, seq: int, cast: Cast) -> None:
    socket = await opened(cast.moderator, reception.no)
    await socket.hello(seq)
    await socket.settled()
    await do(ask, reception)
    await socket.news(seq + 1)
    await socket.leave()


@pytest.mark.parametrize("role", list(Role))
async def test_only_the_roles_of_the_screen_are_let_in(
    reception: Reception, seq: int, cast: Cast, role: Role
) -> None:
    socket = await opened(cast.with_role(role), reception.no)
    assert await socket.knock()
    if role in DESK:
        await socket.place(seq)
        assert await socket.settled() == {"votes": {}}
    else:
        assert await socket.closed() == 4403
    await socket.leave()


async def test_a_role_holds_for_the_subtree(reception: Reception, seq: int, cast: Cast) -> None:
    socket = await opened(cast.region_chief, reception.no)
    await socket.hello(seq)
    await socket.settled()
    await socket.leave()


async def test_what_is_not_theirs_is_not_there(reception: Reception, cast: Cast) -> None:
    for no in (reception.no, "2026-9999", "nonsense"):
        socket = await opened(cast.stranger, no)
        assert await socket.knock()
        assert await socket.closed() == 4404
        await socket.leave()
    foreign = await do(make_reception, cast, unit=cast.neighbour)
    socket = await opened(cast.moderator, foreign.no)
    assert await socket.knock()
    assert await socket.closed() == 4404
    await socket.leave()


@pytest.mark.parametrize("cookie", ["", "sessionid=", "sessionid=nobody", "x=y"])
async def test_without_a_session_there_is_only_the_way_to_sign_in(
    reception: Reception, cookie: str
) -> None:
    async with sockets(f"/ws/staff/{reception.no}/", cookie=cookie) as (socket,):
        assert await socket.knock()
        assert await socket.closed() == 4401


async def test_a_foreign_page_cant_use_the_session(reception: Reception, cast: Cast) -> None:
    cookie = session_cookie(await do(sign_in, cast.moderator))
    for origin in (
        "http://evil.example",
        "http://localhost:8001",
        "https://localhost:8000",
        "null",
    ):
        socket = Socket(f"/ws/staff/{reception.no}/", cookie=cookie, origin=origin)
        assert not await socket.knock()
        await socket.wire.wait()


def remove_role(user: User, key: str) -> None:
    Membership.objects.filter(user=user).delete()


def change_role(user: User, key: str) -> None:
    membership = Membership.objects.get(user=user)
    membership.role = Role.EDITOR
    membership.save()


def sign_out(user: User, key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    client.post("/sign-out/")


def change_password(user: User, key: str) -> None:
    fresh = get_user_model().objects.get(pk=user.pk)
    fresh.set_password("another correct horse")
    fresh.save()


def switch_off(user: User, key: str) -> None:
    fresh = get_user_model().objects.get(pk=user.pk)
    fresh.is_active = False
    fresh.save(update_fields=["is_active"])


def delete_session(user: User, key: str) -> None:
    Session.objects.filter(pk=key).delete()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (remove_role, 4403),
        (change_role, 4403),
        (sign_out, 4401),
        (change_password, 4401),
        (switch_off, 4401),
        (delete_session, 4401),
    ],
)
async def test_a_change_of_rights_ends_the_socket_at_once(
    reception: Reception,
    seq: int,
    cast: Cast,
    house: hub.Hub,
    change: Callable[[User, str], None],
    code: int,
) -> None:
    assert staff.CHECK_EVERY_S > 20  # it is the bell that brings it
    key = await do(sign_in, cast.moderator)
    socket = Socket(f"/ws/staff/{reception.no}/", cookie=session_cookie(key))
    colleague = await opened(cast.second_moderator, reception.no)
    for one in (socket, colleague):
        await one.hello(seq)
        await one.settled()
    await eventually(lambda: not house.is_deaf)
    await do(change, cast.moderator, key)
    assert await socket.closed() == code
    await do(ask, reception)
    await colleague.news(seq + 1)
    await socket.leave()
    await colleague.leave()


async def test_without_a_bell_it_ends_at_the_next_look(
    reception: Reception, seq: int, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "CHECK_EVERY_S", 0.2)
    socket = await opened(cast.moderator, reception.no)
    await socket.hello(seq)
    await socket.settled()
    # `_raw_delete` sends no signal: as if the ring had been lost.
    await do(lambda: Membership.objects.filter(user=cast.moderator)._raw_delete("default"))
    assert await socket.closed() == 4403
    await socket.leave()


async def test_more_rights_do_not_disturb(reception: Reception, seq: int, cast: Cast) -> None:
    socket = await opened(cast.moderator, reception.no)
    await socket.hello(seq)
    await socket.settled()
    await do(Membership.objects.create, user=cast.moderator, unit=cast.region, role=Role.CONTROLLER)
    await do(ask, reception)
    await socket.news(seq + 1)
    await socket.leave()


async def test_staff_have_no_commands_on_the_socket(
    reception: Reception, seq: int, cast: Cast
) -> None:
    socket = await opened(cast.moderator, reception.no)
    await socket.hello(seq)
    await socket.settled()
    await socket.say({"ask": {"text": "?"}})
    assert await socket.message() == {"error": {"code": "unknown", "field": "ask"}}
    await socket.leave()
