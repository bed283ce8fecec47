""" "Check connection" and "send a test comment": what an administrator tries before the broadcast."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx2
import structlog

from streams.common import clock
from streams.sources import http, intake, registry
from streams.sources.connectors.base import Check, Context, Hooking, Probing
from streams.sources.deliveries import where
from streams.sources.errors import SourceError
from streams.sources.inbound import Author, Inbound, Op
from streams.sources.models import Source

log = structlog.get_logger(__name__)
_AT_MOST_S = 25.0


async def probe(source: Source) -> tuple[Check, ...] | None:
    """None where the platform calls us and there is nothing to ask it. Never raises."""
    connector = registry.connector(source.platform)
    if not isinstance(connector, Probing):
        return None
    try:
        async with _calling(source) as context:
            return tuple(await connector.probe(context))
    except Exception as error:  # noqa: BLE001 -- a page that tries things out must not fall over
        return (Check("reached", False, {"why": _why(source, error)}),)


async def hook(source: Source, address: str) -> str:
    """Tell the platform to deliver to `address`, or nowhere where it is empty. Why not, in a word; "" where
    it is done. Never raises."""
    connector = registry.connector(source.platform)
    assert isinstance(connector, Hooking)
    try:
        async with _calling(source) as context:
            if address:
                await connector.hook(context, address)
            else:
                await connector.unhook(context)
    except Exception as error:  # noqa: BLE001 -- as above
        return _why(source, error)
    return ""


@asynccontextmanager
async def _calling(source: Source) -> AsyncIterator[Context]:
    async with asyncio.timeout(_AT_MOST_S), http.client() as client:
        yield Context(
            settings=registry.settings_of(source),
            secrets=source.secrets,
            http=client,
            now=clock.now,
            sleep=asyncio.sleep,
        )


def _why(source: Source, error: Exception) -> str:
    """In a word, and never in the error's own, which may hold an address with a token."""
    if isinstance(error, SourceError):
        return error.code
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, httpx2.HTTPError | httpx2.StreamError | OSError):
        return http.explain(error).code
    log.error("source.probe_broke", source=source.pk, error=where(error))
    return "bug"


def send_test(source: Source, text: str, *, now: datetime) -> bool:
    """One comment by the house itself, through the same intake: on the chip, but in no queue."""
    item = Inbound(
        op=Op.NEW,
        external_id=f"liveqa-test-{secrets.token_hex(8)}",
        received_at=now,
        posted_at=now,
        text=text,
        author=Author(ext_id="liveqa-test", name="LiveQA", is_staff=True),
    )
    done = intake.take(source.pk, [item], now=now)
    return [one.result for one in done] == [intake.Result.CREATED]
