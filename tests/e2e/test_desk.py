"""The desk in a real browser: two moderators, keys, conflicts, a phone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from streams.common import clock
from streams.people.models import User
from streams.questions import marks
from streams.questions.models import Claim, Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move, make_reception
from tests.conftest import LiveServer

pytestmark = pytest.mark.e2e
# Machines that run tests are busy; what is right is right a little later, too.
expect.set_options(timeout=15_000)

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def enter(browser: Browser, server: LiveServer, user: User, **options: Any) -> BrowserContext:
    """A browser of its own in which `user` is signed in, in English."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(
        **{"viewport": DESKTOP, "locale": "en-GB", "base_url": server.url, **options}
    )
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": server.url}])
    return context


def open_desk(context: BrowserContext, reception: Reception, path: str = "") -> Page:
    page = context.new_page()
    page.goto(f"/desk/{reception.no}/{path}")
    expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
    return page


def row(page: Page, number: int) -> Locator:
    return page.locator(f"[data-list] > #question-{number}:not(.leaving)")


def shown(page: Page, number: int) -> Locator:
    """The card of the question, once it stands there."""
    card = page.locator(f"#card-{number}")
    expect(card).to_be_visible()
    return card


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


def violations(page: Page) -> str:
    results = Axe().run(page)
    return "" if results.violations_count == 0 else results.generate_report()


@pytest.fixture
def cast(live_daphne: LiveServer, cast: Cast) -> Cast:
    return cast


@pytest.fixture
def reception(cast: Cast) -> Reception:
    return make_reception(cast)


@pytest.fixture
def three(reception: Reception) -> list[Question]:
    texts = ("Когда починят дорогу?", "Шу қашан тоқтайды?", "Где парковка у школы?")
    return [ask(reception, text, name="Айгүл", contact="+7 701 000 00 00") for text in texts]


