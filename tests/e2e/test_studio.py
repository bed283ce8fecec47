"""The chief's screen in a real browser: read from afar, pressed once, true for two at a time."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, ViewportSize, expect

from streams.common import clock
from streams.control.models import ControlRecord
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests.browsers import PHONE, violations
from tests.cast import Cast, ask, make_move, make_reception
from tests.e2e.desks import Enter

pytestmark = pytest.mark.e2e

LONG = (
    "Ауылдық округтегі жол жөндеу жұмыстары қашан аяқталады? Мектепке баратын балалар күн сайын "
    "қауіпті учаскеден өтеді, бағдаршам да, жаяу жүргіншілер өткелі де жоқ. Өткен жылы екі апат болды. "
)
TABLET: ViewportSize = {"width": 1024, "height": 768}
PORTRAIT: ViewportSize = {"width": 768, "height": 1024}


@pytest.fixture
def tablet(enter: Enter) -> Enter:
    return partial(enter, viewport=TABLET)


def open_studio(context: BrowserContext, reception: Reception) -> Page:
    page = context.new_page()
    page.goto(f"/studio/{reception.no}/")
    expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
    return page


def queued(reception: Reception, cast: Cast, text: str) -> Question:
    return make_move(ask(reception, text, name="Айгуль", district="TAU"), Move.QUEUE, cast.by)


def test_a_broadcast_is_led_from_the_studio(
    tablet: Enter, cast: Cast, reception: Reception
) -> None:
    first = queued(reception, cast, "Когда починят дорогу?")
    second = queued(reception, cast, "Қашан жөнделеді?")
    page = open_studio(tablet(cast.chief), reception)
    other = open_studio(tablet(cast.moderator), reception)
    page.get_by_role("button", name="Next question").click()
    for screen in (page, other):
        expect(screen.locator(".studio__text")).to_have_text("Когда починят дорогу?")
    expect(page.locator(".studio__buttons")).not_to_have_attribute("inert", "")
    page.get_by_role("button", name="Answered").click()
    expect(other.locator(".studio__text")).to_have_text("Қашан жөнделеді?")
    expect(page.locator("#studio-undo")).to_contain_text("1")

    # The other one writes down the words and takes the next to control.
    other.get_by_label(re.compile("No. 1, answered at")).fill("В мае.")
    other.get_by_role("button", name="Save").click()
    expect(other.locator("#toasts .toast")).to_contain_text("written down")
    other.get_by_role("button", name="Next question").click()
    expect(page.locator("#head")).to_have_attribute("data-now", "2")
    page.get_by_role("link", name="To control").click()
    page.get_by_label("What was promised").fill("До конца мая.")
    assert violations(page) == ""
    page.get_by_role("button", name="Take on control").click()
    expect(page.locator("#studio-promise")).not_to_be_visible()
    expect(other.locator("#head")).to_have_attribute("data-now", "")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.answers.get().text == "В мае."
    assert second.outcome == Outcome.ON_CONTROL
    assert ControlRecord.objects.get().promise == "До конца мая."


def test_undo_brings_the_question_back_on_air(
    tablet: Enter, cast: Cast, reception: Reception
) -> None:
    question = make_move(queued(reception, cast, "Вернётся?"), Move.PUT_ON_AIR, cast.by)
    page = open_studio(tablet(cast.chief), reception)
    page.get_by_role("button", name="Later").click()
    expect(page.locator("#studio-undo form")).to_have_count(1)
    # As by its ✕: as long as a toast offers the same, the foot does not.
    page.evaluate("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")
    page.locator("#studio-undo").get_by_role("button", name="Undo").click()
    expect(page.locator("#head")).to_have_attribute("data-now", str(question.number))
    expect(page.locator("#studio-undo form")).to_have_count(0)


def test_who_was_signed_out_meanwhile_finds_no_sign_in_page_in_the_dialog(
    tablet: Enter, cast: Cast, reception: Reception
) -> None:
    make_move(queued(reception, cast, "Первый?"), Move.PUT_ON_AIR, cast.by)
    page = open_studio(tablet(cast.chief), reception)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("link", name="To control").click()
    expect(page.locator("#toasts .toast")).to_contain_text("nothing was changed")
    expect(page.locator("#studio-promise")).not_to_be_visible()
    expect(page.locator("#studio-promise-body form")).to_have_count(0)


def test_a_double_tap_decides_once(tablet: Enter, cast: Cast, reception: Reception) -> None:
    make_move(queued(reception, cast, "Первый?"), Move.PUT_ON_AIR, cast.by)
    queued(reception, cast, "Второй?")
    page = open_studio(tablet(cast.chief), reception)
    box = page.locator("#studio-answered").bounding_box()
    assert box
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=30)
    expect(page.locator("#studio-next")).to_be_visible()
    assert Question.objects.filter(outcome=Outcome.ANSWERED_LIVE).count() == 1
    assert not Question.objects.filter(status="on_air").exists()


def test_the_last_text_stays_while_the_connection_is_away(
    tablet: Enter, cast: Cast, reception: Reception
) -> None:
    make_move(queued(reception, cast, "Останется на экране?"), Move.PUT_ON_AIR, cast.by)
    context = tablet(cast.chief)
    page = open_studio(context, reception)
    context.set_offline(True)
    page.evaluate("document.querySelector('live-screen').disconnectedCallback()")
    page.get_by_role("button", name="Later").click()
    expect(page.locator("#toasts .toast")).to_contain_text("No connection")
    expect(page.locator(".studio__text")).to_have_text("Останется на экране?")


def test_typed_words_survive_a_colleagues_change(
    tablet: Enter, cast: Cast, reception: Reception
) -> None:
    make_move(queued(reception, cast, "О чём говорят?"), Move.PUT_ON_AIR, cast.by)
    page = open_studio(tablet(cast.moderator), reception)
    page.locator("#studio-said-now").press_sequentially("Обещали до")
    queued(reception, cast, "Новый в очереди?")
    expect(page.locator(".studio__next")).to_contain_text("Новый в очереди?")
    expect(page.locator("#studio-said-now")).to_have_value("Обещали до")
    expect(page.locator("#studio-said-now")).to_be_focused()


def test_works_without_javascript(tablet: Enter, cast: Cast, reception: Reception) -> None:
    first = queued(reception, cast, "Без сценариев?")
    page = tablet(cast.chief, java_script_enabled=False).new_page()
    page.goto(f"/studio/{reception.no}/")
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("link", name="To control").click()
    page.get_by_label("What was promised").fill("Сделаем.")
    page.get_by_role("button", name="Take on control").click()
    expect(page.locator(".message")).to_contain_text("TAU-")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".studio__text")).to_have_text("Без сценариев?")
    page.get_by_role("button", name="Answered").click()
    expect(page.locator(".studio__wait")).to_be_visible()
    first.refresh_from_db()
    assert first.outcome == Outcome.ANSWERED_LIVE


@pytest.mark.parametrize("text", ["Когда?", LONG, LONG * 6], ids=["short", "long", "endless"])
def test_the_text_is_as_large_as_fits_and_the_buttons_stay_in_sight(
    tablet: Enter, cast: Cast, reception: Reception, text: str
) -> None:
    make_move(queued(reception, cast, text.strip()), Move.PUT_ON_AIR, cast.by)
    queued(reception, cast, LONG.strip())
    page = open_studio(tablet(cast.chief), reception)
    for viewport in (TABLET, PORTRAIT, PHONE):
        page.set_viewport_size(viewport)
        # Two frames: the text fits itself to the room when the browser has laid out the new one.
        page.evaluate(
            "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )
        for name in ("#studio-answered", "#studio-control", "#studio-later"):
            box = page.locator(name).bounding_box()
            assert box
            assert box["height"] >= 56
            assert box["y"] + box["height"] <= viewport["height"]
        size_px = page.locator("fit-text").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert size_px >= (60 if text == "Когда?" else 20)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == ""


def test_a_broadcast_begun_a_day_early_asks_once_more(
    tablet: Enter, cast: Cast, reception: Reception
) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    later = make_reception(cast, live=False, now=tomorrow)
    page = open_studio(tablet(cast.chief), later)
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.get_by_role("button", name="Go live").click()
    expect(page.locator(".studio__countdown")).to_be_visible()
    assert "can't be taken back" in asked[0]
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Go live").click()
    expect(page.locator(".studio__wait")).to_contain_text("The queue is empty.")


@pytest.mark.parametrize("viewport", [TABLET, PORTRAIT], ids=["tablet", "portrait"])
def test_before_and_after_the_broadcast(tablet: Enter, cast: Cast, viewport: Any) -> None:
    reception = make_reception(cast, live=False)
    page = open_studio(tablet(cast.chief, viewport=viewport), reception)
    assert violations(page) == ""
    page.get_by_role("button", name="Go live").click()
    expect(page.locator(".studio__wait")).to_contain_text("The queue is empty.")
    assert violations(page) == ""
    receptions.pause(reception.pk, by=cast.by, now=clock.now())
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".studio__state")).to_contain_text("On air")
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    expect(page.locator(".studio__title")).to_contain_text("ended")
    assert violations(page) == ""
