"""Facebook Live as a source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from streams.sources.connectors import graph, meta, reading
from streams.sources.connectors.ages import aged
from streams.sources.connectors.base import (
    Batch,
    Capabilities,
    Check,
    Context,
    Cursor,
    Field,
    ReplyMode,
    ReplyResult,
    ReplyState,
)
from streams.sources.connectors.facebook import client, parser
from streams.sources.connectors.facebook.client import Pages
from streams.sources.connectors.graph import Call, GraphError
from streams.sources.errors import NotLive, SourceError, Throttled, Transient
from streams.sources.inbound import Inbound, Op, Parsed

POLL_S = 4.0
# Facebook shows comments a little late and out of order.
OVERLAP = timedelta(seconds=2)
STATUS_EVERY = timedelta(seconds=30)
MAX_SEEN = 500
# "Refused" by Facebook, and created all the same.
CREATED = (20, 1772107)
NOT_THERE = "not_there"
MESSAGE_MAX_CHARS = 8000
SCOPES = frozenset(
    {
        "pages_show_list",
        "pages_read_engagement",
        "pages_read_user_content",
        "pages_manage_metadata",
    }
)


class FacebookConnector(meta.Called):
    platform = "facebook"
    capabilities = Capabilities(
        edits=True, deletes=True, backfill=True, needs_review=True, reply=ReplyMode.PUBLIC
    )
    fields: tuple[Field, ...] = (
        Field("page_id"),
        Field("access_token", secret=True),
        Field("live_video_id", required=False),
        Field("post_id", required=False),
        Field("app_id", required=False),
        Field("app_secret", secret=True, required=False),
        Field("verify_token", secret=True, required=False),
        Field("base_url", default=graph.FACEBOOK),
        Field("api_version", default=graph.VERSION),
    )

    # --- Push ----------------------------------------------------------------------------------------

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.parse(settings, body, received_at)

    # --- Poll ----------------------------------------------------------------------------------------

    async def fetch(self, context: Context, cursor: Cursor) -> Batch:
        call, now = Call.of(context), context.now()
        live = reading.ident(cursor.get("live"))
        marks: list[Inbound] = []
        if not live:
            live = context.settings.get("live_video_id", "").strip()
            live = live or await client.find_live(call, context.settings["page_id"])
            if not live or await client.is_over(call, live):
                raise NotLive("no_broadcast")
            cursor = {"live": live, "checked": now.isoformat()}
            marks.append(_mark(Op.LIVE_STARTED, live, now))
        # First the state, then the comments: those of the last seconds are still read.
        checked = reading.iso(cursor.get("checked")) or now
        is_over = False
        if now - checked >= STATUS_EVERY:
            checked, is_over = now, await client.is_over(call, live)
        pages, fresh, since, seen = await self._comments(context, call, live, cursor)
        if is_over and not pages.is_cut:
            marks.append(_mark(Op.LIVE_ENDED, live, now))
        is_done = is_over and not pages.is_cut
        return Batch(
            items=(*marks, *fresh.items),
            cursor={}
            if is_done
            else {
                "live": live,
                "checked": checked.isoformat(),
                "since": since.isoformat() if since else "",
                "seen": seen,
                "fields": pages.fields,
            },
            raw=pages.raw() if fresh.items or fresh.not_understood else b"",
            wait_s=max(0.0 if pages.is_cut else POLL_S, pages.pause_s),
            platform_count=pages.count,
            not_understood=fresh.not_understood,
        )

    async def _comments(
        self, context: Context, call: Call, live: str, cursor: Cursor
    ) -> tuple[Pages, Parsed, datetime | None, list[str]]:
        """What is new, and how far we have come: `since`, and those that the overlap brings again."""
        since = reading.iso(cursor.get("since"))
        fields = reading.number(cursor.get("fields")) or 0
        pages = await client.comments(call, live, since and since - OVERLAP, fields)
        parsed = self.parse(context.settings, pages.raw(), context.now())
        known = frozenset(reading.strings(cursor.get("seen")))
        fresh = tuple(
            aged(item, context.live_since) for item in parsed.items if item.external_id not in known
        )
        newest = max((item.posted_at for item in parsed.items if item.posted_at), default=since)
        edge = newest and newest - OVERLAP
        # Two overlaps: a whole second is asked for, and the newest may come with a later one.
        seen = [] if newest != since else list(known)
        seen += [
            item.external_id
            for item in parsed.items
            if edge and item.posted_at and item.posted_at >= edge - OVERLAP
        ]
        return pages, Parsed(fresh, parsed.not_understood), newest, sorted(set(seen))[-MAX_SEEN:]

    # --- Check and reply -----------------------------------------------------------------------------

    async def probe(self, context: Context) -> tuple[Check, ...]:
        try:
            call = Call.of(context)
        except SourceError as error:
            return (Check("signed_in", False, {"why": error.code}),)
        page = context.settings["page_id"]
        scopes = await graph.check_scopes(call, SCOPES, "pages_manage_engagement")
        has_webhook = bool(context.secrets.get("app_secret"))
        return (
            await graph.check_account(call, page, "id,name"),
            *scopes,
            *([await graph.check_subscription(call, page, "feed")] if has_webhook else []),
            await _check_live(context, call, page),
        )

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult:
        """A public answer under the comment.

        Facebook may create it and still answer with an error, so after every doubtful answer we
        look whether our words stand there, and never send them again by ourselves.
        """
        if len(text) > MESSAGE_MAX_CHARS:
            return ReplyResult(ReplyState.REFUSED, code="too_long")
        comment = reading.ident(reply_ref.get("comment_id"))
        call = Call.of(context)
        try:
            answer = await call.exact("POST", f"{comment}/comments", data={"message": text})
        except graph.NotArrived:
            raise
        except GraphError as error:
            return await _doubtful(call, comment, text, error)
        except Transient as error:
            return await _looked(call, comment, text, error.code)
        return ReplyResult(ReplyState.SENT, external_id=reading.ident(answer.data.get("id")))


async def _doubtful(call: Call, comment: str, text: str, error: GraphError) -> ReplyResult:
    """Raises what certainly left nothing behind and may be tried again."""
    if isinstance(error.known, Throttled) or error.known.code == "token":
        raise error.known from None
    looked = await _looked(call, comment, text, error.known.code)
    is_clean = not isinstance(error.known, Transient)
    if looked.code == NOT_THERE and is_clean and (error.number, error.subcode) != CREATED:
        return ReplyResult(ReplyState.REFUSED, code=error.known.code)
    return looked


async def _looked(call: Call, comment: str, text: str, code: str) -> ReplyResult:
    """Whether our words stand under the comment in spite of the error."""
    try:
        found = await client.our_reply(call, comment, text)
    except SourceError:
        return ReplyResult(ReplyState.UNKNOWN, code=code)
    if found:
        return ReplyResult(ReplyState.SENT, external_id=found)
    return ReplyResult(ReplyState.UNKNOWN, code=NOT_THERE)


def _mark(op: Op, live: str, now: datetime) -> Inbound:
    return Inbound(op, f"{op.value}:{live}", now, thread=live, reported_at=now)


async def _check_live(context: Context, call: Call, page: str) -> Check:
    try:
        live = context.settings.get("live_video_id", "").strip()
        live = live or await client.find_live(call, page)
        count = (await client.comments(call, live, None, 0)).count if live else None
    except SourceError as error:
        return Check("live_now", False, {"why": error.code})
    return Check("live_now", bool(live), {"count": "" if count is None else str(count)})
