""" "Check connection" and "send a test comment": what an administrator tries before the broadcast."""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime

import httpx2
import structlog

from streams.common import clock
from streams.sources import http, intake, registry
from streams.sources.connectors.base import Check, Context, Probing
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
        async with asyncio.timeout(_AT_MOST_S), http.client() as client:
            context = Context(
                settings=registry.settings_of(source),
                secrets=source.secrets,
                http=client,
                now=clock.now,
                sleep=asyncio.sleep,
            )
            return tuple(await connector.probe(context))
    except SourceError as error:
        return (Check("reached", False, {"why": error.code}),)
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        return (Check("reached", False, {"why": http.explain(error).code}),)
    except TimeoutError:
        return (Check("reached", False, {"why": "timeout"}),)
    except Exception as error:  # noqa: BLE001 -- a page that tries things out must not fall over
        log.error("source.probe_broke", source=source.pk, error=where(error))
        return (Check("reached", False, {"why": "bug"}),)


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
