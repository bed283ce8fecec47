"""Calls to YouTube: who asks, what a refusal means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import Context
from streams.sources.connectors.youtube import quota
from streams.sources.errors import (
    Ended,
    NotLive,
    NotUnderstood,
    QuotaSpent,
    Refused,
    SignInAgain,
    SourceError,
    Throttled,
    Transient,
)

MESSAGES = "/youtube/v3/liveChat/messages"
STREAM = "/youtube/v3/liveChat/messages/stream"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105
PARTS = "id,snippet,authorDetails"
# Without a word from Google when it may be asked again.
PAUSE = timedelta(seconds=30)
_SOON = timedelta(minutes=1)

_QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_SLOWER = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "userRequestsExceedRateLimit"})
_OVER = frozenset({"liveChatEnded"})
_NOT_YET = frozenset({"liveChatDisabled", "liveChatNotFound"})
_SIGN_IN = frozenset(
    {
        "authError", "required", "keyInvalid", "keyExpired", "badRequestKey", "accessNotConfigured",
        "insufficientPermissions", "forbidden", "API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED",
        "ipRefererBlocked", "youtubeSignupRequired",
    }
)  # fmt: skip
_TOKEN = frozenset({"pageTokenInvalid", "invalidPageToken"})

_VIDEO = re.compile(
    r"(?:[?&]v=|youtu\.be/|/live/|/embed/|/shorts/|/video/)([\w-]{11})(?![\w-])|^([\w-]{11})$"
)


class LostPlace(SourceError):
    """The page token is not known any more."""


def video_id(written: str) -> str:
    """Of an address as people copy it, or of the id itself; empty where there is none in it."""
    found = _VIDEO.search(written.strip())
    return (found[1] or found[2]) if found else ""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    since: datetime
    until: datetime


class Client:
    """One source's way to YouTube. Access tokens live an hour; they are kept as long, and only here."""

    def __init__(self) -> None:
        self._tokens: dict[tuple[str, str], _Token] = {}

    async def sign(self, context: Context, *, write: bool = False) -> dict[str, str]:
        """Headers of a call. A key is enough to read. Raises SignInAgain."""
        key = context.secrets.get("api_key", "").strip()
        if key and not write:
            # In a header: addresses end up in logs.
            return {"X-Goog-Api-Key": key}
        return {"Authorization": f"Bearer {await self._access_token(context)}"}

    async def _access_token(self, context: Context) -> str:
        refresh = context.secrets.get("refresh_token", "").strip()
        client_id = context.settings.get("client_id", "").strip()
        if not refresh or not client_id:
            raise SignInAgain("no_token")
        kept = self._tokens.get((client_id, refresh))
        if kept and kept.until > context.now():
            return kept.text
        response = await wire.ask(
            context,
            "POST",
            context.settings.get("token_url") or TOKEN_URL,
            data={
                "grant_type": "refresh_token",
                "refresh_token": refresh,
                "client_id": client_id,
                "client_secret": context.secrets.get("client_secret", ""),
            },
        )
        wire.refuse_if_away(response, context.now())
        said = wire.document(response)
        token = reading.string(said.get("access_token"))
        if response.status_code != 200 or not token:
            raise SignInAgain("token")
        life = timedelta(seconds=reading.number(said.get("expires_in")) or 0)
        now = context.now()
        self._tokens[client_id, refresh] = _Token(token, now, now + life - _SOON)
        return token

    def forget_token(self, now: datetime) -> bool:
        """After a 401: whether a new token may help. One that was just made is no better anew."""
        old = [name for name, token in self._tokens.items() if now - token.since > _SOON]
        for name in old:
            del self._tokens[name]
        return bool(old)

    async def get(self, context: Context, path: str, **params: str) -> httpx2.Response:
        """Raises SourceError."""
        headers = await self.sign(context)
        response = await wire.ask(context, "GET", context.url(path), params=params, headers=headers)
        refuse(response.status_code, response.headers, response.content, context.now())
        return response

    async def chat_id(self, context: Context) -> str:
        """Of the broadcast that is on now: one unit. Raises NotLive, Ended, SourceError."""
        video = context.settings.get("video", "").strip()
        if not video:
            return await self._own_chat_id(context)
        wanted = video_id(video)
        if not wanted:
            raise Refused("video")
        response = await self.get(
            context, "/youtube/v3/videos", part="liveStreamingDetails,snippet", id=wanted
        )
        found = next(reading.mappings(wire.document(response).get("items", [])), None)
        if found is None:
            raise NotLive("no_video")
        details = reading.mapping(found.get("liveStreamingDetails"))
        chat = reading.ident(details.get("activeLiveChatId"))
        if chat:
            return chat
        raise Ended("ended") if details.get("actualEndTime") else NotLive("not_live")

    async def _own_chat_id(self, context: Context) -> str:
        """The channel's own broadcast, where we are signed in as the channel."""
        headers = {"Authorization": f"Bearer {await self._access_token(context)}"}
        response = await wire.ask(
            context,
            "GET",
            context.url("/youtube/v3/liveBroadcasts"),
            params={"part": "snippet", "broadcastStatus": "active", "broadcastType": "all"},
            headers=headers,
        )
        refuse(response.status_code, response.headers, response.content, context.now())
        for found in reading.mappings(wire.document(response).get("items", [])):
            chat = reading.ident(reading.mapping(found.get("snippet")).get("liveChatId"))
            if chat:
                return chat
        raise NotLive("not_live")


def refuse(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises what the answer means, where it is a refusal."""
    if status < 400:
        return
    raise refusal(status, reasons(body), wire.retry_after(headers, now), now)


def reasons(body: bytes) -> frozenset[str]:
    """Google's words for what is wrong: old and new form, alone or in a streamed array."""
    try:
        said = reading.load(body)
    except NotUnderstood:
        return frozenset()
    found: set[str] = set()
    for one in reading.mappings(said):
        failure = reading.mapping(one.get("error"))
        for entry in (*_lists(failure, "errors"), *_lists(failure, "details")):
            found.add(reading.string(entry.get("reason")))
    return frozenset(found - {""})


def _lists(failure: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    return list(reading.mappings(failure.get(field, [])))


def refusal(status: int, why: frozenset[str], until: datetime | None, now: datetime) -> SourceError:
    """The first line that fits."""
    lines: tuple[tuple[bool, SourceError], ...] = (
        (bool(why & _QUOTA), QuotaSpent("quota", until=quota.renewed_at(now))),
        (status == 429 or bool(why & _SLOWER), Throttled("slower", until=until or now + PAUSE)),
        (bool(why & _OVER), Ended("ended")),
        (bool(why & _NOT_YET), NotLive("no_chat")),
        (bool(why & _TOKEN), LostPlace("page_token")),
        (status == 401 or bool(why & _SIGN_IN), SignInAgain("token")),
        (status >= 500, Transient("server")),
        (status == 403, SignInAgain("permission")),
    )
    return next((error for fits, error in lines if fits), Refused("refused"))
