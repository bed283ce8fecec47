"""A platform's words made fit for us: cleaned, cut, and within what the database can hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from streams.common import text
from streams.sources.inbound import TEXT_MAX_CHARS, Author, Inbound

_ID_MAX = 255
_NAME_MAX = 120
_CUT = "…"


def words(raw: str, max_chars: int = TEXT_MAX_CHARS) -> str:
    """Cleaned and cut; empty where nothing readable is left."""
    try:
        # Twice the length: what is cleaned away doesn't cost words at the end.
        return text.clean(raw[: 2 * max_chars], max_chars=2 * max_chars)[:max_chars].rstrip()
    except text.TextError:
        return ""


def question_text(full: str) -> str:
    """The words as a question holds them; the comment keeps all of it."""
    longest: int = settings.QUESTION_MAX_CHARS
    if len(full) <= longest:
        return full
    return full[: longest - 1].rstrip() + _CUT


def name(raw: str, max_chars: int = _NAME_MAX) -> str:
    try:
        return text.clean_optional(raw[: 2 * max_chars], max_chars=2 * max_chars)[:max_chars]
    except text.TextError:
        return ""


def key(raw: str) -> str:
    """An id of a platform, whatever is in it; far too long ones by their hash."""
    kept = _plain(raw)
    if len(kept) <= _ID_MAX:
        return kept
    return "sha256:" + hashlib.sha256(kept.encode()).hexdigest()


def author_key(author: Author) -> str:
    """What comes nearest to the author's id: two messages with the same are of one person."""
    return key(author.ext_id or author.handle or name(author.name))


def language(item: Inbound) -> str:
    """Of the comment: what its words say, the platform's hint deciding where they don't."""
    return text.detect_language(item.text, item.language)


def json_fit(value: Any) -> Any:
    """`value` without what PostgreSQL's JSON refuses: NUL and halves of characters."""
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, Mapping):
        return {_plain(str(name)): json_fit(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [json_fit(inner) for inner in value]
    return value


def _plain(raw: str) -> str:
    return raw.replace("\0", "").encode("utf-8", "ignore").decode()
