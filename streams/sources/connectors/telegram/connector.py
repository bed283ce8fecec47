"""Telegram, as the rest of the product sees it: it asks for updates, or they are delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import (
    Batch,
    Capabilities,
    Chat,
    Check,
    Context,
    Cursor,
    Field,
    HttpAnswer,
    ReplyMode,
    ReplyResult,
    ReplyState,
)
from streams.sources.connectors.telegram import parser
from streams.sources.connectors.telegram.client import call
from streams.sources.errors import (
    BadSignature,
    NotLive,
    Refused,
    SignInAgain,
    SourceError,
    Transient,
)
from streams.sources.inbound import Parsed
from streams.sources.rules import Limit

POLL, WEBHOOK = "poll", "webhook"
# Where Telegram delivers.
PORTS = frozenset({443, 80, 88, 8443})
POLL_S = 25
AT_ONCE = 100
REPLY_MAX_CHARS = 4096


class TelegramConnector:
    platform: str = "telegram"
    capabilities = Capabilities(
        edits=True, backfill=True, reply=ReplyMode.PUBLIC, reply_limits=(Limit(30, 1),)
    )
    fields: tuple[Field, ...] = (
        Field("bot_token", secret=True),
        Field("chats", required=False),
        Field("transport", required=False, default=POLL, choices=(POLL, WEBHOOK)),
        Field("secret_token", secret=True, required=False),
        Field("base_url", default="https://api.telegram.org"),
    )

    # --- We ask --------------------------------------------------------------------------------------

    async def fetch(self, context: Context, cursor: Cursor) -> Batch:
        """The offset confirms what came before it, so it is sent only once that is stored."""
        if context.settings.get("transport") == WEBHOOK:
            raise NotLive("webhook")
        asked: dict[str, Any] = {
            "limit": AT_ONCE,
            "timeout": _wait(context.settings),
            "allowed_updates": parser.ALLOWED,
        }
        if (offset := reading.number(cursor.get("offset"))) is not None:
            asked["offset"] = offset
        answer = await call(context, "getUpdates", asked, timeout_s=asked["timeout"] + 15)
        last = parser.last_update(answer.result)
        if last is None:
            return Batch(cursor=cursor)
        parsed = parser.updates(answer.result, context.now(), _chats(context.settings))
        return Batch(
            items=wire.with_origin(parsed.items, context.live_since),
            cursor={"offset": last + 1},
            raw=answer.raw,
            not_understood=parsed.not_understood,
        )

    # --- It is delivered -------------------------------------------------------------------------------

    def handshake(
        self, secrets: Mapping[str, str], method: str, query: Mapping[str, str], body: bytes
    ) -> HttpAnswer | None:
        return None

    def verify(
        self, secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        """Raises BadSignature. Without a secret of ours nobody is believed."""
        ours = secrets.get("secret_token", "")
        theirs = headers.get("x-telegram-bot-api-secret-token", "")
        if not ours or not compare_digest(ours.encode(), theirs.encode("utf-8", "replace")):
            raise BadSignature("secret_token")

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.body(body, received_at, _chats(settings))

    def answer(self, parsed: Parsed) -> HttpAnswer:
        return HttpAnswer(200)

    async def hook(self, context: Context, address: str) -> None:
        """Raises SourceError. What waits at Telegram is delivered then: nothing is dropped."""
        parts = urlsplit(address)
        if parts.scheme != "https" or (parts.port or 443) not in PORTS:
            raise Refused("https")
        secret = context.secrets.get("secret_token", "")
        if not secret:
            raise Refused("no_secret")
        asked = {
            "url": address,
            "secret_token": secret,
            "allowed_updates": list(parser.ALLOWED),
            "drop_pending_updates": False,
        }
        await call(context, "setWebhook", asked)

    async def unhook(self, context: Context) -> None:
        await call(context, "deleteWebhook", {"drop_pending_updates": False})

    # --- Checks and answers ----------------------------------------------------------------------------

    async def probe(self, context: Context) -> tuple[Check, ...]:
        try:
            me = reading.mapping((await call(context, "getMe", {})).result)
            hook = reading.mapping((await call(context, "getWebhookInfo", {})).result)
        except SourceError as error:
            return (Check("signed_in", False, {"why": error.code}),)
        wants_hook = context.settings.get("transport") == WEBHOOK
        has_hook = bool(reading.string(hook.get("url")))
        account = "@" + reading.name(me.get("username"))
        checks = [
            Check("signed_in", True, {"account": account}),
            # In groups a bot with privacy mode sees only what is said to it.
            Check("sees_groups", me.get("can_read_all_group_messages") is True),
            Check("subscribed" if wants_hook else "no_webhook", has_hook is wants_hook),
        ]
        if wants_hook and reading.number(hook.get("last_error_date")):
            checks.append(Check("delivered", False))
        return tuple(checks)

    def chat(self, reply_ref: Mapping[str, Any]) -> Chat:
        """Groups and channels have numbers below nought, people above."""
        key = str(reply_ref.get("chat_id", ""))
        if key.isdigit():
            return Chat(key, is_private=True, limits=(Limit(1, 1),))
        return Chat(key, is_private=False, limits=(Limit(1, 1), Limit(20, 60)))

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult:
        """Raises SourceError where Telegram wants it slower: nothing was sent."""
        if len(text) > REPLY_MAX_CHARS:
            return ReplyResult(ReplyState.REFUSED, code="too_long")
        chat = str(reply_ref.get("chat_id", ""))
        payload = {
            "chat_id": int(chat) if chat.lstrip("-").isdigit() else chat,
            "text": text,
            "link_preview_options": {"is_disabled": True},
            "reply_parameters": {
                "message_id": reading.number(reply_ref.get("message_id")),
                "allow_sending_without_reply": True,
            },
        }
        try:
            sent = reading.mapping((await call(context, "sendMessage", payload)).result)
        except wire.NotArrived:
            raise
        except Transient as error:
            return ReplyResult(ReplyState.UNKNOWN, code=error.code)
        except (Refused, SignInAgain) as error:
            return ReplyResult(ReplyState.REFUSED, code=error.code)
        return ReplyResult(
            ReplyState.SENT, external_id=f"{chat}:{reading.ident(sent.get('message_id'))}"
        )


def _chats(settings: Mapping[str, str]) -> frozenset[str]:
    return frozenset(settings.get("chats", "").replace(",", " ").split())


def _wait(settings: Mapping[str, str]) -> int:
    asked = reading.number(settings.get("wait_s", ""))
    return POLL_S if asked is None else min(asked, 50)
