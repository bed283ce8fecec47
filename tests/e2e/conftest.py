"""A browser for each module: playwright's loop must be gone before the next module's async tests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from streams.receptions import bell

_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=_QUIET.split())


@pytest.fixture(autouse=True)
def _bell_rings_from_a_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Playwright's loop lives in the tests' own thread, where nobody may wait for another."""
    ring = bell._send
    with ThreadPoolExecutor(1) as thread:

        def send(message: dict[str, Any]) -> None:
            thread.submit(ring, message).result()

        monkeypatch.setattr(bell, "_send", send)
        yield
