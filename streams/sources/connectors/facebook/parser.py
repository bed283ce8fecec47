"""Facebook's comments, read or told: the same comment is the same message by either road."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from streams.sources.connectors import meta, reading
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op, Parsed

VERBS = {"add": Op.NEW, "edit": Op.EDIT, "edited": Op.EDIT, "remove": Op.DELETE}
# Hiding is the Page's own act, not the author's: whoever asked still waits for an answer.
NO_CHANGE = frozenset({"hide", "unhide", "block", "unblock", "follow", "mute"})


def parse(settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
    """A webhook's body, or the pages that `client` stored. Raises NotUnderstood."""
    document = reading.load(body)
    if isinstance(document, dict) and "comments_of" in document:
        found = list(_read(settings.get("page_id", ""), document, received_at))
    else:
        found = list(_told(settings, document, received_at))
        if not found and not any("entry" in one for one in reading.mappings(document)):
            raise NotUnderstood("nothing_in_it")
    items = tuple(item for item in found if item is not None)
    return Parsed(items, len(found) - len(items))


def comment_id(value: object) -> str:
    """Facebook writes `<post>_<comment>` and names the post differently by one road and the other."""
    return reading.ident(value).rpartition("_")[2]


# --- The webhook -------------------------------------------------------------------------------------


def _told(
    settings: Mapping[str, str], document: object, received_at: datetime
) -> Iterator[Inbound | None]:
    wanted_post = settings.get("post_id", "").strip()
    for change in meta.changes(document, "page"):
        if change is None:
            yield None
        elif change.field != "feed" or change.value.get("item") != "comment":
            # Posts, reactions and shares; these may name a comment too.
            continue
        elif _is_elsewhere(change.value, wanted_post):
            continue
        else:
            yield from _of_change(change, settings.get("page_id", ""), received_at)


def _is_elsewhere(value: Mapping[str, Any], wanted_post: str) -> bool:
    """Whether it belongs to another post of the Page than the one that the source is for."""
    post = reading.ident(value.get("post_id"))
    return bool(wanted_post) and post.rpartition("_")[2] != wanted_post.rpartition("_")[2]


def _of_change(change: meta.Change, page: str, received_at: datetime) -> Iterator[Inbound | None]:
    value = change.value
    verb = reading.string(value.get("verb"))
    op = VERBS.get(verb)
    if op is None:
        if verb not in NO_CHANGE:
            yield None
        return
    full = reading.ident(value.get("comment_id"))
    post = reading.ident(value.get("post_id"))
    parent = reading.ident(value.get("parent_id"))
    item = _comment(
        op,
        {**value, "id": full, "parent": None},
        frozenset({page, change.account}) - {""},
        reading.epoch(value.get("created_time")),
        received_at,
    )
    if item is None:
        yield None
        return
    yield replace(
        item,
        reported_at=change.at or item.posted_at,
        thread=post,
        parent_id="" if parent == post else comment_id(parent),
    )


# --- Read --------------------------------------------------------------------------------------------


def _read(
    page: str, document: Mapping[str, Any], received_at: datetime
) -> Iterator[Inbound | None]:
    live = reading.ident(document["comments_of"])
    for part in reading.mappings(document.get("pages")):
        for value in reading.mappings(part.get("data")):
            posted_at = reading.iso(value.get("created_time"))
            item = _comment(Op.NEW, value, frozenset({page}) - {""}, posted_at, received_at)
            yield item and replace(item, thread=live)


# --- A comment ---------------------------------------------------------------------------------------


def _comment(
    op: Op,
    value: Mapping[str, Any],
    owners: frozenset[str],
    posted_at: datetime | None,
    received_at: datetime,
) -> Inbound | None:
    full = reading.ident(value.get("id"))
    external_id = comment_id(full)
    if not external_id:
        return None
    who = reading.mapping(value.get("from"))
    ext_id = reading.ident(who.get("id"))
    is_staff = ext_id in owners
    return Inbound(
        op=op,
        external_id=external_id,
        received_at=received_at,
        text="" if op is Op.DELETE else reading.string(value.get("message")),
        author=Author(ext_id, reading.name(who.get("name")), "", is_staff),
        posted_at=posted_at,
        reported_at=posted_at,
        parent_id=comment_id(reading.mapping(value.get("parent")).get("id")),
        permalink=_permalink(value, full),
        reply_ref={} if is_staff or op is Op.DELETE else {"comment_id": full},
    )


def _permalink(value: Mapping[str, Any], full: str) -> str:
    """As Facebook says it; else made of the two numbers."""
    post, _, number = full.partition("_")
    made = f"https://www.facebook.com/{post}?comment_id={number}" if number else ""
    return reading.string(value.get("permalink_url")) or made
