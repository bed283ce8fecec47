"""A fake YouTube: the chat of one broadcast, as a stream and as pages, with its daily allowance."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.base import Fake
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

VIDEO = "LiveQAdemo1"
CHAT = "Cg0KC0xpdmVRQWRlbW8x"
KEY = "demo-key"
ACCESS, REFRESH, APP = "demo-access", "demo-refresh", "demo-app"
# So much of the past is shown to who comes without a page token.
RECENT = 75
PER_ELEMENT = 20
_PREFIX = {"stream": "GSTR", "poll": "GLST"}
_REASONS = {
    "throttled": (403, "youtube.liveChat", "rateLimitExceeded"),
    "quota": (403, "youtube.quota", "quotaExceeded"),
    "server": (503, "global", "backendError"),
    "token": (401, "global", "authError"),
    "no_stream": (404, "global", "notFound"),
    "page_token": (400, "youtube.liveChat", "pageTokenInvalid"),
    "ended": (403, "youtube.liveChat", "liveChatEnded"),
    "no_chat": (404, "youtube.liveChat", "liveChatNotFound"),
    "key": (400, "global", "badRequest"),
}


class YouTubeFake(Fake):
    platform: ClassVar[str] = "youtube"
    faults: ClassVar[tuple[str, ...]] = ("no_stream", "page_token")
    tells_edits: ClassVar[bool] = False
    knows: ClassVar[Mapping[str, str]] = {
        "transport": "stream or poll",
        "units": "the day's quota, 10000 where it isn't said",
    }
    spent = 0

    @override
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        chat = "/youtube/v3/liveChat/messages"
        return (
            web.get("/youtube/v3/videos", self._video),
            web.get("/youtube/v3/liveBroadcasts", self._broadcasts),
            web.get(f"{chat}/stream", self._stream),
            web.get(chat, self._page),
            web.post(chat, self._insert),
            web.post("/token", self._token),
        )

    @override
    def settings(self) -> dict[str, str]:
        return {
            "base_url": self.base_url,
            "video": f"https://www.youtube.com/watch?v={VIDEO}",
            "client_id": APP,
            "token_url": f"{self.base_url}/token",
            "transport": self.options.get("transport", "stream"),
        }

    @override
    def secrets(self) -> dict[str, str]:
        return {"api_key": KEY, "client_secret": "demo-secret", "refresh_token": REFRESH}

    @override
    def external_id(self, comment: Comment) -> str:
        return f"LCC.EhwKGkNP{comment.key:010d}"

    @override
    def refusal(self, kind: str, request: web.Request) -> web.StreamResponse:
        status, domain, reason = _REASONS.get(kind, (400, "global", kind))
        failure: dict[str, Any] = {
            "code": status,
            "message": f"The request failed: {reason}.",
            "errors": [{"message": reason, "domain": domain, "reason": reason}],
        }
        if kind == "key":
            failure["details"] = [{"reason": "API_KEY_INVALID", "domain": "googleapis.com"}]
        headers = {"Retry-After": str(self.knobs.retry_after_s)} if kind == "throttled" else {}
        return web.json_response({"error": failure}, status=status, headers=headers)

    @override
    def concerns(self, kind: str, request: web.Request) -> bool:
        if kind == "no_stream":
            return request.path.endswith("/stream")
        return kind != "page_token" or "pageToken" in request.query

    def _refused(self, request: web.Request, cost: int) -> web.StreamResponse | None:
        """Refused calls cost as well."""
        self.spent += cost
        if self.spent > int(self.options.get("units", "10000")):
            return self.refusal("quota", request)
        key = request.headers.get("X-Goog-Api-Key") or request.query.get("key")
        signed = request.headers.get("Authorization")
        if signed == f"Bearer {ACCESS}" or (key == KEY and request.method == "GET"):
            return None
        return self.refusal("key" if key else "token", request)

    # --- The broadcast -------------------------------------------------------------------------------

    async def _video(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request, 1):
            return refused
        details: dict[str, str] = {"scheduledStartTime": "2026-11-25T05:00:00Z"}
        if self.is_live:
            details |= {"actualStartTime": "2026-11-25T05:00:03Z", "activeLiveChatId": CHAT}
        elif self.has_ended:
            details |= {"actualEndTime": "2026-11-25T07:00:00Z"}
        found = {"kind": "youtube#video", "id": VIDEO, "liveStreamingDetails": details}
        items = [found] if request.query.get("id") == VIDEO else []
        return web.json_response({"kind": "youtube#videoListResponse", "items": items})

    async def _broadcasts(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request, 1):
            return refused
        found = {"id": VIDEO, "snippet": {"title": "Прием граждан", "liveChatId": CHAT}}
        items = [found] if self.is_live else []
        return web.json_response({"kind": "youtube#liveBroadcastListResponse", "items": items})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        said = await request.post()
        if said.get("refresh_token") != REFRESH or said.get("client_id") != APP:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response(
            {"access_token": ACCESS, "expires_in": 3599, "token_type": "Bearer"}
        )

    # --- The chat ------------------------------------------------------------------------------------

    def _place(self, request: web.Request, transport: str) -> int | None:
        """Up to which happening the asker knows all; None where its token is no token here."""
        token = request.query.get("pageToken", "")
        if not token:
            return max(0, len(self.happened) - RECENT)
        prefix, number = token[:4], token[4:]
        if prefix != _PREFIX[transport] or not number.isdigit():
            return None
        return int(number)

    def _refused_chat(self, request: web.Request) -> web.StreamResponse | None:
        if refused := self._refused(request, 5):
            return refused
        if request.query.get("liveChatId") != CHAT:
            return self.refusal("no_chat", request)
        if self.has_ended and self._place(request, "stream") == len(self.happened):
            return self.refusal("ended", request)
        return None if self.is_live or self.has_ended else self.refusal("no_chat", request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused_chat(request):
            return refused
        place = self._place(request, "poll")
        if place is None:
            return self.refusal("page_token", request)
        found = [] if self.is_empty_now() else self.since(place)
        said = self._answer(found, place + len(found), "poll")
        return web.json_response(said)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """One array, an element whenever there is something; closed after a while, as it really is."""
        if refused := self._refused_chat(request):
            return refused
        place = self._place(request, "stream")
        if place is None:
            return self.refusal("page_token", request)
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=UTF-8"})
        await response.prepare(request)
        # At once, even in a quiet chat: where the asker stands.
        found = self.since(place)[:PER_ELEMENT]
        place += len(found)
        await self.write(request, response, b"[" + self._element(found, place))
        before = b",\r\n"
        loop = asyncio.get_running_loop().time
        until = loop() + self.knobs.stream_s
        while loop() < until and not self.has_ended:
            found = (await self.more(place, until - loop()))[:PER_ELEMENT]
            place += len(found)
            await self.write(request, response, before + self._element(found, place))
            before = b",\r\n"
        while found := self.since(place)[:PER_ELEMENT]:
            place += len(found)
            await self.write(request, response, before + self._element(found, place))
            before = b",\r\n"
        last = self._element([], place)
        await self.write(request, response, before + last + b"]")
        return response

    def _element(self, found: Sequence[Happening], place: int) -> bytes:
        return json.dumps(self._answer(found, place, "stream"), ensure_ascii=False).encode()

    def _answer(self, found: Sequence[Happening], place: int, transport: str) -> dict[str, Any]:
        said: dict[str, Any] = {
            "kind": "youtube#liveChatMessageListResponse",
            "nextPageToken": f"{_PREFIX[transport]}{place}",
            "items": [self._message(one) for one in found],
        }
        if transport == "poll":
            said["pollingIntervalMillis"] = 5000
        if self.has_ended and place == len(self.happened):
            said["offlineAt"] = self.now().astimezone(UTC).isoformat()
        return said

    def _message(self, happening: Happening) -> dict[str, Any]:
        step, comment = happening.step, happening.step.comment
        snippet: dict[str, Any] = {
            "liveChatId": CHAT,
            "publishedAt": _iso(happening.posted_at),
            "hasDisplayContent": step.op is Op.NEW,
        }
        if step.op is Op.DELETE:
            gone = {"deletedMessageId": self.external_id(comment)}
            snippet |= {"type": "messageDeletedEvent", "messageDeletedDetails": gone}
            return {"id": f"LCC.Deleted{happening.no}", "snippet": snippet}
        snippet |= {
            "type": "textMessageEvent",
            "authorChannelId": _channel(comment),
            "displayMessage": step.text,
            "textMessageDetails": {"messageText": step.text},
        }
        author = {
            "channelId": _channel(comment),
            "displayName": f"@{comment.handle}",
            "profileImageUrl": "https://yt3.ggpht.com/demo",
            "isVerified": False,
            "isChatOwner": comment.is_staff,
            "isChatSponsor": False,
            "isChatModerator": False,
        }
        own = self.external_id(comment)
        return {"id": own, "snippet": snippet, "authorDetails": author}

    async def _insert(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request, 20):
            return refused
        if not self.is_live:
            return self.refusal("ended", request)
        said = await request.json()
        text = said["snippet"]["textMessageDetails"]["messageText"]
        self.replied(text.partition(" ")[0], text)
        own = f"LCC.Reply{len(self.record.replies)}"
        return web.json_response({"kind": "youtube#liveChatMessage", "id": own})


def _channel(comment: Comment) -> str:
    return f"UCdemo{comment.author:018d}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


FAKE = YouTubeFake
