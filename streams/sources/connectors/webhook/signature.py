"""Signatures by the Standard Webhooks rules: HMAC-SHA256 over `id.timestamp.body`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from streams.sources.errors import BadSignature

TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
# Shorter ones could be guessed; an empty one proves nothing.
_MIN_KEY_BYTES = 16


def sign(secret: str, message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """The three headers for `body`."""
    stamp = str(int(moment.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + _mac(_key(secret), message_id, stamp, body),
    }


def verify(secrets: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises BadSignature unless one of the secrets made one of the signatures, not long ago."""
    message_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    if not message_id or not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 13):
        raise BadSignature("headers")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature("time")
    given = [
        value.encode()
        for version, _comma, value in (
            one.partition(",") for one in headers.get("webhook-signature", "").split()
        )
        if version == "v1"
    ]
    keys = [key for key in map(_key, secrets.split()) if len(key) >= _MIN_KEY_BYTES]
    if not any(
        hmac.compare_digest(_mac(key, message_id, stamp, body).encode(), one)
        for key in keys
        for one in given[:10]
    ):
        raise BadSignature("signature")


def new_secret(random: bytes) -> str:
    """The secret as people copy it, of at least 24 random bytes."""
    return _PREFIX + base64.b64encode(random).decode()


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        # Not in the standard's form: the bytes as they are, as its libraries do.
        return secret.encode()


def _mac(key: bytes, message_id: str, stamp: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
