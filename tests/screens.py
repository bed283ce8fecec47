"""Takes the pictures of docs/screens from a running demonstration.

    .venv/bin/python -m tests.screens PASSWORD [http://127.0.0.1:8000] [LANGUAGE]

The password is the one that `make run` prints. Every page at 1440×900 and 390×844.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
SIZES = ((1440, 900), (390, 844))
# Time for live screens to connect and for type to be fitted.
SETTLE_MS = 1500


def main(password: str, base: str = "http://127.0.0.1:8000", language: str = "ru") -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for width, height in SIZES:
            _public(browser, base, language, width, height)
            _staff(browser, base, language, width, height, password)
        browser.close()


def _context(browser: Browser, base: str, language: str, width: int, height: int) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=base, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "language", "value": language, "url": base}])
    return context


def _shoot(page: Page, path: str, name: str, width: int) -> None:
    page.goto(path)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=FOLDER / f"{name}-{width}.png")


def _public(browser: Browser, base: str, language: str, width: int, height: int) -> None:
    context = _context(browser, base, language, width, height)
    page = context.new_page()
    _shoot(page, f"/{language}/", "home", width)
    live = _first(page, rf"/{language}/receptions/[0-9-]+/")
    _shoot(page, f"/{language}/wednesday/", "wednesday", width)
    _shoot(page, live, "room", width)
    page.locator("textarea").first.fill("Когда поставят камеру у школы на улице Достык?")
    page.locator("form button[type=submit], form button:not([type])").first.click()
    page.wait_for_timeout(SETTLE_MS)
    mine = _first(page, r"/(?:\w\w/)?q/[\w-]+/")
    _shoot(page, mine, "my-question", width)
    _shoot(page, f"/{language}/archive/?q=камера", "archive", width)
    _shoot(page, f"/{language}/archive/", "archive-all", width)
    question = _first(page, rf"/{language}/questions/[0-9-]+/")
    _shoot(page, question, "question", width)
    sealed = _last_week(page, language)
    _shoot(page, sealed, "reception", width)
    _shoot(page, f"{sealed}ledger/", "ledger", width)
    _shoot(page, "/sign-in/", "sign-in", width)
    context.close()


def _staff(
    browser: Browser, base: str, language: str, width: int, height: int, password: str
) -> None:
    for user, screens in {
        "moderator": ("desk",),
        "chief": ("wednesday", "studio"),
        "controller": ("control",),
    }.items():
        context = _context(browser, base, language, width, height)
        page = context.new_page()
        page.goto("/sign-in/")
        page.fill("[name=username]", user)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(re.compile("wednesday"))
        for screen in screens:
            if screen == "control":
                _shoot(page, "/control/", "control", width)
                _shoot(page, _first(page, r"/control/[A-Z0-9-]+/"), "control-record", width)
            elif screen == "wednesday":
                _shoot(page, f"/{language}/wednesday/", "my-wednesday", width)
            else:
                page.goto(f"/{language}/")
                no = re.search(r"/receptions/([0-9-]+)/", page.content())
                assert no is not None
                _shoot(page, f"/{screen}/{no[1]}/", screen, width)
        context.close()


def _last_week(page: Page, language: str) -> str:
    """The newest reception of an earlier week."""
    link = rf"/{language}/receptions/[0-9-]+/"
    page.goto(f"/{language}/wednesday/")
    for _week in range(4):
        page.goto(f"/{language}/wednesday/" + _first(page, r'"\?week=[0-9W-]+').strip('"'))
        if re.search(link, page.content()):
            break
    return _first(page, link)


def _first(page: Page, pattern: str) -> str:
    found = re.search(pattern, page.content())
    assert found is not None, f"no link like {pattern} on {page.url}"
    return found[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
