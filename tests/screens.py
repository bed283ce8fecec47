"""Takes pictures of a running demonstration.

    .venv/bin/python -m tests.screens PASSWORD [--base http://127.0.0.1:8000]
    .venv/bin/python -m tests.screens PASSWORD --matrix FOLDER [--only desk studio overlay]

The password is the one that `make run` prints. The first takes those of docs/screens: every page at
1440×900 and 390×844, in Russian. The second takes the screens of a broadcast at every size they are
used at, in three languages, and the overlay over a checkerboard, to be looked at and thrown away.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browsers import launched

DOCS = Path(__file__).resolve().parent.parent / "docs" / "screens"
LANGUAGES = ("kk", "ru", "en")
SIZES = ((1440, 900), (390, 844))
DESK = ((1280, 720), (1440, 900), (2560, 1440), (390, 844))
STUDIO = ((1024, 768), (768, 1024), (1920, 1080))
OVERLAY = {"wide": (1920, 1080), "tall": (1080, 1920)}
# What is transparent shows it.
CHECKERBOARD = (
    "html { background: conic-gradient(#999 25%, #ccc 0 50%, #999 0 75%, #ccc 0) 0 0 / 48px 48px }"
)
# Time for live screens to connect and for type to be fitted.
SETTLE_MS = 1500


@dataclass(frozen=True)
class Camera:
    browser: Browser
    base: str
    password: str
    folder: Path

    @contextmanager
    def page(
        self, language: str, size: tuple[int, int], user: str = "", **options: Any
    ) -> Iterator[Page]:
        """A browser of its own, in which `user` is signed in."""
        context = self.browser.new_context(
            viewport=ViewportSize(width=size[0], height=size[1]),
            base_url=self.base,
            reduced_motion="reduce",
            **options,
        )
        context.add_cookies([{"name": "language", "value": language, "url": self.base}])
        page = context.new_page()
        if user:
            page.goto("/sign-in/")
            page.fill("[name=username]", user)
            page.fill("[name=password]", self.password)
            page.press("[name=password]", "Enter")
            page.wait_for_url(re.compile("wednesday"))
        yield page
        context.close()

    def shoot(self, page: Page, path: str, name: str) -> None:
        page.goto(path)
        self.take(page, name)

    def take(self, page: Page, name: str) -> None:
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=self.folder / f"{name}.png")


# --- The pictures of the documents ----------------------------------------------------------------


def for_documents(camera: Camera, language: str = "ru") -> None:
    for size in SIZES:
        with camera.page(language, size) as page:
            _public(camera, page, language, size[0])
        _staff(camera, language, size)
    _overlays(camera, "ru", "overlay-{format}")


def _public(camera: Camera, page: Page, language: str, width: int) -> None:
    camera.shoot(page, f"/{language}/", f"home-{width}")
    live = _first(page, rf"/{language}/receptions/[0-9-]+/")
    camera.shoot(page, f"/{language}/wednesday/", f"wednesday-{width}")
    camera.shoot(page, live, f"room-{width}")
    page.locator("textarea").first.fill("Когда поставят камеру у школы на улице Достык?")
    page.locator("form button[type=submit], form button:not([type])").first.click()
    page.wait_for_timeout(SETTLE_MS)
    mine = _first(page, r"/(?:\w\w/)?q/[\w-]+/")
    camera.shoot(page, mine, f"my-question-{width}")
    camera.shoot(page, f"/{language}/archive/?q=камера", f"archive-{width}")
    camera.shoot(page, f"/{language}/archive/", f"archive-all-{width}")
    question = _first(page, rf"/{language}/questions/[0-9-]+/")
    camera.shoot(page, question, f"question-{width}")
    sealed = _last_week(page, language)
    camera.shoot(page, sealed, f"reception-{width}")
    camera.shoot(page, f"{sealed}ledger/", f"ledger-{width}")
    camera.shoot(page, "/sign-in/", f"sign-in-{width}")


def _staff(camera: Camera, language: str, size: tuple[int, int]) -> None:
    width, _height = size
    with camera.page(language, size, "moderator") as page:
        camera.shoot(page, f"/desk/{_on_air(page, language)}/", f"desk-{width}")
    with camera.page(language, size, "chief") as page:
        camera.shoot(page, f"/{language}/wednesday/", f"my-wednesday-{width}")
        camera.shoot(page, f"/studio/{_on_air(page, language)}/", f"studio-{width}")
    with camera.page(language, size, "controller") as page:
        camera.shoot(page, "/control/", f"control-{width}")
        camera.shoot(page, _first(page, r"/control/[A-Z0-9-]+/"), f"control-record-{width}")


# --- The matrix -----------------------------------------------------------------------------------


def matrix(camera: Camera, only: list[str]) -> None:
    for language in LANGUAGES:
        if "desk" in only:
            _at_every_size(camera, language, "desk", "moderator", DESK)
        if "studio" in only:
            _at_every_size(camera, language, "studio", "chief", STUDIO)
        if "overlay" in only:
            _overlays(camera, language, f"overlay-{{format}}-{language}")


def _at_every_size(
    camera: Camera, language: str, screen: str, user: str, sizes: tuple[tuple[int, int], ...]
) -> None:
    for width, height in sizes:
        is_phone = width < 700
        with camera.page(
            language, (width, height), user, has_touch=is_phone, is_mobile=is_phone
        ) as page:
            page.goto(f"/{screen}/{_on_air(page, language)}/")
            name = f"{screen}-{width}x{height}-{language}"
            camera.take(page, name)
            tabs = page.locator("panel-tabs button:visible")
            for place in range(1, tabs.count()):
                tabs.nth(place).click()
                camera.take(page, f"{name}-{place}")


def _overlays(camera: Camera, language: str, name: str) -> None:
    with camera.page(language, SIZES[0], "moderator") as page:
        page.goto(f"/studio/{_on_air(page, language)}/overlay/")
        page.locator('form[action$="/addresses/"] button').click()
        address = page.locator("#page-url").input_value()
    for form, size in OVERLAY.items():
        with camera.page(language, size, bypass_csp=True) as page:
            page.goto(address)
            page.add_style_tag(content=CHECKERBOARD)
            camera.take(page, name.format(format=form))


# --- What stands where ----------------------------------------------------------------------------


def _on_air(page: Page, language: str) -> str:
    page.goto(f"/{language}/")
    return _first(page, rf"/{language}/receptions/[0-9-]+/").split("/")[3]


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of a running demonstration")
    parser.add_argument("password")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--matrix", type=Path, metavar="FOLDER")
    screens = ("desk", "studio", "overlay")
    parser.add_argument("--only", nargs="+", choices=screens, default=screens)
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium is not None, "no Chromium on this machine"
    folder = given.matrix or DOCS
    folder.mkdir(parents=True, exist_ok=True)
    with launched(chromium) as browser:
        camera = Camera(browser, given.base, given.password, folder)
        if given.matrix:
            matrix(camera, given.only)
        else:
            for_documents(camera)


if __name__ == "__main__":
    main()
