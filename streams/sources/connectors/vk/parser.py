"""Events of a community, however they came, and lists of comments that were asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from streams.sources.connectors import reading
from streams.sources.errors import NotUnderstood
from streams.sources.inbound import Author, Inbound, Op, Parsed

# A comment that is put back is told like a new one: it is taken if we never saw it.
_OPS = {
    "video_comment_new": Op.NEW,
    "video_comment_restore": Op.NEW,
    "video_comment_edit": Op.EDIT,
    "video_comment_delete": Op.DELETE,
}
_VIDEO = re.compile(r"(-?\d+)_(\d+)")


@dataclass(frozen=True, slots=True)
class Video:
    """`owner` is negative where a community owns it. Both are strings, as all ids."""

    owner: str
    number: str

    @property
    def key(self) -> str:
        return f"{self.owner}_{self.number}"


def video(written: str) -> Video | None:
    """Of an address as people copy it, or of the pair itself."""
    found = _VIDEO.search(written)
    return Video(found[1], found[2]) if found else None


def body(raw: bytes, received_at: datetime, settings: Mapping[str, str]) -> Parsed:
    """An event, an answer of the long poll, or a list of comments. Raises NotUnderstood."""
    said = reading.mapping(reading.load(raw))
    if "response" in said:
        return comments(said, received_at, settings)
    if "updates" in said:
        return events(said["updates"], received_at, settings, said.get("profiles"))
    if "type" in said:
        return events([said], received_at, settings)
    raise NotUnderstood("shape")


def events(
    said: object, received_at: datetime, settings: Mapping[str, str], profiles: object = None
) -> Parsed:
    """Events of other kinds are none of ours. `profiles`: who the authors are, where that is known."""
    people, wanted = _people(profiles), video(settings.get("video", ""))
    items: list[Inbound] = []
    not_understood = 0
    for event in reading.mappings(said):
        op = _OPS.get(reading.string(event.get("type")))
        if op is None:
            continue
        comment = reading.mapping(event.get("object"))
        where = _where(comment)
        item = _item(op, comment, where, received_at, people, settings) if where else None
        if item is None:
            not_understood += 1
        elif wanted is None or where == wanted:
            items.append(item)
    return Parsed(tuple(items), not_understood)


def comments(said: Mapping[str, Any], received_at: datetime, settings: Mapping[str, str]) -> Parsed:
    """`video.getComments`, with the video's key beside it: the answer itself doesn't name it."""
    answer = reading.mapping(said.get("response"))
    where = video(reading.string(said.get("video")))
    if where is None:
        raise NotUnderstood("shape")
    people = _people(answer.get("profiles"))
    found = [
        _item(Op.NEW, comment, where, received_at, people, settings)
        for comment in reading.mappings(answer.get("items", []))
        if comment.get("deleted") is not True
    ]
    known = tuple(item for item in found if item is not None)
    return Parsed(known, len(found) - len(known))


def author_ids(said: object) -> Iterator[str]:
    """Of the people in these events, for asking their names."""
    for event in reading.mappings(said):
        if _OPS.get(reading.string(event.get("type"))) in {Op.NEW, Op.EDIT}:
            own = reading.ident(reading.mapping(event.get("object")).get("from_id"))
            if own and not own.startswith("-"):
                yield own


def _where(comment: Mapping[str, Any]) -> Video | None:
    owner = reading.ident(comment.get("video_owner_id")) or reading.ident(comment.get("owner_id"))
    number = reading.ident(comment.get("video_id"))
    return Video(owner, number) if owner and number else None


def _people(profiles: object) -> dict[str, Mapping[str, Any]]:
    return {reading.ident(person.get("id")): person for person in reading.mappings(profiles)}


def _item(
    op: Op,
    comment: Mapping[str, Any],
    where: Video,
    received_at: datetime,
    people: Mapping[str, Mapping[str, Any]],
    settings: Mapping[str, str],
) -> Inbound | None:
    number = reading.ident(comment.get("id"))
    if not number:
        return None
    own = f"{where.key}_{number}"
    if op is Op.DELETE:
        return Inbound(op, own, received_at)
    parent = reading.ident(comment.get("reply_to_comment"))
    return Inbound(
        op=op,
        external_id=own,
        received_at=received_at,
        text=reading.string(comment.get("text")),
        author=_author(comment, where, people, settings),
        posted_at=reading.epoch(comment.get("date")),
        parent_id=f"{where.key}_{parent}" if parent else "",
        thread=where.key,
        permalink=f"https://vk.com/video{where.key}?reply={number}",
        reply_ref={"owner_id": where.owner, "video_id": where.number, "comment_id": number},
    )


def _author(
    comment: Mapping[str, Any],
    where: Video,
    people: Mapping[str, Mapping[str, Any]],
    settings: Mapping[str, str],
) -> Author:
    """Negative ids are communities; the one that broadcasts is staff."""
    own = reading.ident(comment.get("from_id"))
    person = people.get(own, {})
    names = (reading.name(person.get("first_name")), reading.name(person.get("last_name")))
    handle = reading.name(person.get("screen_name"))
    ours = {where.owner, f"-{settings.get('group_id', '').strip()}"}
    is_staff = own.startswith("-") and own in ours
    return Author(own, " ".join(n for n in names if n), f"@{handle}" if handle else "", is_staff)
