"""Browsers as the tests open them: patient, and signed in where a user is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from tests.patience import PATIENCE_S

if TYPE_CHECKING:  # pictures are taken without Django
    from streams.people.models import User

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
_QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
_PATIENCE_MS = PATIENCE_S * 1000
expect.set_options(timeout=_PATIENCE_MS)


@contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=_QUIET.split())


def new_context(
    browser: Browser, *, user: User | None = None, language: str = "", **options: Any
) -> BrowserContext:
    """A browser of its own, in which `user` is signed in. `options` are playwright's."""
    context = browser.new_context(**options)
    context.set_default_timeout(_PATIENCE_MS)
    cookies = {settings.LANGUAGE_COOKIE_NAME: language} if language else {}
    if user is not None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    base = options.get("base_url")
    context.add_cookies([{"name": n, "value": v, "url": base} for n, v in cookies.items()])
    return context


# What fades in is pale on its way; what never ends is not waited for.
_AT_REST = """() => Promise.allSettled(
  document.getAnimations()
    .filter((a) => a.playState === "running" && Number.isFinite(a.effect.getComputedTiming().endTime))
    .map((a) => a.finished)
).then(() => undefined)"""


def audit(page: Page) -> AxeResults:
    """What axe finds. Its script is large: a page gets it once."""
    page.evaluate(_AT_REST)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return AxeResults(page.evaluate("axe.run({ resultTypes: ['violations'] })"))


def violations(page: Page) -> str:
    """Told at length; nothing if there is nothing."""
    results = audit(page)
    return "" if results.violations_count == 0 else results.generate_report()


def sticks_out_px(page: Page) -> int:
    """By how much one would have to scroll sideways."""
    width: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
