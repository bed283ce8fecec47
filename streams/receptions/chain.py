"""The arithmetic of the journal: canonical bytes and hashes. Nothing here knows a database.

An entry's hash is SHA-256 over the canonical JSON of its public fields and of the hash before it.
Canonical JSON: keys sorted, no white space, UTF-8, no escapes beyond JSON's own, whole numbers only.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
_DIGEST = "sha256"
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
FIELDS = ("reception", "seq", "kind", "question", "at", "actor", "data", "prev")


def canonical(value: object) -> str:
    """Raises ValueError for NaN and infinities, TypeError for what JSON can't hold."""
    return _ENCODER.encode(value)


def entry_hash(public: Mapping[str, Any]) -> str:
    """`public` holds FIELDS; anything else in it is left out of the hash."""
    bare = {field: public[field] for field in FIELDS}
    return hashlib.sha256(canonical(bare).encode()).hexdigest()


def text_digest(key: bytes, text: str) -> str:
    """Stands for a text in the journal. With the key gone, it says nothing about the text."""
    return hmac.digest(key, text.encode(), _DIGEST).hex()


def pseudonym(key: bytes, user_id: int) -> str:
    """The same person is the same within a reception, and nobody outside can tell who."""
    return hmac.new(key, str(user_id).encode(), hashlib.sha256).hexdigest()[:8]
