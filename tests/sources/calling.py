"""What tests of connectors share: fixtures, a context for a fake, an hour that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from streams.sources import http
from streams.sources.connectors.base import Context
from streams.sources.fakes.base import Fake

FIXTURES = Path(__file__).parent / "fixtures"
NOON = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def fixture(path: str) -> bytes:
    return (FIXTURES / path).read_bytes()


async def no_sleep(seconds: float) -> None:
    """Time is given, not waited for."""


@asynccontextmanager
async def context_of(
    fake: Fake,
    *,
    settings: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    live_since: datetime | None = None,
) -> AsyncIterator[Context]:
    """As the runner makes it, with the clock of the fake."""
    async with http.client() as client:
        yield Context(
            settings=fake.settings() | dict(settings or {}),
            secrets=fake.secrets() | dict(secrets or {}),
            http=client,
            now=fake.now,
            sleep=no_sleep,
            live_since=live_since,
        )


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at
