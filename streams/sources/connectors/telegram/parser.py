"""Updates of the Bot API, fetched or delivered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from streams.sources.connectors import reading
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op, Parsed

ALLOWED = ("message", "edited_message", "my_chat_member")
# Telegram's own "user" behind anonymous administrators and channels.
_SERVICE_ID = 1087968824
_ASK = re.compile(r"/(ask|question|suraq|vopros)(@\w+)?\s+", re.IGNORECASE)
_LANGUAGES = frozenset({"kk", "ru", "en"})


def body(raw: bytes, received_at: datetime, chats: frozenset[str] = frozenset()) -> Parsed:
    """One update, as a webhook brings it, or an answer of getUpdates. Raises NotUnderstood.

    `chats`: where questions are taken, all chats if empty.
    """
    said = reading.mapping(reading.load(raw))
    if "result" in said:
        return updates(said["result"], received_at, chats)
    if "update_id" in said:
        return updates([said], received_at, chats)
    raise NotUnderstood("shape")


def updates(said: object, received_at: datetime, chats: frozenset[str] = frozenset()) -> Parsed:
    items: list[Inbound] = []
    not_understood = 0
    for update in reading.mappings(said):
        known = [name for name in ALLOWED if isinstance(update.get(name), dict)]
        if not known:
            not_understood += 1
            continue
        if known[0] == "my_chat_member":
            continue
        message = reading.mapping(update[known[0]])
        op = Op.EDIT if known[0] == "edited_message" else Op.NEW
        item = _message(message, op, received_at)
        if item is None:
            not_understood += 1
        elif item.text and (not chats or _chat_id(message) in chats):
            items.append(item)
    return Parsed(tuple(items), not_understood)


def _chat_id(message: Mapping[str, Any]) -> str:
    return reading.ident(reading.mapping(message.get("chat")).get("id"))


def _message(message: Mapping[str, Any], op: Op, received_at: datetime) -> Inbound | None:
    chat, number = _chat_id(message), reading.ident(message.get("message_id"))
    if not chat or not number:
        return None
    answered = reading.mapping(message.get("reply_to_message"))
    sender = reading.mapping(message.get("from"))
    language = reading.string(sender.get("language_code"))[:2]
    return Inbound(
        op=op,
        external_id=f"{chat}:{number}",
        received_at=received_at,
        text=_text(message),
        author=_author(message, sender),
        posted_at=reading.epoch(message.get("date")),
        reported_at=reading.epoch(message.get("edit_date")),
        parent_id=f"{chat}:{reading.ident(answered.get('message_id'))}" if answered else "",
        thread=reading.ident(message.get("message_thread_id")),
        permalink=_permalink(reading.mapping(message.get("chat")), number),
        language=language if language in _LANGUAGES else "",
        reply_ref={"chat_id": chat, "message_id": number},
    )


def _permalink(chat: Mapping[str, Any], number: str) -> str:
    """Of a group: a public one has a name; a closed one opens for its members. Private chats have none."""
    own, name = reading.ident(chat.get("id")), reading.name(chat.get("username"))
    if not own.startswith("-100"):
        return ""
    return f"https://t.me/{name or f'c/{own[4:]}'}/{number}"


def _text(message: Mapping[str, Any]) -> str:
    """Empty for what is no question: commands, and a channel's own post in its comments' group."""
    if message.get("is_automatic_forward") is True:
        return ""
    text = reading.string(message.get("text")) or reading.string(message.get("caption"))
    text = _ASK.sub("", text, count=1) if text.startswith("/") else text
    return "" if text.startswith("/") else text


def _author(message: Mapping[str, Any], sender: Mapping[str, Any]) -> Author:
    """Who writes as a channel is that channel; who writes as the group itself is its administrator."""
    chat = reading.mapping(message.get("chat"))
    behalf = reading.mapping(message.get("sender_chat"))
    if behalf:
        shown = reading.name(behalf.get("title")) or reading.name(behalf.get("first_name"))
        own = reading.ident(behalf.get("id"))
        is_staff = own == reading.ident(chat.get("id"))
        return Author(own, shown, _handle(behalf), is_staff)
    names = (reading.name(sender.get("first_name")), reading.name(sender.get("last_name")))
    own = reading.ident(sender.get("id"))
    is_bot = sender.get("is_bot") is True or own == str(_SERVICE_ID)
    return Author(own, " ".join(name for name in names if name), _handle(sender), is_bot)


def _handle(who: Mapping[str, Any]) -> str:
    name = reading.name(who.get("username"))
    return f"@{name}" if name else ""


def last_update(said: object) -> int | None:
    """The highest number, to be confirmed when its rows are stored."""
    numbers = [reading.number(update.get("update_id")) for update in reading.mappings(said)]
    known = [number for number in numbers if number is not None]
    return max(known) if known else None
