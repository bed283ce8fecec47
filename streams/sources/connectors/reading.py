"""Reading JSON from strangers: a value has the shape we expect, or it is as if it weren't there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from streams.sources.errors import NotUnderstood
from streams.sources.inbound import TEXT_MAX_CHARS

ID_MAX_CHARS = 255
NAME_MAX_CHARS = 120
# Seconds have eleven digits until the year 5138; what is longer counts milliseconds.
_LARGEST_SECONDS = 99_999_999_999

_NOTHING: Mapping[str, Any] = {}


def load(body: bytes) -> Any:
    """Raises NotUnderstood: no UTF-8, no JSON, cut short, or nested beyond reason."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotUnderstood("not_json") from None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; a single object counts as a list of one."""
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict):
            yield one


def strings(value: object) -> Iterator[str]:
    """Those of a list."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, str):
            yield string(one)


def string(value: object, *, max_chars: int = TEXT_MAX_CHARS) -> str:
    """Without what no database stores: NUL, and halves of a character that JSON escapes can hold."""
    if not isinstance(value, str):
        return ""
    cut = value[:max_chars].replace("\0", "")
    return cut.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def name(value: object) -> str:
    return string(value, max_chars=NAME_MAX_CHARS).strip()


def ident(value: object) -> str:
    """An id, as a string whatever it looks like. A float has lost digits already: it is no id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    found = string(value, max_chars=ID_MAX_CHARS + 1).strip()
    return found if len(found) <= ID_MAX_CHARS else ""


def number(value: object) -> int | None:
    """A count that is not below zero; digits in a string are one too."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None


def epoch(value: object) -> datetime | None:
    """Seconds or milliseconds since 1970, as a number or in a string; None where it is neither."""
    found = number(value)
    if not found:
        return None
    seconds = found / 1000 if found > _LARGEST_SECONDS else float(found)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def iso(value: object) -> datetime | None:
    """`2026-11-20T10:00:02+0000` and its kin; a time without a zone says nothing."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
