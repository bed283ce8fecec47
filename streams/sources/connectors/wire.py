"""What every call to a platform needs: failures in our own words, pauses, the age of what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx2

from streams.sources.connectors import reading
from streams.sources.connectors.base import Context
from streams.sources.errors import NotUnderstood, Refused, Throttled, Transient
from streams.sources.http import explain
from streams.sources.inbound import Inbound, Origin

LONGEST_PAUSE = timedelta(hours=1)
# Nobody has read anything of a call that ends so.
UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class NotArrived(Transient):
    """There was no connection at all, so nothing can have been done."""


async def ask(
    context: Context,
    method: str,
    url: str,
    *,
    timeout_s: float = 30.0,
    params: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
    payload: object = None,
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    """Raises NotArrived, Transient, Refused."""
    try:
        return await context.http.request(
            method,
            url,
            params=params,
            data=data,
            json=payload,
            headers=headers,
            timeout=httpx2.Timeout(timeout_s, connect=10.0),
        )
    except UNSENT as error:
        raise NotArrived(explain(error).code) from None
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        raise explain(error) from None
    except httpx2.InvalidURL:
        raise Refused("address") from None


def document(response: httpx2.Response) -> Mapping[str, Any]:
    """The JSON object of an answer. Where a proxy's page stands instead, the platform is away."""
    try:
        return reading.mapping(reading.load(response.content))
    except NotUnderstood:
        raise Transient("bad_answer") from None


def refuse_if_away(response: httpx2.Response, now: datetime) -> None:
    """Raises Transient, Throttled: what a status says, whatever the body."""
    if response.status_code == 429:
        raise Throttled("slower", until=retry_after(response.headers, now))
    if response.status_code >= 500:
        raise Transient("server")


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    seconds = reading.number(headers.get("retry-after", ""))
    return now + min(timedelta(seconds=seconds), LONGEST_PAUSE) if seconds else None


def with_origin(items: Iterable[Inbound], live_since: datetime | None) -> tuple[Inbound, ...]:
    """What was written before the broadcast is history, by whatever road it comes."""
    return tuple(
        replace(item, origin=Origin.BACKFILL)
        if live_since and item.posted_at and item.posted_at < live_since
        else item
        for item in items
    )
