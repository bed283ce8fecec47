"""The desk in a browser, and how a hand moves on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from streams.receptions.models import Reception
from tests.patience import eventually

# The fixtures `enter` and `desk`.
Enter = Callable[..., BrowserContext]
Desk = Callable[..., Page]


def open_desk(
    context: BrowserContext, reception: Reception, path: str = "", *, intercepted: bool = False
) -> Page:
    """`intercepted`: the test will hold back or lose requests. Where Chromium begins to ask about them while
    the page is at work, it lets the next one through unasked.
    """
    if intercepted:
        context.route("**/no-such-address/", lambda route: route.continue_())
    page = context.new_page()
    page.goto(f"/desk/{reception.no}/{path}")
    expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
    # A row that was decided stands stamped until the test is over: a busy machine looks late.
    page.evaluate("document.querySelector('live-screen').dataset.linger = '600'")
    return page


def row(page: Page, number: int) -> Locator:
    return page.locator(f"[data-list] > #question-{number}:not(.leaving)")


def shown(page: Page, number: int) -> Locator:
    """The card of the question, once it stands there."""
    card = page.locator(f"#card-{number}")
    expect(card).to_be_visible()
    return card


@contextmanager
def on_its_way(page: Page, addresses: str) -> Iterator[None]:
    """The next request to these addresses reaches the server when the block is over."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(addresses, hold)
    yield
    # It may not have come as far as the test yet.
    eventually(lambda: held or page.evaluate("null"))
    held[0].continue_()
    page.unroute(addresses, hold)


def press(page: Page, code: str) -> None:
    """The place on the keyboard, as in a Russian layout: another letter, the same code."""
    page.evaluate(
        """code => {
          const target = document.activeElement ?? document.body;
          for (const type of ["keydown", "keyup"]) target.dispatchEvent(
            new KeyboardEvent(type, { code, key: "ф", bubbles: true, cancelable: true }));
        }""",
        code,
    )
