"""Instagram Live as a source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
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
from streams.sources.connectors.graph import Call, GraphError
from streams.sources.connectors.instagram import client, parser
from streams.sources.errors import NotLive, SignInAgain, SourceError, Throttled, Transient
from streams.sources.inbound import Inbound, Op, Parsed

# Comments come by webhook; reading them back only finds those that a webhook lost. Often, because what
# was lost in the last moments can't be read after the end.
READ_BACK_S = 15.0
# Where Instagram counts clearly more than we hold, deliveries get lost, or none come at all.
LOSING_S, LOSING_BY = 5.0, 5
UNREADABLE_S = 600.0
MESSAGE_MAX_BYTES = 1000
MAX_SEEN = 500
SCOPES = {
    graph.INSTAGRAM: frozenset({"instagram_business_basic", "instagram_business_manage_comments"}),
    graph.FACEBOOK: frozenset(
        {"instagram_basic", "instagram_manage_comments", "pages_read_engagement"}
    ),
}
MESSAGES = {
    graph.INSTAGRAM: "instagram_business_manage_messages",
    graph.FACEBOOK: "instagram_manage_messages",
}
# What Graph says where a private message can't be sent any more, or was sent before.
TOO_LATE = frozenset({(10, 2534022), (10, 2018278), (10901, 0)})
ALREADY = 10900


class InstagramConnector(meta.Called):
    platform = "instagram"
    capabilities = Capabilities(
        needs_review=True,
        reply=ReplyMode.PRIVATE,
        reply_per_message=1,
        reply_while_live=True,
    )
    fields: tuple[Field, ...] = (
        Field("account_id"),
        Field("access_token", secret=True),
        Field("app_secret", secret=True),
        Field("verify_token", secret=True),
        Field("app_id", required=False),
        Field("page_id", required=False),
        Field("base_url", default=graph.FACEBOOK),
        Field("api_version", default=graph.VERSION),
    )

    # --- Push ----------------------------------------------------------------------------------------

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.parse(settings.get("account_id", ""), body, received_at)

    # --- Poll ----------------------------------------------------------------------------------------

    async def fetch(self, context: Context, cursor: Cursor) -> Batch:
        """Live comments can be read only while the broadcast runs: what is lost after it, is lost."""
        call, now = Call.of(context), context.now()
        account = context.settings["account_id"]
        try:
            current = await client.live(call, account)
        except SignInAgain as error:
            if error.code == "permission" and _has_instagram_login(context):
                # Reading live comments is documented for the other login only. The webhook works
                # all the same, so this is no reason to call anybody.
                await context.sleep(UNREADABLE_S)
                raise NotLive("not_readable") from None
            raise
        before = tuple(reading.strings(cursor.get("media")))
        gone = [media for media in before if media not in current.media]
        if not current.media and not gone:
            raise NotLive("no_broadcast")
        since = reading.iso(cursor.get("since")) if set(before) & set(current.media) else None
        fields = reading.number(cursor.get("fields")) or 0
        parts = [
            await client.comments(call, media, since and since - client.OVERLAP, fields)
            for media in current.media
        ]
        raw = client.write(parts) if parts else b""
        parsed = self.parse(context.settings, raw, now) if raw else Parsed()
        seen = frozenset(reading.strings(cursor.get("seen")))
        fresh = [
            aged(item, context.live_since)
            for item in parsed.items
            if item.external_id not in seen and _is_after(item, since)
        ]
        marks = [
            _mark(Op.LIVE_STARTED, media, now) for media in current.media if media not in before
        ]
        ends = [_mark(Op.LIVE_ENDED, media, now) for media in gone]
        newest = max((item.posted_at for item in parsed.items if item.posted_at), default=since)
        is_cut = any(part.is_cut for part in parts)
        return Batch(
            items=(*marks, *fresh, *ends),
            cursor={
                "media": list(current.media),
                "since": newest.isoformat() if newest else "",
                "seen": _at_the_edge(parsed, newest, seen if newest == since else frozenset()),
                "fields": max((part.fields for part in parts), default=fields),
            },
            raw=raw if fresh or parsed.not_understood else b"",
            wait_s=max(
                _pause_s(current.count, context.held),
                current.pause_s,
                *(part.pause_s for part in parts),
            ),
            gap_from=since or context.live_since if is_cut else None,
            platform_count=current.count,
            not_understood=parsed.not_understood,
        )

    # --- Check and reply -----------------------------------------------------------------------------

    async def probe(self, context: Context) -> tuple[Check, ...]:
        try:
            call = Call.of(context)
        except SourceError as error:
            return (Check("signed_in", False, {"why": error.code}),)
        account = context.settings["account_id"]
        page = context.settings.get("page_id", "")
        base_url = context.settings["base_url"].rstrip("/")
        kind = base_url if base_url in SCOPES else graph.FACEBOOK
        scopes = await graph.check_scopes(call, SCOPES[kind], MESSAGES[kind])
        return (
            await graph.check_account(call, account, "id,username"),
            *scopes,
            # With Facebook Login the Page is subscribed, and which of Instagram's fields
            # are sent is set in the app; with Instagram Login the account names the fields.
            await graph.check_subscription(call, page or account, "" if page else "live_comments"),
            await _check_live(call, account),
        )

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult:
        """A private message: the only answer Instagram allows, once for each comment, while live."""
        if len(text.encode()) > MESSAGE_MAX_BYTES:
            return ReplyResult(ReplyState.REFUSED, code="too_long")
        call = Call.of(context)
        try:
            answer = await call.exact(
                "POST",
                f"{context.settings['account_id']}/messages",
                payload={
                    "recipient": {"comment_id": reading.ident(reply_ref.get("comment_id"))},
                    "message": {"text": text},
                },
            )
        except graph.NotArrived:
            raise
        except GraphError as error:
            return _refused(error)
        except Transient as error:
            return ReplyResult(ReplyState.UNKNOWN, code=error.code)
        sent = reading.ident(answer.data.get("message_id"))
        return ReplyResult(ReplyState.SENT, external_id=sent)


def _refused(error: GraphError) -> ReplyResult:
    """Raises what certainly left nothing behind and may be tried again."""
    if (error.number, error.subcode) in TOO_LATE or (error.number, 0) in TOO_LATE:
        return ReplyResult(ReplyState.EXPIRED, code="live_over")
    if error.number == ALREADY:
        return ReplyResult(ReplyState.REFUSED, code="already_replied")
    if isinstance(error.known, Transient):
        return ReplyResult(ReplyState.UNKNOWN, code=error.known.code)
    if isinstance(error.known, Throttled) or error.known.code == "token":
        raise error.known from None
    return ReplyResult(ReplyState.REFUSED, code=error.known.code)


def _pause_s(count: int | None, held: int) -> float:
    is_losing = count is not None and count > held + LOSING_BY
    return LOSING_S if is_losing else READ_BACK_S


def _has_instagram_login(context: Context) -> bool:
    return context.settings["base_url"].rstrip("/") == graph.INSTAGRAM


def _is_after(item: Inbound, since: datetime | None) -> bool:
    """Pages are read whole; what stands far behind is known."""
    return since is None or item.posted_at is None or item.posted_at >= since - client.OVERLAP


def _at_the_edge(parsed: Parsed, newest: datetime | None, known: frozenset[str]) -> list[str]:
    """Those that the overlap brings again: known, so nobody counts them as duplicates."""
    if newest is None:
        return []
    edge = newest - client.OVERLAP
    found = {i.external_id for i in parsed.items if i.posted_at and i.posted_at >= edge}
    return sorted(found | known)[-MAX_SEEN:]


def _mark(op: Op, media: str, now: datetime) -> Inbound:
    return Inbound(op, f"{op.value}:{media}", now, thread=media, reported_at=now)


async def _check_live(call: Call, account: str) -> Check:
    try:
        current = await client.live(call, account)
    except SourceError as error:
        return Check("live_now", False, {"why": error.code})
    return Check("live_now", bool(current.media), {"count": str(len(current.media))})
