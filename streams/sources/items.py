"""The one schema for messages that programs of others send us: by signed webhook or by ingest socket.

docs/sources/items.md describes it for those who write such a program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from streams.sources import links
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import TEXT_MAX_CHARS, Author, Inbound, Op, Origin, Parsed

ID_MAX_CHARS = 255
MAX_ITEMS = 100
_OPS = {op.value: op for op in (Op.NEW, Op.EDIT, Op.DELETE)}


class BadItem(ValueError):
    """`field` is at fault; `code` is missing, type, long or unknown. `item_id` names it where it can."""

    def __init__(self, item_id: str, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.item_id, self.field, self.code = item_id, field, code

    @property
    def reason(self) -> str:
        return f"{self.field}_{self.code}"


def read(body: bytes | str, received_at: datetime) -> Parsed:
    """`{"items": […]}`; what can't be taken of it is named. Raises NotUnderstood for the whole."""
    items: list[Inbound] = []
    rejected: list[tuple[str, str]] = []
    for place, item in enumerate(_items(body)):
        try:
            items.append(read_item(item, received_at))
        except BadItem as bad:
            rejected.append((bad.item_id or f"#{place}", bad.reason))
    return Parsed(tuple(items), not_understood=len(rejected), rejected=tuple(rejected))


def _items(body: bytes | str) -> list[Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstood("json") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise NotUnderstood("items_missing")
    if len(items) > MAX_ITEMS:
        raise NotUnderstood("items_too_many")
    return items


def read_item(item: object, received_at: datetime) -> Inbound:
    """Raises BadItem. Fields we don't know are left alone: the sender may be newer than we are."""
    if not isinstance(item, Mapping):
        raise BadItem("", "item", "type")
    item_id = _text(item, "id", "", ID_MAX_CHARS)
    if not item_id:
        raise BadItem("", "id", "missing")
    op = _OPS.get(_text(item, "op", item_id, 20) or "new")
    if op is None:
        raise BadItem(item_id, "op", "unknown")
    text = _text(item, "text", item_id, TEXT_MAX_CHARS)
    if op is not Op.DELETE and not text.strip():
        raise BadItem(item_id, "text", "missing")
    return Inbound(
        op=op,
        external_id=item_id,
        received_at=received_at,
        text=text,
        author=_author(item, item_id),
        posted_at=_moment(item, "posted_at", item_id),
        reported_at=_moment(item, "edited_at", item_id),
        parent_id=_text(item, "parent_id", item_id, ID_MAX_CHARS),
        thread=_text(item, "thread", item_id, ID_MAX_CHARS),
        language=_text(item, "lang", item_id, 16)[:2],
        reply_ref={"id": item_id},
        origin=Origin.BACKFILL if item.get("backfill") is True else Origin.LIVE,
        is_question_box=item.get("question_box") is True,
        permalink=_text(item, "url", item_id, links.MAX_CHARS),
    )


def _author(item: Mapping[Any, Any], item_id: str) -> Author:
    author = item.get("author")
    if author is None:
        return Author()
    if not isinstance(author, Mapping):
        raise BadItem(item_id, "author", "type")
    return Author(
        ext_id=_text(author, "id", item_id, ID_MAX_CHARS),
        name=_text(author, "name", item_id, ID_MAX_CHARS),
        handle=_text(author, "handle", item_id, ID_MAX_CHARS),
        is_staff=author.get("staff") is True,
    )


def _text(item: Mapping[Any, Any], field: str, item_id: str, max_chars: int) -> str:
    value = item.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadItem(item_id, field, "type")
    if len(value) > max_chars:
        raise BadItem(item_id, field, "long")
    return value


def _moment(item: Mapping[Any, Any], field: str, item_id: str) -> datetime | None:
    value = _text(item, field, item_id, 40)
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadItem(item_id, field, "type") from None
    if moment.tzinfo is None:
        raise BadItem(item_id, field, "zone")
    return moment
