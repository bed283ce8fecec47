"""Reading an Instagram account's live comments back from Graph, as far as the token may see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from streams.sources.connectors import reading
from streams.sources.connectors.graph import Answer, Call, GraphError
from streams.sources.errors import SignInAgain, SourceError

# Graph fails the whole call on one field that the token may not read, so they are given up in steps.
FIELD_SETS = (
    "id,text,timestamp,username,from{id,username},parent_id",
    "id,text,timestamp,username",
    "id,text,timestamp",
)
MEDIA_FIELD_SETS = ("id,comments_count", "id")
PAGE = 50
MAX_PAGES = 60
# Clocks and the order of comments are not exact.
OVERLAP = timedelta(seconds=5)
# Unpermitted or unknown field, besides the plain lack of a right.
BAD_FIELD = 100


@dataclass(slots=True)
class Live:
    """What is being broadcast now. `count` is Instagram's own, None where it doesn't tell."""

    media: tuple[str, ...]
    count: int | None
    pause_s: float = 0.0


@dataclass(slots=True)
class ReadBack:
    """One broadcast's comments, newest first as Instagram gives them."""

    media: str
    fields: int
    pages: list[Any] = field(default_factory=list)
    is_cut: bool = False
    pause_s: float = 0.0


async def live(call: Call, account: str) -> Live:
    """Raises SourceError."""
    answer, _ = await _degrading(call, f"{account}/live_media", MEDIA_FIELD_SETS, 0, {})
    found = list(reading.mappings(answer.data.get("data", [])))
    media = tuple(one for one in (reading.ident(part.get("id")) for part in found) if one)
    counts = [reading.number(part.get("comments_count")) for part in found]
    known = [count for count in counts if count is not None]
    return Live(media, sum(known) if known else None, answer.pause_s)


async def comments(call: Call, media: str, since: datetime | None, fields: int) -> ReadBack:
    """All of them that are newer than `since`, or as many as MAX_PAGES hold. Raises SourceError."""
    result = ReadBack(media, fields)
    after = ""
    for _ in range(MAX_PAGES):
        params = {"limit": str(PAGE)} | ({"after": after} if after else {})
        answer, result.fields = await _degrading(
            call, f"{media}/comments", FIELD_SETS, result.fields, params
        )
        result.pages.append({"data": answer.data.get("data", [])})
        result.pause_s = max(result.pause_s, answer.pause_s)
        after = _next(answer.data)
        if not after or _is_old(answer.data, since):
            return result
    result.is_cut = True
    return result


async def _degrading(
    call: Call, path: str, sets: tuple[str, ...], start: int, params: Mapping[str, str]
) -> tuple[Answer, int]:
    """The answer with the most fields that the token may read, and which set that was."""
    known: SourceError = SignInAgain("permission")
    for index in range(min(start, len(sets) - 1), len(sets)):
        try:
            answer = await call.exact("GET", path, params={"fields": sets[index], **params})
        except GraphError as error:
            known = error.known
            if error.known.code == "permission" or (error.number, error.subcode) == (BAD_FIELD, 0):
                continue
            break
        else:
            return answer, index
    raise known from None


def _next(data: Mapping[str, Any]) -> str:
    """The cursor of the next page; Instagram gives one on the last page too, but no `next`."""
    paging = reading.mapping(data.get("paging"))
    after = reading.string(reading.mapping(paging.get("cursors")).get("after"))
    return after if paging.get("next") else ""


def _is_old(data: Mapping[str, Any], since: datetime | None) -> bool:
    """Whether nothing newer than `since` can follow: only where the newest stand first."""
    times = [reading.iso(one.get("timestamp")) for one in reading.mappings(data.get("data", []))]
    known = [time for time in times if time is not None]
    if since is None or not known or len(known) < len(times):
        return False
    return known[0] >= known[-1] and known[-1] < since


def write(parts: list[ReadBack]) -> bytes:
    """As it is stored, and read again by the parser."""
    found = [{"media": part.media, "pages": part.pages} for part in parts]
    return json.dumps({"read_back": found}).encode()
