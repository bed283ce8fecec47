"""A small screen of its own, its routes, and a client that says what it saw."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar, cast

from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import close_old_connections
from django.urls import path, re_path
from django.utils.translation import gettext

from streams.live import screens, wires
from streams.live.screens import Card, News
from streams.live.staff import StaffSocket
from streams.live.viewer import Viewer, ViewerSocket, unknown
from streams.people.rules import DESK
from streams.questions import queries, votes
from streams.questions.models import Question
from streams.questions.rules import Status
from streams.receptions.models import Reception
from tests.patience import PATIENCE_S

P = ParamSpec("P")
T = TypeVar("T")
ORIGIN = "http://localhost:8000"


class PlainScreen:
    """Open questions in one list. `broken` numbers can't be read, `torn` ones can't be rendered."""

    name = "plain"
    tick_s = 0.0

    def __init__(self) -> None:
        self.broken: set[int] = set()
        self.torn: set[int] = set()
        self.sideless = False
        self.reads = 0
        self.sides = 0
        self.renderings = 0
        self.may_tell = threading.Event()
        self.may_tell.set()

    def read(self, reception_id: int, numbers: frozenset[int] | None) -> News:
        self.reads += 1
        if numbers is not None and self.broken & numbers:
            raise LookupError("broken")
        seq = Reception.objects.values_list("last_seq", flat=True).get(pk=reception_id)
        questions = list(Question.objects.filter(reception_id=reception_id).order_by("number"))
        cards = [Card(0, "head", "", None)] + [
            Card(q.number, "open", f"{q.number:06d}", q)
            for q in questions
            if q.status != Status.CLOSED and (numbers is None or q.number in numbers)
        ]
        drop = {q.number for q in questions if q.status == Status.CLOSED} & (numbers or set())
        return News(seq, cards, drop, queries.equation(reception_id).counts())

    def html(self, card: Card) -> str:
        self.renderings += 1
        if card.id in self.torn:
            raise LookupError("torn")
        return f'<article id="question-{card.id}">{gettext("Question")}</article>'

    def side(self, reception_id: int) -> Mapping[str, object]:
        self.sides += 1
        assert self.may_tell.wait(PATIENCE_S)
        if self.sideless:
            raise LookupError("sideless")
        counts = Question.objects.filter(reception_id=reception_id, votes__gt=0)
        return {"votes": {str(n): v for n, v in counts.values_list("number", "votes")}}


class SlowScreen(PlainScreen):
    """Like the public's: many changes, one frame."""

    name = "slow"
    tick_s = 0.2


class PlainSocket(StaffSocket):
    screen = "plain"
    roles = DESK


async def echo(viewer: Viewer, value: object) -> dict[str, Any]:
    return {"echo": value, "to": viewer.address, "lang": viewer.language}


async def fail(viewer: Viewer, value: object) -> None:
    raise LookupError(value)


async def hang(viewer: Viewer, value: object) -> None:
    await asyncio.Event().wait()


def application() -> Any:
    handlers = {"echo": echo, "fail": fail, "hang": hang}
    return URLRouter(
        [
            path("ws/plain/<str:no>/", cast("Any", ViewerSocket("plain", handlers))),
            path("ws/slow/<str:no>/", cast("Any", ViewerSocket("slow"))),
            path("ws/staff/<str:no>/", cast("Any", PlainSocket.as_asgi())),
            re_path("", cast("Any", unknown)),
        ]
    )


class Socket:
    """A client on an ASGI application. It acknowledges nothing by itself."""

    def __init__(self, address: str, app: Any = None, **headers: str) -> None:
        headers = {"origin": ORIGIN} | headers
        self.wire = WebsocketCommunicator(
            app or application(),
            address,
            [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        )
        self.wire.scope["client"] = ("198.51.100.7", 4711)

    async def knock(self) -> bool:
        return (await self.wire.connect(PATIENCE_S))[0]

    async def hello(self, seq: int, lang: str = "ru") -> None:
        assert await self.knock()
        await self.place(seq, lang)

    async def place(self, seq: int, lang: str = "ru") -> None:
        """The first word, and what a server says to it that can't see whether its clients read."""
        await self.say({"seq": seq, "lang": lang})
        assert await self.message() == {"acks": wires.ACK_AFTER_CHARS}

    async def say(self, message: Any) -> None:
        await self.wire.send_to(message if isinstance(message, str) else json.dumps(message))

    async def text(self) -> str:
        text = await self.wire.receive_from(PATIENCE_S)
        assert isinstance(text, str)
        return text

    async def message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.text())
        return message

    async def news(self, seq: int) -> list[dict[str, Any]]:
        """Frames until the page stands at `seq`, without those that bring only side state."""
        frames = []
        while True:
            frame = await self.message()
            if "put" in frame:
                frames.append(frame)
                if frame["seq"] >= seq:
                    return frames

    async def settled(self) -> dict[str, Any]:
        """The side state, which a new socket gets last: from here on it is live."""
        while "side" not in (frame := await self.message()):
            pass
        side: dict[str, Any] = frame["side"]
        return side

    async def closed(self) -> int:
        """The code that the server closes with, after whatever it still said."""
        while (output := await self.wire.receive_output(PATIENCE_S))["type"] != "websocket.close":
            pass
        return int(output["code"])

    async def leave(self) -> None:
        if not self.wire.future.done():
            await self.wire.disconnect(timeout=PATIENCE_S)


@asynccontextmanager
async def sockets(address: str, count: int = 1, **headers: str) -> AsyncIterator[list[Socket]]:
    all_of_them = [Socket(address, **headers) for _ in range(count)]
    try:
        yield all_of_them
    finally:
        for one in all_of_them:
            await one.leave()


async def do(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Blocking work as another process would do it: in a thread with its own connection and loop."""

    def with_connection() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.to_thread(with_connection)


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 -- what it looks at has no event
            await asyncio.sleep(0.01)


def vote(question: Question, voter: str) -> None:
    votes.vote_many(question.reception_id, [(question.number, voter)])


def session_cookie(key: str) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={key}"


def register() -> tuple[PlainScreen, SlowScreen]:
    plain, slow = PlainScreen(), SlowScreen()
    screens.register(plain)
    screens.register(slow)
    return plain, slow
