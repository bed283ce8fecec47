"""Calls of the Bot API. The token is a part of every address: no address is ever shown or logged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from streams.sources.connectors import reading, wire
from streams.sources.connectors.base import Context
from streams.sources.errors import (
    Refused,
    SignInAgain,
    SourceError,
    TakenElsewhere,
    Throttled,
    Transient,
)

_TOKEN = re.compile(r"\d{3,20}:[\w-]{20,100}")
_UNSAID = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Answer:
    result: Any
    raw: bytes


async def call(
    context: Context, method: str, payload: Mapping[str, Any], *, timeout_s: float = 30.0
) -> Answer:
    """Raises SourceError."""
    token = context.secrets.get("bot_token", "").strip()
    if not _TOKEN.fullmatch(token):
        raise SignInAgain("no_token")
    response = await wire.ask(
        context, "POST", context.url(f"/bot{token}/{method}"), payload=payload, timeout_s=timeout_s
    )
    if response.status_code >= 500:
        raise Transient("server")
    said = wire.document(response)
    if said.get("ok") is not True:
        raise _refusal(context, said, response.status_code)
    return Answer(said.get("result"), response.content)


def _refusal(context: Context, said: Mapping[str, Any], status: int) -> SourceError:
    """The first line that fits."""
    number = reading.number(said.get("error_code")) or status
    pause = reading.number(reading.mapping(said.get("parameters")).get("retry_after"))
    wait = min(timedelta(seconds=pause), wire.LONGEST_PAUSE) if pause else _UNSAID
    lines: tuple[tuple[bool, SourceError], ...] = (
        (number == 429, Throttled("slower", until=context.now() + wait)),
        # Another program asks, or a webhook is set.
        (number == 409, TakenElsewhere("taken_elsewhere")),
        (number in {401, 404}, SignInAgain("token")),
        (number == 403, Refused("blocked")),
        (number >= 500, Transient("server")),
    )
    return next((error for fits, error in lines if fits), Refused("refused"))
