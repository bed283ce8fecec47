"""Finding a Page's broadcast and reading what is new under it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from streams.sources.connectors import reading
from streams.sources.connectors.graph import Call, GraphError
from streams.sources.errors import SignInAgain

# Given up in steps: Graph fails the whole call on one field that the token may not read.
FIELD_SETS = (
    "id,message,created_time,from{id,name},parent{id},attachment",
    "id,message,created_time,parent{id}",
    "id,message,created_time",
)
PAGE = 100
MAX_PAGES = 20
OVER = frozenset({"VOD", "LIVE_STOPPED", "PROCESSING", "SCHEDULED_CANCELED", "SCHEDULED_EXPIRED"})


@dataclass(slots=True)
class Pages:
    """`count`: all comments that Facebook says are there. `is_cut`: more are waiting behind the last."""

    live: str
    fields: int
    pages: list[Any] = field(default_factory=list)
    count: int | None = None
    is_cut: bool = False
    pause_s: float = 0.0

    def raw(self) -> bytes:
        """As it is stored, and read again by the parser."""
        return json.dumps({"comments_of": self.live, "pages": self.pages}).encode()


async def find_live(call: Call, page: str) -> str:
    """The id of the broadcast that runs now, the newest of them; empty where none does."""
    answer = await call.get(
        f"{page}/live_videos", fields="id,title,status,permalink_url,creation_time", limit="10"
    )
    for video in reading.mappings(answer.data.get("data", [])):
        if video.get("status") == "LIVE":
            return reading.ident(video.get("id"))
    return ""


async def is_over(call: Call, live: str) -> bool:
    answer = await call.get(live, fields="id,status")
    return reading.string(answer.data.get("status")) in OVER


async def comments(call: Call, live: str, since: datetime | None, fields: int) -> Pages:
    """Oldest first, from `since` on. Raises SourceError.

    The default filter hides comments that Facebook thinks little of, so it is always switched off.
    """
    result = Pages(live, fields)
    asked = {
        "filter": "stream",
        "live_filter": "no_filter",
        "order": "chronological",
        "summary": "true",
        "limit": str(PAGE),
    }
    if since:
        asked["since"] = str(int(since.timestamp()))
    after = ""
    for _ in range(MAX_PAGES):
        data = await _page(call, result, asked | ({"after": after} if after else {}))
        found = data.get("data", [])
        result.pages.append({"data": found})
        if result.count is None:
            summary = reading.mapping(data.get("summary"))
            result.count = reading.number(summary.get("total_count"))
        after = _next(data)
        if not after or not found:
            return result
    result.is_cut = True
    return result


async def _page(call: Call, result: Pages, asked: Mapping[str, str]) -> Mapping[str, Any]:
    while True:
        chosen = FIELD_SETS[min(result.fields, len(FIELD_SETS) - 1)]
        try:
            answer = await call.exact(
                "GET", f"{result.live}/comments", params={"fields": chosen, **asked}
            )
        except GraphError as error:
            is_refused = isinstance(error.known, SignInAgain) and error.known.code == "permission"
            is_unknown = (error.number, error.subcode) == (100, 0)
            if not (is_refused or is_unknown) or result.fields >= len(FIELD_SETS) - 1:
                raise error.known from None
            result.fields += 1
        else:
            result.pause_s = max(result.pause_s, answer.pause_s)
            return answer.data


def _next(data: Mapping[str, Any]) -> str:
    paging = reading.mapping(data.get("paging"))
    after = reading.string(reading.mapping(paging.get("cursors")).get("after"))
    return after if paging.get("next") else ""


async def our_reply(call: Call, comment: str, text: str) -> str:
    """The id of a reply with these words under the comment, or empty. Raises SourceError."""
    answer = await call.get(
        f"{comment}/comments", fields="id,message", filter="stream", order="reverse_chronological"
    )
    for reply in reading.mappings(answer.data.get("data", [])):
        if _words(reply.get("message")) == _words(text):
            return reading.ident(reply.get("id"))
    return ""


def _words(text: object) -> list[str]:
    """Facebook tidies up spaces and line breaks."""
    return reading.string(text, max_chars=20_000).split()
