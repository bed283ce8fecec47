"""A fake Telegram: one bot in a private chat and in the group of a channel's comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from aiohttp import web
from typing_extensions import override

from streams.sources.fakes.base import Fake
from streams.sources.fakes.record import Happening
from streams.sources.fakes.script import Comment
from streams.sources.inbound import Op

TOKEN = "700000001:AAdemo_demo_demo_demo_demo_demo_demo"
SECRET = "demo-secret-token"
# Ids of supergroups and of people are longer than 32 bits.
GROUP = -1002000000000123
POST = 40
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
FIRST_UPDATE = 700_000_100
FIRST_PERSON = 6_000_000_000
_WORDS = {
    "throttled": (429, "Too Many Requests: retry after {pause}"),
    "conflict": (409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
    "webhook": (409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"),
    "token": (401, "Unauthorized"),
    "server": (502, "Bad Gateway"),
    "blocked": (403, "Forbidden: bot was blocked by the user"),
}  # fmt: skip


class TelegramFake(Fake):
    """`where` private: each comment is a private chat with the bot; else the comments of a post."""

    platform: ClassVar[str] = "telegram"
    faults: ClassVar[tuple[str, ...]] = ("conflict", "webhook", "blocked")
    tells_deletes: ClassVar[bool] = False
    knows: ClassVar[Mapping[str, str]] = {
        "where": "group or private",
        "target": "the source's webhook address; without it LiveQA asks for updates",
    }
    _confirmed = 0
    hooked: Mapping[str, Any] = {}

    @override
    def routes(self) -> Iterable[web.AbstractRouteDef]:
        return (web.route("*", "/bot{token}/{method}", self._call),)

    @override
    def settings(self) -> dict[str, str]:
        transport = "webhook" if self.options.get("target") else "poll"
        return {"base_url": self.base_url, "transport": transport, "chats": ""}

    @override
    def secrets(self) -> dict[str, str]:
        return {"bot_token": TOKEN, "secret_token": SECRET}

    @override
    def external_id(self, comment: Comment) -> str:
        return f"{self._chat(comment)}:{POST + comment.key}"

    @override
    def refusal(self, kind: str, request: web.Request) -> web.StreamResponse:
        status, words = _WORDS.get(kind, (400, f"Bad Request: {kind}"))
        pause = self.knobs.retry_after_s
        said: dict[str, Any] = {"ok": False, "error_code": status}
        said["description"] = words.format(pause=pause)
        if status == 429:
            said["parameters"] = {"retry_after": pause}
        return web.json_response(said, status=status)

    @override
    def concerns(self, kind: str, request: web.Request) -> bool:
        is_fetch = request.path.endswith("/getUpdates")
        return {"conflict": is_fetch, "webhook": is_fetch, "blocked": not is_fetch}.get(kind, True)

    @override
    async def deliver(self, happening: Happening) -> None:
        if target := self.options.get("target"):
            body = json.dumps(self._update(happening)).encode()
            await self.push(target, body, {"X-Telegram-Bot-Api-Secret-Token": SECRET})

    async def _call(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return self.refusal("token", request)
        said = await request.json() if request.can_read_body else {}
        method = request.match_info["method"]
        if method == "getUpdates":
            return await self._updates(request, said)
        if method == "sendMessage":
            return self._send(said)
        if method in {"setWebhook", "deleteWebhook"}:
            return self._hook(method, said)
        answers: dict[str, Any] = {
            "getMe": {
                "id": 700000001, "is_bot": True, "first_name": "Прием граждан",
                "username": "liveqa_demo_bot", "can_read_all_group_messages": True,
            },
            "getWebhookInfo": {"url": self._target, "pending_update_count": 0},
        }  # fmt: skip
        if method not in answers:
            return self.refusal("token", request)
        return web.json_response({"ok": True, "result": answers[method]})

    async def _updates(self, request: web.Request, said: Mapping[str, Any]) -> web.StreamResponse:
        """An offset confirms all before it: they are gone. Without one all come that are not confirmed."""
        if self._target:
            return self.refusal("webhook", request)
        offset = int(said.get("offset") or 0)
        if offset:
            self._confirmed = max(self._confirmed, offset - FIRST_UPDATE)
        limit, wait_s = int(said.get("limit", 100)), float(said.get("timeout", 0))
        found = await self.more(self._confirmed, min(wait_s, self.knobs.poll_s))
        shown = [] if self.is_empty_now() else found[:limit]
        return web.json_response({"ok": True, "result": [self._update(one) for one in shown]})

    @property
    def _target(self) -> str:
        """Where it delivers: as LiveQA said, else as the rehearsal began."""
        return str(self.hooked.get("url", "") or self.options.get("target", ""))

    def _hook(self, method: str, said: Mapping[str, Any]) -> web.StreamResponse:
        """`hooked` is the call as it came."""
        url, secret = str(said.get("url", "")), str(said.get("secret_token", ""))
        if method == "setWebhook" and not (url.startswith("https://") and _TOKEN.fullmatch(secret)):
            words = "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            return web.json_response(
                {"ok": False, "error_code": 400, "description": words}, status=400
            )
        self.hooked = dict(said) if method == "setWebhook" else {}
        return web.json_response({"ok": True, "result": True, "description": "Webhook was set"})

    def _send(self, said: Mapping[str, Any]) -> web.StreamResponse:
        chat = said["chat_id"]
        answered = said.get("reply_parameters", {}).get("message_id")
        self.replied(f"{chat}:{answered}", said["text"])
        sent = {"message_id": 900_000 + len(self.record.replies), "chat": {"id": chat}}
        return web.json_response({"ok": True, "result": {**sent, "text": said["text"]}})

    # --- What is said ----------------------------------------------------------------------------------

    def _chat(self, comment: Comment) -> int:
        if self.options.get("where") == "private":
            return FIRST_PERSON + comment.author
        return GROUP

    def _update(self, happening: Happening) -> dict[str, Any]:
        step, comment = happening.step, happening.step.comment
        message: dict[str, Any] = {
            "message_id": POST + comment.key,
            "date": int(happening.posted_at.timestamp()),
            "chat": self._chat_object(comment),
            "from": {
                "id": FIRST_PERSON + comment.author,
                "is_bot": comment.is_staff,
                "first_name": comment.name,
                "username": comment.handle,
                "language_code": "kk",
            },
            "text": step.text,
        }
        if self._chat(comment) == GROUP:
            message["message_thread_id"] = POST
            message["reply_to_message"] = {
                "message_id": POST,
                "is_automatic_forward": True,
                "date": message["date"] - 60,
                "chat": message["chat"],
            }
        if step.op is Op.EDIT:
            message["edit_date"] = int(happening.sent_at.timestamp()) + 1
        name = "edited_message" if step.op is Op.EDIT else "message"
        return {"update_id": FIRST_UPDATE + happening.no - 1, name: message}

    def _chat_object(self, comment: Comment) -> dict[str, Any]:
        if self._chat(comment) == GROUP:
            return {"id": GROUP, "type": "supergroup", "title": "Прием граждан"}
        return {"id": self._chat(comment), "type": "private", "first_name": comment.name}


FAKE = TelegramFake
