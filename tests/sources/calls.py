"""A connector's context for tests: the real client, a clock and a sleep that a test holds in its hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from django.conf import settings

from streams.common import clock
from streams.sources import http
from streams.sources.connectors.base import Context
from streams.sources.fakes.base import Fake

LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Watch:
    """`at` None: the real time. Sleeping costs nothing and is written down."""

    at: datetime | None = None
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at or clock.now()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.at:
            self.at += timedelta(seconds=seconds)


@asynccontextmanager
async def context_for(
    monkeypatch: pytest.MonkeyPatch,
    values: Mapping[str, str],
    secrets: Mapping[str, str],
    *,
    watch: Watch | None = None,
    live_since: datetime | None = None,
) -> AsyncIterator[Context]:
    """Loopback is a private network: allowed here as a rehearsal allows it."""
    monkeypatch.setattr(settings, "SOURCES_PRIVATE_NETWORKS", LOOPBACK)
    watch = watch or Watch()
    async with http.client() as client:
        yield Context(values, secrets, client, watch.now, watch.sleep, live_since)


@asynccontextmanager
async def calling(
    monkeypatch: pytest.MonkeyPatch,
    fake: Fake,
    *,
    watch: Watch | None = None,
    live_since: datetime | None = None,
    **changed: str,
) -> AsyncIterator[Context]:
    """The fake serves, and we are connected to it as its own words say."""
    async with fake.serving():
        values = fake.settings() | changed
        async with context_for(
            monkeypatch, values, fake.secrets(), watch=watch, live_since=live_since
        ) as context:
            yield context
