"""What the fakes of Meta's platforms share: Graph's errors and checks, and signed deliveries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientError, ClientSession, web
from typing_extensions import override

from streams.sources.fakes.base import Fake
from streams.sources.fakes.record import Happening, Pushed

VERSION = "v26.0"
# They open nothing but this fake.
TOKEN = "FAKE-ACCESS-TOKEN"
APP_ID, APP_SECRET, VERIFY_TOKEN = "1234567890", "fake-app-secret", "fake-verify-token"
MAX_CHANGES = 100
_ERRORS: Mapping[str, tuple[int, int, int]] = {
    "throttled": (400, 4, 0),
    "quota": (403, 613, 0),
    "server": (503, 2, 0),
    "token": (400, 190, 463),
    "permission": (403, 200, 0),
    "field": (400, 10, 0),
    "gone": (400, 100, 33),
}


class GraphFake(Fake):
    """`lost` is the share of deliveries that never leave Meta: only reading back finds those.

    Tests may forbid fields, as a token without every right does, and change what is `subscribed`.
    """

    knows: ClassVar[Mapping[str, str]] = {
        "target": "the source's address in LiveQA, for deliveries",
        "lost": "share of deliveries that get lost, from 0 to 1",
    }
    faults: ClassVar[tuple[str, ...]] = ("permission", "gone", "garbage")
    calls_us: ClassVar[bool] = True
    # What the token of this fake may do.
    scopes: ClassVar[tuple[str, ...]] = ()
    object: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.granted = list(self.scopes)
        self.forbidden: set[str] = set()
        self.subscribed: list[str] = []
        self.lost = float(self.options.get("lost", "0"))
        self._queue: list[dict[str, Any]] = []
        self._sender: asyncio.Task[None] | None = None

    @override
    def settings(self) -> dict[str, str]:
        return {"base_url": self.base_url, "api_version": VERSION, "app_id": APP_ID}

    @override
    def secrets(self) -> dict[str, str]:
        return {"access_token": TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}

    @override
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return (
            *self.graph_routes(),
            web.post(f"/{VERSION}/", self._batch),
            web.route("*", "/{rest:.*}", self._unknown),
        )

    def graph_routes(self) -> Iterable[web.AbstractRouteDef]:
        """The platform's own addresses."""
        return ()

    # --- Answers -------------------------------------------------------------------------------------

    @override
    def refusal(self, kind: str, request: web.Request) -> web.StreamResponse:
        if kind == "garbage":
            return web.Response(status=502, text="<html>Bad gateway</html>")
        response = graph_error(*_ERRORS.get(kind, (400, 100, 0)))
        if kind == "throttled":
            response.headers["Retry-After"] = str(self.knobs.retry_after_s)
            response.headers["X-App-Usage"] = json.dumps({"call_count": 100, "total_time": 9})
        if kind == "quota":
            usage = {"type": self.platform, "call_count": 100, "estimated_time_to_regain_access": 7}
            response.headers["X-Business-Use-Case-Usage"] = json.dumps({"1": [usage]})
        return response

    def denied(self, request: web.Request) -> web.Response | None:
        """The answer to a call without our token."""
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return graph_error(400, 190, 0)

    def refused(self, request: web.Request) -> web.Response | None:
        """The same, also to one that asks for a forbidden field."""
        asked = request.query.get("fields", "")
        if any(name in asked for name in self.forbidden):
            return graph_error(400, 10, 0)
        return self.denied(request)

    async def subscribed_apps(self, request: web.Request) -> web.Response:
        apps = [{"id": APP_ID, "subscribed_fields": self.subscribed}] if self.subscribed else []
        return self.denied(request) or web.json_response({"data": apps})

    async def _unknown(self, request: web.Request) -> web.Response:
        return self.denied(request) or graph_error(400, 100, 33)

    async def _batch(self, request: web.Request) -> web.Response:
        """Only what the check of a connection asks: what a token may do."""
        if request.headers.get("Authorization") != f"Bearer {APP_ID}|{APP_SECRET}":
            return graph_error(400, 190, 0)
        form = await request.post()
        asked = urlsplit(json.loads(str(form["batch"]))[0]["relative_url"])
        token = parse_qs(asked.query).get("input_token", [""])[0]
        facts = {"app_id": APP_ID, "is_valid": token == TOKEN, "scopes": self.granted}
        return web.json_response([{"code": 200, "body": json.dumps({"data": facts})}])

    # --- Deliveries ----------------------------------------------------------------------------------

    def change(self, happening: Happening) -> dict[str, Any] | None:
        """What the platform's webhook tells of it; None where it tells nothing."""
        raise NotImplementedError

    def entry(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        """The envelope's entry for some changes."""
        raise NotImplementedError

    def envelope(self, changes: list[dict[str, Any]]) -> bytes:
        """Bytes as Meta sends them: letters beyond ASCII and slashes are escaped."""
        document = {"object": self.object, "entry": [self.entry(changes)]}
        return json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode()

    def sign(self, body: bytes) -> dict[str, str]:
        mac = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={mac}"}

    @override
    async def deliver(self, happening: Happening) -> None:
        if not self.options.get("target") or self.dice.random() < self.lost:
            return
        if (change := self.change(happening)) is not None:
            self._queue.append(change)
            if self._sender is None or self._sender.done():
                self._sender = asyncio.create_task(self._send())
                self._tasks.append(self._sender)

    async def _send(self) -> None:
        """What came while a delivery was under way goes out in one."""
        while self._queue:
            changes, self._queue = self._queue[:MAX_CHANGES], self._queue[MAX_CHANGES:]
            await asyncio.sleep(self.knobs.delay_s)
            body = self.envelope(changes)
            await self.push(self.options["target"], body, self.sign(body))

    async def settled(self) -> None:
        """Until all that is to be delivered has been."""
        if self._sender is not None:
            await self._sender

    @override
    async def on_end(self) -> None:
        await self.settled()

    @override
    async def play(self) -> None:
        if self.options.get("target"):
            await self.shake_hands()
        await super().play()
        await self.settled()

    async def shake_hands(self, token: str = VERIFY_TOKEN) -> tuple[int, str]:
        """What Meta asks when the address is entered in its settings."""
        asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
        status, said = 0, ""
        try:
            async with (
                ClientSession() as session,
                session.get(self.options["target"], params=asked) as answer,
            ):
                status, said = answer.status, await answer.text()
        except (ClientError, OSError):
            said = ""
        self.record.pushed.append(Pushed(self.now(), b"", status))
        return status, said


def graph_error(status: int, number: int, subcode: int) -> web.Response:
    error: dict[str, Any] = {
        "message": f"(#{number}) A made-up refusal",
        "type": "OAuthException",
        "code": number,
        "fbtrace_id": "AFAKEtrace",
    }
    if subcode:
        error["error_subcode"] = subcode
    return web.json_response({"error": error}, status=status)
