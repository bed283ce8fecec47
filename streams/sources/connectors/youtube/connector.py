"""YouTube, as the rest of the product sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import httpx2

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import (
    Batch,
    Capabilities,
    Check,
    Context,
    Cursor,
    Field,
    Quota,
    ReplyMode,
    ReplyResult,
    ReplyState,
)
from streams.sources.connectors.youtube import client, parser, quota
from streams.sources.connectors.youtube.client import Client
from streams.sources.connectors.youtube.feed import POLL, STREAM, Feed
from streams.sources.errors import Ended, NotLive, Refused, SourceError, Transient
from streams.sources.inbound import Parsed

REPLY_MAX_CHARS = 200


class YouTubeConnector:
    platform: str = "youtube"
    capabilities = Capabilities(
        deletes=True,
        backfill=True,
        reply=ReplyMode.PUBLIC,
        reply_while_live=True,
        reply_cost=quota.WRITE,
    )
    fields: tuple[Field, ...] = (
        Field("video", required=False),
        Field("api_key", secret=True, required=False),
        Field("client_id", required=False),
        Field("client_secret", secret=True, required=False),
        Field("refresh_token", secret=True, required=False),
        Field("transport", required=False, default=STREAM, choices=(STREAM, POLL)),
        Field("daily_quota", required=False, default=str(quota.DAILY)),
        Field("base_url", default="https://youtube.googleapis.com"),
        Field("token_url", required=False, default=client.TOKEN_URL),
    )

    def __init__(self) -> None:
        self._client = Client()

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        """A stored answer, read again. Raises NotUnderstood."""
        page = parser.page(reading.mapping(reading.load(body)), received_at)
        return Parsed(page.items, page.not_understood)

    def quota(self, settings: Mapping[str, str], now: datetime) -> Quota:
        units = reading.number(settings.get("daily_quota", "")) or quota.DAILY
        return Quota(units, quota.day(now), quota.renewed_at(now))

    def stream(self, context: Context, cursor: Cursor) -> AsyncIterator[Batch]:
        return Feed(self._client, context, cursor).batches()

    async def probe(self, context: Context) -> tuple[Check, ...]:
        checks: list[Check] = []
        try:
            await self._client.chat_id(context)
        except (NotLive, Ended) as error:
            checks += [Check("signed_in", True), Check("live_now", False, {"why": error.code})]
        except SourceError as error:
            checks.append(Check("signed_in", False, {"why": error.code}))
        else:
            checks += [Check("signed_in", True), Check("live_now", True)]
        can_reply = bool(context.secrets.get("refresh_token"))
        return (*checks, Check("can_reply", can_reply))

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult:
        """A new message in the chat that begins with the asker's name: YouTube has no threads."""
        said = f"{reply_ref.get('handle', '')} {text}".strip()
        if len(said) > REPLY_MAX_CHARS:
            return ReplyResult(ReplyState.REFUSED, code="too_long")
        snippet = {
            "liveChatId": str(reply_ref.get("chat_id", "")),
            "type": "textMessageEvent",
            "textMessageDetails": {"messageText": said},
        }
        headers = await self._client.sign(context, write=True)
        try:
            response = await wire.ask(
                context,
                "POST",
                context.url(client.MESSAGES),
                params={"part": "snippet"},
                headers=headers,
                payload={"snippet": snippet},
            )
        except wire.NotArrived:
            raise
        except Transient as error:
            return ReplyResult(ReplyState.UNKNOWN, code=error.code)
        return _result(response, context.now())


def _result(response: httpx2.Response, now: datetime) -> ReplyResult:
    """Raises SourceError where nothing was written for certain and another time it may be."""
    try:
        client.refuse(response.status_code, response.headers, response.content, now)
        sent = reading.ident(wire.document(response).get("id"))
    except Transient as error:
        return ReplyResult(ReplyState.UNKNOWN, code=error.code)
    except Refused as error:
        return ReplyResult(ReplyState.REFUSED, code=error.code)
    except (Ended, NotLive) as error:
        return ReplyResult(ReplyState.EXPIRED, code=error.code)
    return ReplyResult(ReplyState.SENT, external_id=sent)
