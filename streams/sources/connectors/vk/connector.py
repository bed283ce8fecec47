"""VK, as the rest of the product sees it: it waits for events, or they are delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import (
    Batch,
    Capabilities,
    Check,
    Context,
    Cursor,
    Field,
    HttpAnswer,
    ReplyMode,
    ReplyResult,
    ReplyState,
)
from streams.sources.connectors.vk import parser
from streams.sources.connectors.vk.client import VERSION, Client, call
from streams.sources.errors import (
    BadSignature,
    NotLive,
    NotUnderstood,
    Refused,
    SignInAgain,
    SourceError,
    Transient,
)
from streams.sources.inbound import Inbound, Parsed

POLL, CALLBACK = "poll", "callback"
REPLY_MAX_CHARS = 4000


class VkConnector:
    platform: str = "vk"
    capabilities = Capabilities(edits=True, deletes=True, backfill=True, reply=ReplyMode.PUBLIC)
    fields: tuple[Field, ...] = (
        Field("group_id"),
        Field("group_token", secret=True),
        Field("video", required=False),
        Field("user_token", secret=True, required=False),
        Field("transport", required=False, default=POLL, choices=(POLL, CALLBACK)),
        Field("secret", secret=True, required=False),
        Field("confirmation", secret=True, required=False),
        Field("api_version", required=False, default=VERSION),
        Field("base_url", default="https://api.vk.com"),
    )

    def __init__(self) -> None:
        self._client = Client()

    # --- We wait -------------------------------------------------------------------------------------

    async def fetch(self, context: Context, cursor: Cursor) -> Batch:
        if context.settings.get("transport") == CALLBACK:
            raise NotLive("callback")
        server = await self._client.server(context)
        ts = str(cursor.get("ts", "") or server.ts)
        # What is written while the answer is on its way may not be in it.
        asked_at = context.now()
        said = await self._client.wait(context, server, ts)
        failed = reading.number(said.get("failed"))
        if failed is None:
            return await self._batch(context, cursor, said, asked_at)
        if failed == 1:
            # Our place is too old: what was between is only in the list of comments.
            return await self._over_the_gap(
                context, cursor, reading.ident(said.get("ts")), asked_at
            )
        self._client.forget_server(context)
        if failed == 2:
            return Batch(cursor={**cursor, "ts": ts})
        ts = (await self._client.server(context)).ts
        return await self._over_the_gap(context, cursor, ts, asked_at)

    async def _batch(
        self, context: Context, cursor: Cursor, said: Mapping[str, Any], asked_at: datetime
    ) -> Batch:
        ts = reading.ident(said.get("ts"))
        if not ts:
            raise Transient("bad_answer")
        updates = said.get("updates", [])
        people = await self._client.people(context, parser.author_ids(updates))
        parsed = parser.events(updates, context.now(), context.settings, people)
        raw = json.dumps({"ts": ts, "updates": updates, "profiles": people}).encode()
        return Batch(
            items=wire.with_origin(parsed.items, context.live_since),
            cursor=_behind(cursor, ts, parsed.items, asked_at),
            raw=raw if updates else b"",
            not_understood=parsed.not_understood,
        )

    async def _over_the_gap(
        self, context: Context, cursor: Cursor, ts: str, asked_at: datetime
    ) -> Batch:
        """Read back what can be read back; what can't is said to be missing."""
        since = reading.iso(cursor.get("heard")) or context.live_since
        where = parser.video(context.settings.get("video", ""))
        pages: list[bytes] = []
        is_whole = False
        if where and context.secrets.get("user_token"):
            try:
                pages, is_whole = await self._client.comments_since(
                    context, where, str(cursor.get("last", ""))
                )
            except SourceError:
                is_whole = False
        read = [parser.body(page, context.now(), context.settings) for page in pages]
        items = tuple({i.external_id: i for parsed in read for i in parsed.items}.values())
        return Batch(
            items=wire.with_origin(items, context.live_since),
            cursor=_behind(cursor, ts, items, asked_at),
            raw=b"",
            gap_from=None if is_whole else since,
            not_understood=sum(parsed.not_understood for parsed in read),
        )

    # --- It is delivered -------------------------------------------------------------------------------

    def handshake(
        self, secrets: Mapping[str, str], method: str, query: Mapping[str, str], body: bytes
    ) -> HttpAnswer | None:
        try:
            said = reading.mapping(reading.load(body)) if method == "POST" else {}
        except NotUnderstood:
            return None
        confirmation = secrets.get("confirmation", "").strip()
        if said.get("type") != "confirmation" or not confirmation:
            return None
        return HttpAnswer(200, confirmation.encode())

    def verify(
        self, secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        """VK says the secret in the body itself. Raises BadSignature."""
        ours = secrets.get("secret", "")
        try:
            theirs = reading.string(reading.mapping(reading.load(body)).get("secret"))
        except NotUnderstood:
            raise BadSignature("secret") from None
        if not ours or not compare_digest(ours.encode(), theirs.encode()):
            raise BadSignature("secret")

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.body(body, received_at, settings)

    def answer(self, parsed: Parsed) -> HttpAnswer:
        return HttpAnswer(200, b"ok")

    # --- Checks and answers ----------------------------------------------------------------------------

    async def probe(self, context: Context) -> tuple[Check, ...]:
        group = context.settings.get("group_id", "").strip()
        try:
            said = reading.mapping(
                await call(context, "groups.getLongPollSettings", {"group_id": group})
            )
        except SourceError as error:
            return (Check("signed_in", False, {"why": error.code}),)
        wanted = reading.mapping(said.get("events")).get("video_comment_new")
        is_on = said.get("is_enabled") is True and wanted == 1
        waits = context.settings.get("transport") != CALLBACK
        video = context.settings.get("video", "")
        checks = [Check("signed_in", True)]
        if waits:
            checks.append(Check("subscribed", is_on, {"field": "video_comment_new"}))
        checks.append(Check("broadcast_found", not video or parser.video(video) is not None))
        checks.append(Check("can_reply", bool(context.secrets.get("user_token"))))
        return tuple(checks)

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult:
        """VK writes one comment for one `guid`, so a call that got no answer is made once more."""
        if len(text) > REPLY_MAX_CHARS:
            return ReplyResult(ReplyState.REFUSED, code="too_long")
        asked = {
            "owner_id": str(reply_ref.get("owner_id", "")),
            "video_id": str(reply_ref.get("video_id", "")),
            "reply_to_comment": str(reply_ref.get("comment_id", "")),
            "message": text,
            "from_group": "1",
            "guid": idempotency_key,
        }
        try:
            sent = await _written(context, asked)
        except wire.NotArrived:
            raise
        except Transient as error:
            return ReplyResult(ReplyState.UNKNOWN, code=error.code)
        except (Refused, SignInAgain) as error:
            return ReplyResult(ReplyState.REFUSED, code=error.code)
        key = f"{asked['owner_id']}_{asked['video_id']}_{reading.ident(sent)}"
        return ReplyResult(ReplyState.SENT, external_id=key)


async def _written(context: Context, asked: Mapping[str, str]) -> object:
    try:
        return await call(context, "video.createComment", asked, as_user=True)
    except wire.NotArrived:
        raise
    except Transient:
        return await call(context, "video.createComment", asked, as_user=True)


def _behind(cursor: Cursor, ts: str, items: tuple[Inbound, ...], heard: datetime) -> dict[str, Any]:
    """`last` is the highest comment that we know, `heard` until when we know all."""
    numbers = [int(item.external_id.rpartition("_")[2]) for item in items if item.text]
    if known := reading.number(cursor.get("last")):
        numbers.append(known)
    behind: dict[str, Any] = {"ts": ts, "heard": heard.isoformat()}
    return behind | ({"last": str(max(numbers))} if numbers else {})
