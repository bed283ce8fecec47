"""A WhatsApp number as a source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken

from streams.common import crypto
from streams.sources.connectors import graph, meta, reading
from streams.sources.connectors.base import (
    Capabilities,
    Check,
    Context,
    Field,
    ReplyMode,
    ReplyResult,
    ReplyState,
)
from streams.sources.connectors.graph import Call, GraphError
from streams.sources.connectors.whatsapp import parser
from streams.sources.errors import SourceError, Throttled, Transient
from streams.sources.inbound import Parsed

# Free words may be sent only so long after a person's last message; then only paid templates.
WINDOW = timedelta(hours=24)
MESSAGE_MAX_CHARS = 4096
SCOPES = frozenset({"whatsapp_business_messaging"})
CODES: Mapping[int, tuple[ReplyState, str]] = {
    131047: (ReplyState.EXPIRED, "window"),
    131026: (ReplyState.REFUSED, "unreachable"),
    131050: (ReplyState.REFUSED, "opted_out"),
}


class WhatsAppConnector(meta.Called):
    platform = "whatsapp"
    capabilities = Capabilities(
        edits=True,
        deletes=True,
        needs_review=True,
        reply=ReplyMode.PRIVATE,
        reply_within_s=int(WINDOW.total_seconds()),
    )
    fields: tuple[Field, ...] = (
        Field("phone_number_id"),
        Field("access_token", secret=True),
        Field("app_secret", secret=True),
        Field("verify_token", secret=True),
        Field("business_account_id", required=False),
        Field("app_id", required=False),
        Field("base_url", default=graph.FACEBOOK),
        Field("api_version", default=graph.VERSION),
    )

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        return parser.parse(settings, body, received_at)

    async def probe(self, context: Context) -> tuple[Check, ...]:
        try:
            call = Call.of(context)
        except SourceError as error:
            return (Check("signed_in", False, {"why": error.code}),)
        number = context.settings["phone_number_id"]
        business = context.settings.get("business_account_id", "").strip()
        scopes = await graph.check_scopes(call, SCOPES)
        return (
            await graph.check_account(call, number, "id,verified_name,display_phone_number"),
            *scopes,
            *([await graph.check_subscription(call, business, "")] if business else []),
        )

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult:
        """A private message that quotes the question, while the day after it lasts."""
        if len(text) > MESSAGE_MAX_CHARS:
            return ReplyResult(ReplyState.REFUSED, code="too_long")
        said_at = reading.iso(reply_ref.get("at"))
        if said_at and context.now() >= said_at + WINDOW:
            return ReplyResult(ReplyState.EXPIRED, code="window")
        whom = _whom(reply_ref)
        if not whom:
            return ReplyResult(ReplyState.REFUSED, code="unreachable")
        call = Call.of(context)
        try:
            answer = await call.exact(
                "POST",
                f"{context.settings['phone_number_id']}/messages",
                payload={
                    "messaging_product": "whatsapp",
                    "recipient_type": "individual",
                    **whom,
                    "context": {"message_id": reading.ident(reply_ref.get("message_id"))},
                    "type": "text",
                    "text": {"body": text, "preview_url": False},
                },
            )
        except graph.NotArrived:
            raise
        except GraphError as error:
            return _refused(error)
        except Transient as error:
            return ReplyResult(ReplyState.UNKNOWN, code=error.code)
        sent = next(reading.mappings(answer.data.get("messages")), {})
        return ReplyResult(ReplyState.SENT, external_id=reading.ident(sent.get("id")))


def _whom(reply_ref: Mapping[str, Any]) -> dict[str, str]:
    """By number where we have one; else by the id that is scoped to the business."""
    sealed = reading.string(reply_ref.get("sealed_to"))
    if sealed:
        try:
            return {"to": crypto.unseal(sealed.encode())}
        except InvalidToken:
            return {}
    recipient = reading.ident(reply_ref.get("recipient"))
    return {"recipient": recipient} if recipient else {}


def _refused(error: GraphError) -> ReplyResult:
    """Raises what certainly left nothing behind and may be tried again."""
    if error.number in CODES:
        state, code = CODES[error.number]
        return ReplyResult(state, code=code)
    if isinstance(error.known, Throttled) or error.known.code == "token":
        raise error.known from None
    if isinstance(error.known, Transient):
        return ReplyResult(ReplyState.UNKNOWN, code=error.known.code)
    return ReplyResult(ReplyState.REFUSED, code=error.known.code)
