"""The overlay in a real browser, as OBS shows it: transparent, whole, gone when it should be."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from streams.common import clock
from streams.overlay import actions
from streams.overlay.rules import Order
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.browsers import new_context
from tests.cast import Cast, ask, make_move
from tests.conftest import LiveServer

pytestmark = pytest.mark.e2e

WIDE: ViewportSize = {"width": 1920, "height": 1080}
TALL: ViewportSize = {"width": 1080, "height": 1920}
SHORT = "Қашан жөнделеді?"
LONG = (
    "Ауылдық округтегі жол жөндеу жұмыстары қашан аяқталады? Мектепке баратын балалар күн сайын "
    "қауіпті учаскеден өтеді, бағдаршам да, жаяу жүргіншілер өткелі де жоқ. Өткен жылы екі апат болды. "
) * 5


@pytest.fixture
def address(cast: Cast, reception: Reception) -> str:
    made = actions.make(reception.pk, by=cast.moderator, now=clock.now())
    return f"/overlay/{made.token}/"


@pytest.fixture(params=[WIDE, TALL], ids=["16:9", "9:16"])
def picture(
    browser: Browser, live_daphne: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Page]:
    with new_context(browser, viewport=request.param, base_url=live_daphne.url) as context:
        yield context.new_page()


def put_on_air(reception: Reception, cast: Cast, text: str) -> Question:
    question = ask(reception, text, name="Айгуль Сериковна", district="TAU")
    make_move(question, Move.QUEUE, cast.by)
    return make_move(question, Move.PUT_ON_AIR, cast.by)


def visible(page: Page) -> None:
    expect(page.locator(".overlay[data-shows] .strip[data-now]")).to_have_css("opacity", "1")


def test_the_question_comes_stays_over_a_reload_and_goes(
    picture: Page, cast: Cast, reception: Reception, address: str
) -> None:
    picture.goto(address)
    expect(picture.locator("live-screen")).to_have_attribute("data-state", "online")
    expect(picture.locator(".strip")).to_have_css("visibility", "hidden")
    background = "getComputedStyle(document.body).backgroundColor"
    assert picture.evaluate(background) == "rgba(0, 0, 0, 0)"
    question = put_on_air(reception, cast, SHORT)
    expect(picture.locator(".strip__text")).to_have_text(SHORT)
    visible(picture)
    picture.reload()
    expect(picture.locator(".strip__text")).to_have_text(SHORT)
    visible(picture)
    expect(picture.locator(".strip__asker")).to_be_hidden()
    make_move(question, Move.ANSWER_LIVE, cast.by)
    expect(picture.locator(".strip")).to_have_css("visibility", "hidden")


def test_it_stays_where_no_platform_covers_it(
    picture: Page, cast: Cast, reception: Reception, address: str
) -> None:
    put_on_air(reception, cast, LONG[:400])
    picture.goto(address)
    visible(picture)
    box = picture.locator(".strip").bounding_box()
    size = picture.viewport_size
    assert box
    assert size
    top, bottom = (0.05, 0.95) if size["width"] > size["height"] else (0.14, 0.64)
    assert box["x"] >= size["width"] * 0.05 - 1
    assert box["x"] + box["width"] <= size["width"] * 0.95 + 1
    assert box["y"] >= size["height"] * top - 1
    assert box["y"] + box["height"] <= size["height"] * bottom + 1


def test_what_fits_is_one_page_and_what_does_not_is_turned(
    picture: Page, cast: Cast, reception: Reception, address: str
) -> None:
    picture.clock.install()
    question = put_on_air(reception, cast, SHORT)
    picture.goto(address)
    visible(picture)
    assert picture.locator(".strip").get_attribute("data-page") is None
    make_move(question, Move.ANSWER_LIVE, cast.by)
    put_on_air(reception, cast, LONG)
    text = picture.locator(".strip")
    expect(text).to_have_attribute("data-page", re.compile("^1 / "))
    assert pages(picture) > 1
    for number in (*range(2, pages(picture) + 1), 1):
        turn_to(picture, number)
    words = picture.evaluate(
        """() => {
          const box = document.querySelector("paged-text").getBoundingClientRect();
          const range = document.createRange();
          const node = document.querySelector("paged-text p").firstChild;
          range.selectNode(node);
          return [...range.getClientRects()].every((r) => r.bottom <= box.bottom + 1);
        }"""
    )
    assert words, "no line is cut at the lower edge"


def turn_to(page: Page, number: int) -> None:
    """Every page in its turn: nothing of the text is never seen."""
    for _ in range(60):
        if (page.locator(".strip").get_attribute("data-page") or "").startswith(f"{number} /"):
            return
        page.clock.run_for(1000)
    pytest.fail(f"page {number} never came")


def pages(page: Page) -> int:
    return int(
        page.evaluate(
            """() => {
              const box = document.querySelector("paged-text");
              return Math.round(box.firstElementChild.scrollWidth / box.clientWidth);
            }"""
        )
    )


def test_hidden_by_hand_by_itself_and_for_good(
    picture: Page, cast: Cast, reception: Reception, address: str
) -> None:
    put_on_air(reception, cast, SHORT)
    picture.goto(address)
    visible(picture)
    actions.order(reception.pk, Order.HIDE)
    expect(picture.locator(".strip")).to_have_css("opacity", "0")
    actions.order(reception.pk, Order.SHOW)
    expect(picture.locator(".strip")).to_have_css("opacity", "1")
    actions.take_back(reception.pk)
    expect(picture.locator(".strip")).to_have_count(0)


def test_without_a_socket_it_asks_by_http(
    picture: Page, cast: Cast, reception: Reception, address: str
) -> None:
    picture.route_web_socket("**/ws/**", lambda socket: socket.close())
    picture.goto(address)
    put_on_air(reception, cast, SHORT)
    expect(picture.locator(".strip__text")).to_have_text(SHORT)
    visible(picture)
