"""Moderators at work as their browsers are: the page, its socket, and a POST for every key."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

import aiohttp

from tests.conftest import LiveServer
from tests.law import Page, read
from tests.patience import PATIENCE_S

_TOKEN = re.compile(r'"x-csrftoken":\s*"(\w+)"')
_CARD = re.compile(r'id="card-(\d+)"')
_EXPECT = re.compile(r'name="expect" value="(\d+)"')
_VERSION = re.compile(r'data-state="(\d+)-')
_STATUS = re.compile(r'data-status="(\w+)"')
ANSWER = {"text": "Ремонт запланирован на май.", "language": "ru"}
# What is done with a question, and how often, by where it stands.
PLAN: dict[str, list[tuple[str, int, dict[str, str]]]] = {
    "new": [
        ("answer_text", 5, ANSWER),
        ("approve", 3, {}),
        ("queue", 2, {}),
        ("set_aside", 1, {"reason": "greeting"}),
        ("forward", 1, {"body": "Акимат", "reason": "Дороги ведёт акимат."}),
    ],
    "approved": [("answer_text", 3, ANSWER), ("queue", 1, {})],
}
# So often a moderator doesn't take what is dealt, but what stands on the page: perhaps a colleague's.
GRABS = 0.2
THINKS_S = (0.2, 1.5)


@dataclass(frozen=True)
class Decision:
    number: int
    version: int
    pressed_at: float


@dataclass(frozen=True)
class Hand:
    """A question that was dealt: from when, and until when the moderator meant to keep it."""

    number: int
    since: float
    until: float


@dataclass
class Moderator:
    """`name` signs in with the session `cookie`; `luck` decides what they do and how fast."""

    name: str
    user_id: int
    server: LiveServer
    no: str
    cookie: str
    luck: random.Random
    page: Page = field(default_factory=Page)
    decisions: list[Decision] = field(default_factory=list)
    hands: list[Hand] = field(default_factory=list)
    refused: int = 0
    # When this screen showed each version of each question.
    seen: dict[int, list[tuple[int, float]]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    _token: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession(
            self.server.url,
            cookies={"sessionid": self.cookie, "language": "ru"},
            headers={"Origin": self.server.url},
            # A number is no name, and cookies are kept for names.
            cookie_jar=aiohttp.CookieJar(unsafe=True),
        )
        html = await self.load()
        token = _TOKEN.search(" ".join(html.replace("&quot;", '"').split()))
        assert token is not None
        self._token, self.page = token[1], read(html)
        self._socket = await self._http.ws_connect(f"/ws/desk/{self.no}/", max_msg_size=0)
        await self._socket.send_json({"seq": self.page.seq, "lang": "ru"})
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        await self._socket.close()
        await self._http.close()

    async def load(self) -> str:
        async with self._http.get(f"/desk/{self.no}/") as response:
            assert response.status == 200
            return await response.text()

    async def work(self, is_over: asyncio.Event) -> None:
        """Until it is over and nothing waits any more."""
        while True:
            if self.luck.random() < GRABS and self.page.lists["inbox"]:
                await self._grab()
            elif not await self._next():
                if is_over.is_set():
                    return
                await self.until_changed(is_over)
            await asyncio.sleep(self.luck.uniform(*THINKS_S))

    async def until_changed(self, or_event: asyncio.Event) -> None:
        """Until a frame comes, or the event."""
        self._changed.clear()
        waits = [asyncio.create_task(event.wait()) for event in (self._changed, or_event)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def reach(self, seq: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.page.seq < seq:
                self._changed.clear()
                await self._changed.wait()

    def shown_at(self, number: int, version: int) -> float:
        """When this screen first showed the question as it was then, or later."""
        return next(at for shown, at in self.seen[number] if shown >= version)

    async def _next(self) -> bool:
        """⇧ N, a decision, and on. False where nothing waits."""
        status, html, _ = await self._post("deal/", {})
        assert status == 200, html
        card = _CARD.search(html)
        if card is None:
            return False
        since, number = monotonic(), int(card[1])
        found = _STATUS.search(html)
        expect = _EXPECT.search(html)
        assert found, "a card says where its question stands"
        assert expect, "a question that waits has forms"
        await asyncio.sleep(self.luck.uniform(*THINKS_S))
        until = monotonic()
        self.hands.append(Hand(number, since, until))
        await self._decide(number, found[1], int(expect[1]))
        # As the page does when another card is opened.
        await self._post(f"questions/{number}/release/", {}, from_card=False)
        return True

    async def _grab(self) -> None:
        number, _key, html = self.luck.choice(self.page.lists["inbox"])
        version, status = _VERSION.search(html), _STATUS.search(html)
        assert version
        assert status
        await self._decide(int(number), status[1], int(version[1]))

    async def _decide(self, number: int, status: str, expect: int) -> None:
        plan = PLAN[status]
        [(move, _, fields)] = self.luck.choices(plan, [weight for _, weight, _ in plan])
        pressed_at = monotonic()
        code, _, news = await self._post(
            f"questions/{number}/moves/", {"move": move, "expect": str(expect), **fields}
        )
        if code == 200:
            version = int(news["desk:done"]["version"])
            self.decisions.append(Decision(number, version, pressed_at))
        else:
            assert code == 409, code
            self.refused += 1

    async def _post(
        self, path: str, data: dict[str, str], *, from_card: bool = True
    ) -> tuple[int, str, dict[str, Any]]:
        """The card's forms want the card back; a lease is given back without a look at it."""
        headers = {"HX-Request": "true", "X-CSRFToken": self._token}
        if from_card:
            headers["HX-Target"] = "card"
        async with self._http.post(
            f"/desk/{self.no}/{path}", data=data, headers=headers
        ) as response:
            news = json.loads(response.headers.get("HX-Trigger", "{}"))
            return response.status, await response.text(), news

    async def _listen(self) -> None:
        acknowledged = monotonic()
        async for message in self._socket:
            at, frame = monotonic(), json.loads(message.data)
            self._take_in(frame, at)
            if at - acknowledged > 1:
                acknowledged = at
                await self._socket.send_json({"seq": self.page.seq})

    def _take_in(self, frame: dict[str, Any], at: float) -> None:
        for card in frame.get("put", []):
            if card["id"] and (version := _VERSION.search(card["html"])):
                self.seen.setdefault(card["id"], []).append((int(version[1]), at))
        self.claims = frame.get("side", {}).get("claims", self.claims)
        self.people = frame.get("side", {}).get("people", self.people)
        self.page.apply(frame)
        self._changed.set()


class Echo:
    """A bare websocket echo beside the product, asked a few times a second: what the machine gives."""

    EVERY_S = 0.25
    BYTES = 4096

    def __init__(self, port: int) -> None:
        self.port = port
        self.times: list[float] = []

    async def listen(self) -> None:
        text = "x" * self.BYTES
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"ws://127.0.0.1:{self.port}/") as socket,
        ):
            while True:
                sent_at = monotonic()
                await socket.send_str(text)
                await socket.receive_str()
                self.times.append(monotonic() - sent_at)
                await asyncio.sleep(self.EVERY_S)


@contextmanager
def task(work: Any) -> Iterator[asyncio.Task[None]]:
    running = asyncio.ensure_future(work)
    try:
        yield running
    finally:
        running.cancel()
