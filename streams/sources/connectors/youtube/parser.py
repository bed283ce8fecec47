"""One answer of `liveChat/messages`, whether it was streamed or asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streams.sources.connectors import reading
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op

# Happen in a chat, and are no questions.
_SILENT = frozenset(
    {
        "tombstone", "fanFundingEvent", "newSponsorEvent", "membershipGiftingEvent",
        "giftMembershipReceivedEvent", "superStickerEvent", "pollEvent", "pollDetails", "giftEvent",
        "sponsorOnlyModeStartedEvent", "sponsorOnlyModeEndedEvent", "chatEndedEvent",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """`token` asks for what comes after. `has_ended`: the chat is over."""

    items: tuple[Inbound, ...]
    token: str
    interval_ms: int
    has_ended: bool
    not_understood: int


def page(answer: Mapping[str, Any], received_at: datetime) -> Page:
    """Raises NotUnderstood: no answer of this call."""
    if "items" not in answer and "nextPageToken" not in answer and "offlineAt" not in answer:
        raise NotUnderstood("shape")
    items: list[Inbound] = []
    not_understood, has_ended = 0, bool(answer.get("offlineAt"))
    for message in reading.mappings(answer.get("items", [])):
        snippet = reading.mapping(message.get("snippet"))
        kind = reading.string(snippet.get("type"))
        has_ended = has_ended or kind == "chatEndedEvent"
        if kind in _SILENT:
            continue
        item = _READERS.get(kind, _unknown)(message, snippet, received_at)
        if item is None:
            not_understood += 1
        else:
            items.append(item)
    return Page(
        tuple(items),
        reading.string(answer.get("nextPageToken")),
        reading.number(answer.get("pollingIntervalMillis")) or 0,
        has_ended,
        not_understood,
    )


_Reader = Callable[[Mapping[str, Any], Mapping[str, Any], datetime], Inbound | None]


def _unknown(
    message: Mapping[str, Any], snippet: Mapping[str, Any], received_at: datetime
) -> Inbound | None:
    return None


def _words(details: str, field: str) -> _Reader:
    """A message whose text stands in `snippet.<details>.<field>`; it may have none."""

    def read(
        message: Mapping[str, Any], snippet: Mapping[str, Any], received_at: datetime
    ) -> Inbound | None:
        external_id = reading.ident(message.get("id"))
        if not external_id:
            return None
        said = reading.mapping(snippet.get(details))
        shown = snippet.get("displayMessage") if field == "messageText" else ""
        author = _author(message, snippet)
        return Inbound(
            op=Op.NEW,
            external_id=external_id,
            received_at=received_at,
            text=reading.string(said.get(field)) or reading.string(shown),
            author=author,
            posted_at=reading.iso(snippet.get("publishedAt")),
            reply_ref={
                "chat_id": reading.ident(snippet.get("liveChatId")),
                "handle": author.handle or author.name,
            },
        )

    return read


def _author(message: Mapping[str, Any], snippet: Mapping[str, Any]) -> Author:
    said = reading.mapping(message.get("authorDetails"))
    shown = reading.name(said.get("displayName"))
    return Author(
        ext_id=reading.ident(said.get("channelId"))
        or reading.ident(snippet.get("authorChannelId")),
        name=shown,
        handle=shown if shown.startswith("@") else "",
        is_staff=said.get("isChatOwner") is True or said.get("isChatModerator") is True,
    )


def _taken_back(details: str, field: str) -> _Reader:
    def read(
        message: Mapping[str, Any], snippet: Mapping[str, Any], received_at: datetime
    ) -> Inbound | None:
        gone = reading.ident(reading.mapping(snippet.get(details)).get(field))
        if not gone:
            return None
        at = reading.iso(snippet.get("publishedAt"))
        return Inbound(Op.DELETE, gone, received_at, reported_at=at)

    return read


def _banned(
    message: Mapping[str, Any], snippet: Mapping[str, Any], received_at: datetime
) -> Inbound | None:
    details = reading.mapping(snippet.get("userBannedDetails"))
    who = reading.mapping(details.get("bannedUserDetails"))
    channel = reading.ident(who.get("channelId"))
    if not channel:
        return None
    author = Author(ext_id=channel, name=reading.name(who.get("displayName")))
    at = reading.iso(snippet.get("publishedAt"))
    return Inbound(Op.AUTHOR_BAN, "", received_at, author=author, reported_at=at)


_READERS: Mapping[str, _Reader] = {
    "textMessageEvent": _words("textMessageDetails", "messageText"),
    "superChatEvent": _words("superChatDetails", "userComment"),
    "memberMilestoneChatEvent": _words("memberMilestoneChatDetails", "userComment"),
    "messageDeletedEvent": _taken_back("messageDeletedDetails", "deletedMessageId"),
    "messageRetractedEvent": _taken_back("messageRetractedDetails", "retractedMessageId"),
    "userBannedEvent": _banned,
}
