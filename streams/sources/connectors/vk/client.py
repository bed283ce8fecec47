"""Calls of VK's API: tokens go in bodies, errors come with status 200."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import Context
from streams.sources.connectors.vk.parser import Video
from streams.sources.errors import Refused, SignInAgain, SourceError, Throttled, Transient

VERSION = "5.199"
WAIT_S = 25
PAGE = 100
PAGES = 50
NAMES_AT_ONCE = 500
_NAMES_KEPT = 5000

_SIGN_IN = frozenset({5, 7, 15, 17, 27, 28, 30})
_PAUSES = {6: timedelta(seconds=1), 9: timedelta(minutes=1), 29: timedelta(hours=1)}
_THEIR_FAULT = frozenset({1, 10})


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    key: str
    ts: str


class Client:
    """Names of people and the long poll's address are kept here: both can be asked for again."""

    def __init__(self) -> None:
        self._names: dict[str, Mapping[str, Any]] = {}
        self._servers: dict[tuple[str, str], Server] = {}

    async def server(self, context: Context) -> Server:
        """Where this community's events are waited for. Raises SourceError."""
        kept = self._servers.get(_group(context))
        if kept:
            return kept
        group = context.settings.get("group_id", "").strip()
        said = reading.mapping(await call(context, "groups.getLongPollServer", {"group_id": group}))
        url, key = reading.string(said.get("server")), reading.string(said.get("key"))
        if not url or not key:
            raise Transient("bad_answer")
        server = Server(
            url if "://" in url else f"https://{url}", key, reading.ident(said.get("ts"))
        )
        self._servers[_group(context)] = server
        return server

    def forget_server(self, context: Context) -> None:
        self._servers.pop(_group(context), None)

    async def wait(self, context: Context, server: Server, ts: str) -> Mapping[str, Any]:
        """What happened since `ts`, as soon as something does. Raises SourceError."""
        wait_s = reading.number(context.settings.get("wait_s", ""))
        wait_s = WAIT_S if wait_s is None else min(wait_s, 90)
        response = await wire.ask(
            context,
            "GET",
            server.url,
            params={"act": "a_check", "key": server.key, "ts": ts, "wait": str(wait_s)},
            timeout_s=wait_s + 15,
        )
        wire.refuse_if_away(response, context.now())
        return wire.document(response)

    async def people(self, context: Context, ids: Iterable[str]) -> list[Mapping[str, Any]]:
        """Those whose names can be had: a comment without its author's name is still a comment."""
        wanted = list(dict.fromkeys(ids))
        unknown = [one for one in wanted if one not in self._names][:NAMES_AT_ONCE]
        if unknown:
            try:
                asked = {"user_ids": ",".join(unknown), "fields": "screen_name"}
                found = await call(context, "users.get", asked)
            except SourceError:
                found = []
            if len(self._names) > _NAMES_KEPT:
                self._names.clear()
            self._names |= {reading.ident(p.get("id")): p for p in reading.mappings(found)}
        return [self._names[one] for one in wanted if one in self._names]

    async def comments_since(
        self, context: Context, where: Video, last: str
    ) -> tuple[list[bytes], bool]:
        """Pages of comments from `last` on, as the parser reads them, and whether that was all."""
        pages: list[bytes] = []
        for _ in range(PAGES):
            asked = {
                "owner_id": where.owner, "video_id": where.number, "sort": "asc",
                "count": str(PAGE), "extended": "1", "fields": "screen_name",
                **({"start_comment_id": last} if last else {}),
            }  # fmt: skip
            said = reading.mapping(await call(context, "video.getComments", asked, as_user=True))
            pages.append(json.dumps({"video": where.key, "response": said}).encode())
            items = list(reading.mappings(said.get("items", [])))
            newest = reading.ident(items[-1].get("id")) if items else ""
            if len(items) < PAGE or not newest or newest == last:
                return pages, True
            last = newest
        return pages, False


def _group(context: Context) -> tuple[str, str]:
    return context.settings.get("base_url", ""), context.settings.get("group_id", "")


async def call(
    context: Context, method: str, asked: Mapping[str, str], *, as_user: bool = False
) -> Any:
    """The answer's `response`. Raises SourceError."""
    token = context.secrets.get("user_token" if as_user else "group_token", "").strip()
    if not token:
        raise SignInAgain("no_token")
    version = context.settings.get("api_version") or VERSION
    response = await wire.ask(
        context,
        "POST",
        context.url(f"/method/{method}"),
        data={**asked, "access_token": token, "v": version},
    )
    wire.refuse_if_away(response, context.now())
    said = wire.document(response)
    if "error" in said:
        raise _refusal(context, reading.mapping(said["error"]))
    if "response" not in said:
        raise Transient("bad_answer")
    return said["response"]


def _refusal(context: Context, failure: Mapping[str, Any]) -> SourceError:
    number = reading.number(failure.get("error_code")) or 0
    if number in _PAUSES:
        return Throttled("slower", until=context.now() + _PAUSES[number])
    if number in _SIGN_IN:
        return SignInAgain("token" if number == 5 else "permission")
    if number in _THEIR_FAULT:
        return Transient("server")
    return Refused("refused")