def test_two_moderators_lead_a_broadcast_by_keys(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with (
        enter(browser, live_daphne, cast.moderator) as mine,
        enter(browser, live_daphne, cast.second_moderator) as theirs,
    ):
        page, other = open_desk(mine, reception), open_desk(theirs, reception)
        shown(page, 1)
        page.keyboard.press("a")
        shown(page, 2)
        for screen in (page, other):
            expect(row(screen, 1)).to_have_attribute("data-status", "approved")
        # News of the step that was left behind don't bring its card back.
        page.wait_for_load_state("networkidle")
        shown(page, 2)
        expect(page.locator("#question-2 .row__open")).to_be_focused()
        page.keyboard.press("q")
        shown(page, 3)
        for screen in (page, other):
            expect(screen.locator('[data-list="queue"] > #question-2')).to_be_visible()
        page.keyboard.press("k")
        shown(page, 1)
        page.keyboard.press("o")
        for screen in (page, other):
            expect(screen.locator("#head")).to_have_attribute("data-now", "1")
        # The one who did not do it sees who did.
        expect(other.locator("#question-1.leaving .stamp")).to_contain_text(
            "On air now · Айгерім Сейіт"
        )
        page.keyboard.press("0")
        shown(page, 1)
        page.keyboard.press("v")
        expect(page.locator("#move-live-text")).to_be_focused()
        page.keyboard.type("Начнём в мае.")
        page.keyboard.press("Control+Enter")
        expect(other.locator("#head")).not_to_have_attribute("data-now", "1")
        expect(page.locator("#toasts")).to_contain_text("No. 1: Answered on air")
        answer = three[0].answers.get()
        assert answer.text == "Начнём в мае."
        page.keyboard.press("u")
        expect(page.locator("#head")).to_have_attribute("data-now", "1")
    three[0].refresh_from_db()
    assert three[0].status == Status.ON_AIR


def test_keys_are_places_so_a_russian_layout_works(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        press(page, "KeyA")
        shown(page, 2)
        expect(row(page, 1)).to_have_attribute("data-status", "approved")
        press(page, "KeyR")
        expect(page.locator("#open-propose_decline")).to_have_attribute("open", "")
        press(page, "Digit3")
        expect(page.locator("#move-decline-text")).to_be_focused()
        expect(page.locator("#move-decline-text")).not_to_have_value("")
        # In a field the keys are letters.
        page.keyboard.press("End")
        page.keyboard.type("q!")
        page.keyboard.press("Control+Enter")
        expect(row(page, 2).locator(".mark")).to_contain_text("declining proposed by Айгерім Сейіт")
        shown(page, 3)
        press(page, "KeyH")
        expect(page.locator("#open-set_aside")).to_have_attribute("open", "")
        press(page, "Digit2")
        expect(page.locator("#toasts")).to_contain_text("No. 3: Set aside")
    three[1].refresh_from_db()
    three[2].refresh_from_db()
    assert three[1].proposed_reason == "insult"
    assert three[1].proposed_text.endswith("q!")
    assert (three[2].outcome, three[2].reason) == (Outcome.NOT_A_QUESTION, "spam")


def test_a_quick_hand_runs_ahead_of_the_answers(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        page.keyboard.press("a")
        page.keyboard.press("q")
        expect(row(page, 1)).to_have_attribute("data-status", "approved")
        expect(row(page, 2)).to_have_attribute("data-status", "queued")
        shown(page, 3)


def test_who_was_slower_keeps_what_they_wrote(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        page.keyboard.press("t")
        page.keyboard.type("Долгий ответ")
        make_move(three[0], Move.FORWARD, cast.by_second)
        expect(page.locator("#question-1.leaving .stamp")).to_contain_text("Forwarded · Болат Ким")
        expect(page.locator("[data-changed]")).to_be_visible()
        expect(page.locator("#move-text-text")).to_have_value("Долгий ответ")
        page.keyboard.press("Control+Enter")
        problem = page.locator("[data-problem]")
        expect(problem).to_be_focused()
        expect(problem).to_contain_text("already closed by Болат Ким")
        expect(problem).to_contain_text("Долгий ответ")
        assert violations(page) == ""


def test_an_idle_card_follows_its_question(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        card = shown(page, 1)
        make_move(three[0], Move.FORWARD, cast.by_second)
        expect(card.locator(".badge")).to_have_text("forwarded")
        expect(page.locator("#open-reopen")).to_be_visible()


def test_new_questions_wait_and_move_nothing(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        row(page, 2).hover()
        before = row(page, 2).bounding_box()
        ask(reception, "Четвёртый?")
        ask(reception, "Пятый?")
        pill = page.locator('[data-releases="inbox"]')
        expect(pill).to_have_text("2 new questions")
        expect(row(page, 4)).to_have_count(0)
        assert row(page, 2).bounding_box() == before
        pill.click()
        expect(row(page, 5)).to_be_visible()
        ask(reception, "Шестой?")
        expect(pill).to_have_text("1 new question")
        row(page, 5).click()
        shown(page, 5)
        page.keyboard.press("j")
        shown(page, 6)
        expect(pill).to_be_hidden()
        expect(page.locator('.desk__counters [data-count="waiting"]')).to_have_text("6")


def test_the_first_question_of_an_empty_desk_does_not_wait(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        expect(page.get_by_text("No question waits here")).to_be_visible()
        ask(reception)
        expect(row(page, 1)).to_be_visible()
        expect(page.get_by_text("No question waits here")).to_be_hidden()


def test_editing_holds_the_question_and_closing_frees_it(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with (
        enter(browser, live_daphne, cast.moderator) as mine,
        enter(browser, live_daphne, cast.second_moderator) as theirs,
    ):
        page, other = open_desk(mine, reception), open_desk(theirs, reception)
        shown(page, 1)
        shown(other, 1)
        page.keyboard.press("e")
        expect(page.locator("#text-text")).to_be_focused()
        expect(row(other, 1).locator(".holder")).to_have_text("АС")
        expect(other.locator(".desk-card__held")).to_contain_text("Айгерім Сейіт works on this")
        page.locator("#text-text").fill("Когда починят дорогу на улице Мира?")
        page.keyboard.press("Control+Enter")
        expect(row(other, 1).locator(".question__text")).to_contain_text("на улице Мира")
        expect(other.locator(".desk-card__held")).to_have_count(0)
        expect(page.locator("[data-public-text]")).to_contain_text("на улице Мира")
        page.keyboard.press("e")
        expect(row(other, 1).locator(".holder")).to_have_text("АС")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(row(other, 1).locator(".holder")).to_have_text("")
        page.keyboard.press("e")
        expect(row(other, 1).locator(".holder")).to_have_text("АС")
        page.goto("about:blank")
        expect(row(other, 1).locator(".holder")).to_have_text("")
    assert not Claim.objects.exists()


def test_a_claim_taken_over_is_told(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    marks.claim(three[0].pk, by=cast.by_second, now=clock.now())
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        page.keyboard.press("e")
        expect(page.locator("#toasts")).to_contain_text("Болат Ким works on this question now.")
        page.locator("#text-text").fill("Иначе?")
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-problem]")).to_contain_text("Болат Ким works on this question")
        page.keyboard.press("c")
        expect(page.get_by_role("button", name="Release")).to_be_visible()
        assert Claim.objects.get().holder == cast.moderator


def test_search_filters_and_closed_ones(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    make_move(ask(reception, "Старая дорога?"), Move.ANSWER_TEXT, cast.by_second)
    make_move(three[1], Move.APPROVE, cast.by)
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        page.keyboard.press("/")
        expect(page.locator("#search-q")).to_be_focused()
        page.keyboard.type("дорог")
        expect(page.locator("#found #question-4")).to_be_visible()
        expect(row(page, 1)).to_be_visible()
        expect(row(page, 3)).to_be_hidden()
        page.locator("#search-q").fill("")
        expect(row(page, 3)).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("3")
        expect(row(page, 2)).to_be_visible()
        expect(row(page, 1)).to_be_hidden()
        page.keyboard.press("6")
        page.locator("#found #question-4 .row__open").click()
        shown(page, 4)
        page.keyboard.press("x")
        page.keyboard.type("Ответ не о том.")
        page.keyboard.press("Control+Enter")
        expect(page.locator("#toasts")).to_contain_text("No. 4: Opened again")
        expect(page.locator("#found #question-4")).to_have_count(0)
        page.keyboard.press("1")
        expect(row(page, 4)).to_be_visible()
        assert violations(page) == ""


def test_what_is_on_air_is_answered_from_its_panel(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    make_move(make_move(three[0], Move.QUEUE, cast.by), Move.PUT_ON_AIR, cast.by)
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        line = page.locator("#now-said")
        line.fill("В ма")
        line.press("End")
        # News in between don't take the words or the focus away.
        ask(reception)
        expect(page.locator('.desk__counters [data-count="new"]')).to_have_text("3")
        expect(line).to_be_focused()
        page.keyboard.type("е.")
        page.keyboard.press("Enter")
        expect(page.locator(".rail__now[data-none]")).to_be_visible()
    assert three[0].answers.get().text == "В мае."


def test_the_reception_is_ended_and_sealed(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    question = ask(reception)
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        page.get_by_role("button", name="Pause").click()
        expect(page.locator("#head")).to_have_attribute("data-state", "paused")
        page.locator("#final-end > summary").click()
        page.get_by_role("button", name="End the broadcast").click()
        expect(page.locator("#head")).to_have_attribute("data-state", "ended")
        page.locator("#final-seal > summary").click()
        expect(page.get_by_text("1 question still waits")).to_be_visible()
        assert violations(page) == ""
        make_move(question, Move.ANSWER_TEXT, cast.by_second)
        page.get_by_role("button", name="Seal the reception").click()
        expect(page.locator("#head")).to_have_attribute("data-state", "sealed")
        expect(page.locator("#open-reopen")).to_have_count(0)


def test_every_open_form_is_accessible(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    marks.set_tags(three[0].pk, ["roads"], by=cast.by, now=clock.now())
    make_move(three[0], Move.PROPOSE_DECLINE, cast.by_second)
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        assert violations(page) == ""
        page.keyboard.press("j")
        shown(page, 2)
        for key in "vtpgrmhe":
            page.keyboard.press(key)
            expect(page.locator("#card details.move[open]")).to_have_count(1)
            assert violations(page) == "", key
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
            expect(page.locator("#card details.move[open]")).to_have_count(0)
        page.keyboard.press("Shift+?")
        expect(page.locator("#keys")).to_be_visible()
        assert violations(page) == ""


def test_signed_out_meanwhile_keeps_the_words(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        page.keyboard.press("t")
        page.keyboard.type("Долгий ответ")
        context.clear_cookies()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#toasts .toast")).to_be_visible()
        expect(page.locator("#move-text-text")).to_have_value("Долгий ответ")


def test_single_keys_can_be_turned_off(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator) as context:
        page = open_desk(context, reception)
        shown(page, 1)
        page.keyboard.press("Shift+?")
        page.locator("#keys-on").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.get_by_role("button", name="To the queue").click()
        expect(page.locator('[data-list="queue"] > #question-1')).to_be_visible()
    three[1].refresh_from_db()
    assert three[1].status == Status.NEW


def test_on_a_phone_there_is_one_column_at_a_time(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    make_move(three[1], Move.QUEUE, cast.by)
    with enter(
        browser, live_daphne, cast.moderator, viewport=PHONE, has_touch=True, is_mobile=True
    ) as context:
        page = open_desk(context, reception)
        expect(page.locator("#card")).to_be_hidden()
        assert violations(page) == ""
        page.locator("#question-1 .row__open").tap()
        shown(page, 1)
        expect(page.locator('[data-list="inbox"]')).to_be_hidden()
        assert violations(page) == ""
        page.get_by_role("button", name="Approve").tap()
        shown(page, 3)
        page.locator("panel-tabs").get_by_role("button", name="On air").tap()
        expect(page.locator("#question-2")).to_be_visible()
        assert violations(page) == ""
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide


def test_without_scripts_a_question_is_answered(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    three: list[Question],
) -> None:
    with enter(browser, live_daphne, cast.moderator, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/desk/{reception.no}/")
        page.get_by_role("link", name="№ 1").click()
        page.locator("#open-answer_text > summary").click()
        page.locator("#move-text-text").fill("Начнём в мае.")
        page.get_by_role("button", name="Give this answer").click()
        expect(page.get_by_text("No. 1: Answered in text")).to_be_visible()
        page.get_by_role("button", name="Undo my last step").click()
        page.get_by_role("button", name="Approve").click()
        page.get_by_role("button", name="Put on air").click()
        page.locator("#now-said").fill("В мае.")
        page.locator(".rail__buttons").get_by_role("button", name="Answered").click()
        expect(page.get_by_text("No. 1: Answered on air")).to_be_visible()
    three[0].refresh_from_db()
    assert three[0].outcome == Outcome.ANSWERED_LIVE
