"""Social Stream Ninja's messages: flat objects, many of which are no messages at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from streams.sources.connectors import reading
from streams.sources.connectors.ssn import markup
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op, Parsed

# `event` marks what is no chat message, with these exceptions.
SAID = frozenset({"message", "question", "superchat", "membermilestone"})
MARKS = {
    "stream_online": Op.LIVE_STARTED,
    "stream_offline": Op.LIVE_ENDED,
    "live_chat_ended": Op.LIVE_ENDED,
}
# Ids that the platform itself gave, where the page showed them.
NATIVE_IDS = ("messageId", "commentId")
HTML_MAX_CHARS = 64_000
# Pictures inside the message: nobody needs them, and they are most of its bytes.
PICTURE_MIN_CHARS = 200


def parse(settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
    """One message, or a list of them. Raises NotUnderstood."""
    document = reading.load(body)
    parts = document if isinstance(document, list) else [document]
    if not any(isinstance(part, dict) for part in parts):
        raise NotUnderstood("no_message")
    only = frozenset(settings.get("only", "").replace(",", " ").lower().split())
    found = [item for part in parts for item in _part(part, only, received_at)]
    items = tuple(item for item in found if item is not None)
    return Parsed(items, len(found) - len(items))


def _part(part: object, only: frozenset[str], received_at: datetime) -> Iterator[Inbound | None]:
    """Nothing for what is known and no message; None for what we don't know."""
    data = reading.mapping(part)
    site = reading.name(data.get("type")).lower()
    event = data.get("event")
    if "action" in data or (only and site and site not in only) or data.get("private") is True:
        return  # remote control, another site, somebody's own mailbox
    if "delete" in data:
        yield _deleted(reading.mapping(data["delete"]), received_at)
    elif event and not _is_said(event, data):
        yield from _mark(reading.string(event), site, received_at)
    elif not site or not isinstance(data.get("chatmessage"), str):
        yield None
    else:
        yield _message(data, site, received_at)


def _is_said(event: object, data: Mapping[str, Any]) -> bool:
    return isinstance(event, str) and event in SAID and bool(data.get("chatmessage"))


def _mark(event: str, site: str, received_at: datetime) -> Iterator[Inbound]:
    """Joins and viewer counts only show that the bridge is alive."""
    if event in MARKS:
        op = MARKS[event]
        yield Inbound(op, f"{op.value}:{site}", received_at, thread=site, reported_at=received_at)


def _deleted(told: Mapping[str, Any], received_at: datetime) -> Inbound | None:
    """Only where the platform's own id is told: the bridge's counter names another message tomorrow."""
    site, native = reading.name(told.get("type")).lower(), _native_id(told)
    if not site or not native:
        return None
    return Inbound(Op.DELETE, f"{site}:{native}", received_at, thread=site, reported_at=received_at)


def _message(data: Mapping[str, Any], site: str, received_at: datetime) -> Inbound:
    name = reading.name(data.get("chatname"))
    raw = reading.string(data.get("chatmessage"), max_chars=HTML_MAX_CHARS)
    plain = reading.mapping(data.get("meta")).get("plainText")
    if isinstance(plain, str) and plain:
        text = reading.string(plain)
    else:
        text = reading.string(raw if data.get("textonly") is True else markup.words(raw))
    is_staff = any(data.get(mark) is True for mark in ("moderator", "mod", "admin", "host", "bot"))
    native = _native_id(data)
    return Inbound(
        op=Op.NEW,
        external_id=f"{site}:{native}"
        if native
        else _derived_id(data, site, name, raw, received_at),
        received_at=received_at,
        text=text,
        author=Author(reading.ident(data.get("userid")), name, "", is_staff),
        thread=site,
        is_question_box=data.get("event") == "question",
    )


def _native_id(data: Mapping[str, Any]) -> str:
    meta = reading.mapping(data.get("meta"))
    return next((found for name in NATIVE_IDS if (found := reading.ident(meta.get(name)))), "")


def _derived_id(
    data: Mapping[str, Any], site: str, name: str, raw: str, received_at: datetime
) -> str:
    """The bridge's own id is a counter that starts anywhere: it names a message only with its words.

    Without even that, the same words of the same person in the same 20 seconds are one message.
    """
    counter = reading.ident(data.get("id")) or f"@{int(received_at.timestamp()) // 20}"
    named = "|".join((site, name, raw, counter))
    return f"{site}:~{hashlib.sha256(named.encode()).hexdigest()[:40]}"


# --- What is kept ------------------------------------------------------------------------------------


def trim(body: bytes) -> bytes:
    """The message without the pictures inside it; what is no JSON stays as it came."""
    try:
        document = reading.load(body)
    except NotUnderstood:
        return body
    return json.dumps(_without_pictures(document), separators=(",", ":")).encode()


def _without_pictures(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_pictures(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_pictures(one) for one in value]
    is_picture = isinstance(value, str) and value[:20].lstrip().lower().startswith("data:")
    if is_picture and len(str(value)) > PICTURE_MIN_CHARS:
        return ""
    return value
