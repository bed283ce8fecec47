"""The room in a viewer's browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from streams.receptions.models import Reception
from tests.browsers import sticks_out_px, violations

# The fixture `phone`.
Phone = Callable[..., BrowserContext]


def visit(context: BrowserContext, reception: Reception, language: str = "en") -> Page:
    page = context.new_page()
    page.goto(f"/{language}/receptions/{reception.no}/")
    return page


def live(context: BrowserContext, reception: Reception, language: str = "en") -> Page:
    page = visit(context, reception, language)
    expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
    return page


def assert_usable(page: Page) -> None:
    """No finding of axe, and nothing that has to be scrolled sideways."""
    assert violations(page) == ""
    assert sticks_out_px(page) <= 0
