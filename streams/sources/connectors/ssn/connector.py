"""Social Stream Ninja as a source: by POST from the operator's browser, or through its hosted relay."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from urllib.parse import quote

from streams.sources.connectors import reading
from streams.sources.connectors.base import Batch, Capabilities, Context, Cursor, Field, HttpAnswer
from streams.sources.connectors.ssn import parser, relay
from streams.sources.errors import NotUnderstood, SignInAgain
from streams.sources.inbound import Op, Parsed

RELAY = "wss://io.socialstream.ninja"
# It tells how many are watching every half minute.
SILENT_AFTER_S = 60


class SsnConnector:
    """The extension sends no header and reads no answer: the token in the address is all its proof."""

    platform = "ssn"
    capabilities = Capabilities(address_token=True, silent_after_s=SILENT_AFTER_S)
    fields: tuple[Field, ...] = (Field("only", required=False),)
    body_max_bytes = 128 * 1024

    def handshake(
        self, secrets: Mapping[str, str], method: str, query: Mapping[str, str], body: bytes
    ) -> HttpAnswer | None:
        return None

    def verify(
        self, secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        """Nothing in the delivery proves anything."""

    def trim(self, body: bytes) -> bytes:
        return parser.trim(body)

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.parse(settings, body, received_at)

    def answer(self, parsed: Parsed) -> HttpAnswer:
        return HttpAnswer(200)


class SsnRelayConnector:
    """For those who can't be reached from the internet. Messages pass a third party's server."""

    platform = "ssn_relay"
    capabilities = Capabilities(silent_after_s=SILENT_AFTER_S)
    fields: tuple[Field, ...] = (
        Field("session", secret=True),
        Field("only", required=False),
        Field("base_url", default=RELAY),
    )

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.parse(settings, body, received_at)

    async def stream(self, context: Context, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """Nothing is told twice: after a cut the messages in between are lost, and we say so."""
        session = context.secrets.get("session", "").strip()
        if not session:
            raise SignInAgain("no_token")
        heard = reading.iso(cursor.get("heard"))
        start = context.live_since
        gap = heard if heard and start and heard >= start else None
        url = context.url(f"/join/{quote(session, '')}/4")
        async with aclosing(relay.batches(context, url)) as batches:
            async for frames in batches:
                yield _batch(context.settings, frames, context.now(), gap)
                gap = None


def _batch(
    settings: Mapping[str, str], frames: list[bytes], now: datetime, gap: datetime | None
) -> Batch:
    """Frames that are no JSON are kept as strings among those that are."""
    if not frames:
        return Batch(cursor={"heard": now.isoformat()}, gap_from=gap)
    raw = b"[" + b",".join(_as_json(frame) for frame in frames) + b"]"
    try:
        parsed = parser.parse(settings, raw, now)
    except NotUnderstood:
        parsed = Parsed(not_understood=len(frames))
    # After the end of the broadcast nothing can be missing.
    has_ended = any(item.op is Op.LIVE_ENDED for item in parsed.items)
    cursor = {} if has_ended else {"heard": now.isoformat()}
    is_worth_keeping = bool(parsed.items or parsed.not_understood)
    return Batch(
        items=parsed.items,
        cursor=cursor,
        raw=raw if is_worth_keeping else b"",
        gap_from=gap,
        not_understood=parsed.not_understood,
    )


def _as_json(frame: bytes) -> bytes:
    try:
        reading.load(frame)
    except NotUnderstood:
        return json.dumps(frame.decode("utf-8", "replace")[:2000]).encode()
    return parser.trim(frame)
