"""The screens of the broadcast at every size they are used at, in the language with the longest words
and the others, in a wide font: nothing sticks out, no button is cut."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from streams.people.models import User
from streams.questions import claims
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.browsers import new_context, sticks_out_px
from tests.cast import Cast, ask, escalate, make_move
from tests.conftest import LiveServer

pytestmark = pytest.mark.e2e

DESK = ((1280, 720), (1440, 900), (2560, 1440), (390, 844))
STUDIO = ((1024, 768), (768, 1024), (1920, 1080), (390, 844))
PANELS = ("inbox", "card", "air")
# Wider than the others that a computer without ours may have.
WIDE_FONT = "document.documentElement.style.setProperty('--font', 'DejaVu Sans')"
LONG = "Қылмыскерлендіргендердікінен қорғану үшін ауылдық округтегі полиция бекеті қашан ашылады?"
# A word that its own box cuts off, or a box that leaves the column it stands in.
_CUT = """() => {
  const boxes = "button, .button, summary, .badge, .mark, .key, .count, h1, h2, h3, label, .eyebrow";
  const columns = ".desk__column, .rail__now, .desk__bar, .studio, dialog, main";
  const faults = [];
  for (const box of document.querySelectorAll(boxes)) {
    const place = box.getBoundingClientRect();
    const seen = box.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!seen || !place.width || box.closest(".visually-hidden, .leaving")) continue;
    const style = getComputedStyle(box);
    const name = `${box.className || box.localName} “${box.textContent.trim().slice(0, 40)}”`;
    if (box.clientWidth && box.scrollWidth > box.clientWidth + 1 && style.textOverflow !== "ellipsis")
      faults.push(`${name} is cut by ${box.scrollWidth - box.clientWidth} px`);
    const column = box.parentElement.closest(columns)?.getBoundingClientRect();
    // One line that scrolls under the finger may reach beyond.
    if (box.parentElement.closest(".desk__counters")) continue;
    if (column && (place.right > column.right + 1 || place.left < column.left - 1))
      faults.push(`${name} leaves its column`);
  }
  return faults;
}"""


def faults(page: Page) -> Iterator[str]:
    if (wide := sticks_out_px(page)) > 0:
        yield f"sticks out by {wide} px"
    yield from page.evaluate(_CUT)


def fill(reception: Reception, cast: Cast) -> None:
    """Something of everything that these screens show."""
    for text in (LONG, "Когда починят дорогу?", "When will the lamp burn?"):
        ask(reception, text, name="Айгүл Серікқызы", district="KOL")
    held = make_move(ask(reception, LONG), Move.PROPOSE_DECLINE, cast.by_second)
    claims.claim(held.pk, by=cast.by_second, now=held.received_at)
    queued = [make_move(ask(reception, LONG, district="TAU"), Move.QUEUE, cast.by) for _ in "1234"]
    make_move(queued[0], Move.ANSWER_LIVE, cast.by)
    make_move(queued[1], Move.PUT_ON_AIR, cast.by)
    escalate(ask(reception, LONG), cast.by, due_on=date(2027, 1, 1))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_nothing_is_cut_at_any_size(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception, language: str
) -> None:
    fill(reception, cast)
    found: dict[str, list[str]] = {}
    screens: list[tuple[str, User, tuple[tuple[int, int], ...]]] = [
        ("desk", cast.moderator, DESK),
        ("studio", cast.chief, STUDIO),
    ]
    for screen, user, sizes in screens:
        with new_context(
            browser, user=user, language=language, base_url=live_daphne.url, reduced_motion="reduce"
        ) as context:
            page = context.new_page()
            page.goto(f"/{screen}/{reception.no}/" + ("questions/1/" if screen == "desk" else ""))
            expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
            page.evaluate(WIDE_FONT)
            for width, height in sizes:
                page.set_viewport_size(ViewportSize(width=width, height=height))
                for panel in PANELS if screen == "desk" and width < 1100 else ("",):
                    if panel:
                        page.locator(f'panel-tabs [data-panel="{panel}"]').click()
                    if wrong := list(faults(page)):
                        found[f"{screen} {width}×{height} {panel}"] = wrong
    assert found == {}
