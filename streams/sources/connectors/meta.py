"""What Instagram, Facebook and WhatsApp share where they call us: handshake, signature, envelope."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streams.sources.connectors import reading
from streams.sources.connectors.base import HttpAnswer
from streams.sources.errors import BadSignature, NotUnderstood
from streams.sources.inbound import Parsed

SIGNATURE = "x-hub-signature-256"
_PREFIX = "sha256="
_NUMBER = re.compile(r"[0-9]{1,40}")


class Called:
    """How every platform of Meta calls us; a connector of one is called like this, too."""

    def handshake(
        self, secrets: Mapping[str, str], method: str, query: Mapping[str, str], body: bytes
    ) -> HttpAnswer | None:
        return handshake(secrets, method, query)

    def verify(
        self, secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        verify(secrets, headers, body)

    def answer(self, parsed: Parsed) -> HttpAnswer:
        return HttpAnswer(200)


def handshake(
    secrets: Mapping[str, str], method: str, query: Mapping[str, str]
) -> HttpAnswer | None:
    """Asked once, when the address is entered at Meta: whoever knows the word hears its challenge."""
    if method != "GET":
        return None
    wanted = secrets.get("verify_token", "")
    said = query.get("hub.verify_token", "")
    challenge = query.get("hub.challenge", "")
    is_known = bool(wanted) and hmac.compare_digest(
        wanted.encode("utf-8", "replace"), said.encode("utf-8", "replace")
    )
    # Only digits are ever repeated: the answer must not become a page of somebody else's making.
    if not is_known or query.get("hub.mode") != "subscribe" or not _NUMBER.fullmatch(challenge):
        return HttpAnswer(403)
    return HttpAnswer(200, challenge.encode())


def verify(secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> None:
    """Over the bytes as they came: a body that was parsed and written again has another signature.

    Raises BadSignature.
    """
    secret = secrets.get("app_secret", "")
    said = headers.get(SIGNATURE, "")
    if not secret:
        raise BadSignature("no_secret")
    if not said.startswith(_PREFIX):
        raise BadSignature("no_signature")
    wanted = said.removeprefix(_PREFIX).strip().lower().encode("utf-8", "replace")
    if hmac.compare_digest(signature(secret, body), wanted):
        return
    # Meta signs the escaped form; on the way a proxy may have written the letters out. Tried once.
    if not body.isascii():
        escaped = _escaped(body)
        if escaped and hmac.compare_digest(signature(secret, escaped), wanted):
            return
    raise BadSignature("signature")


def signature(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()


def _escaped(body: bytes) -> bytes:
    """The same JSON with every letter beyond ASCII as `\\uXXXX`; empty where it is no text."""
    try:
        units = body.decode("utf-8").encode("utf-16-be")
    except UnicodeDecodeError:
        return b""
    pairs = zip(units[::2], units[1::2], strict=True)
    return b"".join(
        bytes((low,)) if not high and low < 0x80 else b"\\u%02x%02x" % (high, low)
        for high, low in pairs
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that Meta tells. `account`: whose it is; `at`: when Meta sent it."""

    account: str
    at: datetime | None
    field: str
    value: Mapping[str, Any]


def changes(document: object, wanted: str) -> Iterator[Change | None]:
    """Everything in an envelope about objects of the kind `wanted`; None for a shape we don't know.

    Both documented forms: `entry[].changes[]{field,value}`, and `field` and `value` in the entry
    itself. Messages to the account come in envelopes of their own and are none of our business.
    Raises NotUnderstood.
    """
    envelopes = list(reading.mappings(document))
    if not envelopes or any(e.get("object") != wanted for e in envelopes):
        raise NotUnderstood("not_ours")
    for envelope in envelopes:
        for entry in reading.mappings(envelope.get("entry")):
            yield from _of_entry(entry)


def _of_entry(entry: Mapping[str, Any]) -> Iterator[Change | None]:
    account, at = reading.ident(entry.get("id")), reading.epoch(entry.get("time"))
    told = list(reading.mappings(entry.get("changes"))) if "changes" in entry else [entry]
    for change in told:
        field = reading.string(change.get("field"))
        values = list(reading.mappings(change.get("value")))
        if "messaging" in change or "standby" in change:
            continue
        if not field or not values:
            yield None
        for value in values:
            yield Change(account, at, field, value)
