"""Instagram's comments, by webhook or read back: the same comment is the same message by either road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from streams.sources.connectors import meta, reading
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op, Parsed

# Comments under posts and reels, and events that are no comments at all.
NOT_LIVE = frozenset(
    {
        "comments",
        "mentions",
        "messages",
        "message_reactions",
        "messaging_handover",
        "messaging_optins",
        "messaging_policy_enforcement",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_seen",
        "response_feedback",
        "standby",
        "story_insights",
    }
)


def parse(account: str, body: bytes, received_at: datetime) -> Parsed:
    """A webhook's body, or what `read_back` wrote. Raises NotUnderstood."""
    document = reading.load(body)
    if isinstance(document, dict) and "read_back" in document:
        found = list(_read_back(account, document, received_at))
    else:
        found = list(_told(account, document, received_at))
    items = tuple(item for item in found if item is not None)
    if not items and not found and not _is_known(document):
        raise NotUnderstood("nothing_in_it")
    return Parsed(items, len(found) - len(items))


def _is_known(document: object) -> bool:
    """Whether it is an envelope of Meta's at all, if one that has nothing for us."""
    return any("entry" in one or "read_back" in one for one in reading.mappings(document))


# --- The webhook -------------------------------------------------------------------------------------


def _told(account: str, document: object, received_at: datetime) -> Iterator[Inbound | None]:
    for change in meta.changes(document, "instagram"):
        if change is None:
            yield None
        elif change.field == "live_comments":
            media = reading.ident(reading.mapping(change.value.get("media")).get("id"))
            owners = frozenset({account, change.account}) - {""}
            yield _comment(change.value, media, owners, change.at, received_at)
        elif change.field not in NOT_LIVE:
            yield None


# --- Read back ---------------------------------------------------------------------------------------


def _read_back(
    account: str, document: Mapping[str, Any], received_at: datetime
) -> Iterator[Inbound | None]:
    for part in reading.mappings(document["read_back"]):
        media = reading.ident(part.get("media"))
        for page in reading.mappings(part.get("pages")):
            for comment in reading.mappings(page.get("data")):
                posted_at = reading.iso(comment.get("timestamp"))
                yield _comment(comment, media, frozenset({account}), posted_at, received_at)


# --- A comment ---------------------------------------------------------------------------------------


def _comment(
    value: Mapping[str, Any],
    media: str,
    owners: frozenset[str],
    posted_at: datetime | None,
    received_at: datetime,
) -> Inbound | None:
    """A webhook's comment has no time of its own: `posted_at` is then when Meta told it."""
    external_id = reading.ident(value.get("id"))
    if not external_id:
        return None
    author = _author(value, owners)
    return Inbound(
        op=Op.NEW,
        external_id=external_id,
        received_at=received_at,
        text=reading.string(value.get("text")),
        author=author,
        posted_at=posted_at,
        reported_at=posted_at,
        parent_id=reading.ident(value.get("parent_id")),
        thread=media,
        reply_ref={} if author.is_staff else {"comment_id": external_id, "media_id": media},
    )


def _author(value: Mapping[str, Any], owners: frozenset[str]) -> Author:
    """`from` is missing where the token may not see it; then the name may still stand beside it."""
    who = reading.mapping(value.get("from"))
    ext_id = reading.ident(who.get("id"))
    handle = reading.name(who.get("username")) or reading.name(value.get("username"))
    # Only our own account is also named by the id that it has for itself.
    is_staff = ext_id in owners or bool(reading.ident(who.get("self_ig_scoped_id")))
    return Author(ext_id, handle, handle, is_staff)
