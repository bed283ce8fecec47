"""The room on a viewer's phone: asking, watching, voting; with scripts, without them, and without a server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from streams.common import clock
from streams.control import actions as control
from streams.questions import queries
from streams.questions.models import AskerContact, Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions import switches
from streams.receptions.models import Reception
from streams.receptions.rules import Kind
from tests.browsers import DESKTOP, PHONE, new_context, sticks_out_px, violations
from tests.cast import Cast, ask, make_move, secret_of
from tests.conftest import LiveServer

pytestmark = pytest.mark.e2e


@contextmanager
def phone(browser: Browser, server: LiveServer, **options: Any) -> Iterator[BrowserContext]:
    """A browser of its own. What the browser itself complains about (CSP, scripts) fails the test."""
    settings = {"viewport": PHONE, "locale": "en-GB", "base_url": server.url} | options
    complaints: list[str] = []
    with new_context(browser, **settings) as context:
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        yield context
    assert complaints == []


def enter(context: BrowserContext, reception: Reception, language: str = "en") -> Page:
    page = context.new_page()
    page.goto(f"/{language}/receptions/{reception.no}/")
    return page


def live(context: BrowserContext, reception: Reception, language: str = "en") -> Page:
    page = enter(context, reception, language)
    expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
    return page


def assert_usable(page: Page) -> None:
    """No finding of axe, and nothing that has to be scrolled sideways."""
    assert violations(page) == ""
    assert sticks_out_px(page) <= 0


def test_asking_on_a_phone(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with phone(browser, live_daphne) as mine, phone(browser, live_daphne) as theirs:
        page, other = live(mine, reception), live(theirs, reception)
        send = page.get_by_role("button", name="Send the question")
        send.click()
        expect(page.locator("#ask-text_error")).to_have_text("Write your question.")
        expect(page.locator("#ask-text")).to_be_focused()

        page.locator("#ask-text").fill("Көпір қашан жөнделеді?")
        page.get_by_text("Name, district, contact").click()
        page.get_by_label("Your first name").fill("Асель")
        page.get_by_label("Your district").select_option("KOL")
        page.get_by_label("Phone or e-mail for the answer").fill("+7 701 000 00 00")
        send.dblclick()
        receipt = page.locator(".receipt[data-state=accepted]")
        expect(receipt.locator(".receipt__number")).to_have_text("No. 1")
        expect(page.locator("#ask-text")).to_have_value("")
        expect(page.locator("#ask-text_error")).to_be_hidden()
        expect(other.locator("#question-1")).to_contain_text("with the moderators")
        expect(page.locator(".mine__item .badge")).to_have_text("with the moderators")
        assert_usable(page)

        question = Question.objects.get()
        assert question.district is not None
        assert (question.language, question.district.code) == ("kk", "KOL")
        assert AskerContact.objects.filter(question=question).exists()

        make_move(question, Move.APPROVE, cast.by)
        make_move(question, Move.PUT_ON_AIR, cast.by)
        for screen in (page, other):
            expect(screen.locator("#head .now__text")).to_have_text("Көпір қашан жөнделеді?")
            expect(screen.locator("#head .now__asker")).to_contain_text("Асель")
        expect(page.locator(".mine__item .badge")).to_have_text("on air now")
        make_move(question, Move.ANSWER_LIVE, cast.by, text="Мамырда.")
        expect(other.locator("#question-1 .answer")).to_contain_text("Мамырда.")
        expect(other.locator("#room-sums summary [data-count=waiting]")).to_have_text("0")

        receipt.get_by_role("link", name="Follow my question").click()
        expect(page.locator("h1")).to_have_text("No. 1")
        expect(page.locator(".timeline [data-state=now]")).to_contain_text("Answered on air")
        assert_usable(page)
        page.go_back()
        # What this browser asked and what it said about itself is still here; the rest is gone.
        expect(page.locator(".mine__item")).to_contain_text("Көпір қашан жөнделеді?")
        expect(page.locator("#ask-name")).to_have_value("Асель")
        expect(page.locator("#ask-contact")).to_have_value("")


def test_the_same_without_javascript(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    voted = make_move(ask(reception, "Когда откроют парк?"), Move.APPROVE, cast.by)
    with phone(browser, live_daphne, java_script_enabled=False) as context:
        page = enter(context, reception)
        page.get_by_role("button", name="I have this question too").click()
        expect(page.locator(f"#question-{voted.number} .vote__count")).to_have_text("1")

        page.get_by_role("button", name="Send the question").click()
        expect(page.locator(".error-summary")).to_contain_text("Write your question.")
        page.locator("#ask-text").fill("Почему закрыт приём?")
        page.get_by_role("button", name="Send the question").click()
        expect(page).to_have_url(re.compile(r"/en/q/[\w-]{24}/$"))
        expect(page.locator("h1")).to_have_text("No. 2")
        expect(page.locator(".timeline [data-state=now]")).to_contain_text("Received")

        page.get_by_role("link", name="Withdraw the question").click()
        page.get_by_role("button", name="Withdraw").click()
        expect(page.locator(".timeline [data-state=now]")).to_contain_text("Withdrawn by you")
    assert Question.objects.get(number=2).outcome == "withdrawn"


def test_a_question_waits_on_the_device_while_the_server_is_away(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception, tmp_path: Path
) -> None:
    server = LiveServer(tmp_path / "log")
    try:
        with phone(browser, server) as context:
            page = live(context, reception)
            server.stop()
            page.locator("#ask-text").fill("Дойдёт ли вопрос?")
            page.get_by_role("button", name="Send the question").click()
            expect(page.locator(".receipt[data-state=waiting]")).to_contain_text(
                "Saved on this device."
            )
            assert Question.objects.count() == 0
            server.start()
            expect(page.locator(".receipt[data-state=accepted]")).to_contain_text("No. 1")
            expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
            expect(page.locator("#question-1")).to_be_visible()
    finally:
        server.stop()
    assert Question.objects.count() == 1


def test_a_question_sent_by_a_page_that_was_closed_arrives_with_the_next(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with phone(browser, live_daphne) as context:
        context.route("**/ask/", lambda route: route.abort())
        page = live(context, reception)
        page.evaluate("document.querySelector('live-screen').send = () => false")
        page.locator("#ask-text").fill("Из закрытой страницы?")
        page.get_by_role("button", name="Send the question").click()
        expect(page.locator(".receipt[data-state=waiting]")).to_be_visible()
        page.close()
        context.unroute("**/ask/")
        page = live(context, reception)
        expect(page.locator(".receipt[data-state=accepted]")).to_contain_text("No. 1")
        assert Question.objects.count() == 1


def test_unsent_words_survive_a_reload_and_long_ones_are_counted(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with phone(browser, live_daphne) as context:
        page = live(context, reception)
        page.locator("#ask-text").fill("ү" * 2001)
        expect(page.locator("[data-counter]")).to_have_text("2001 / 2000")
        page.get_by_role("button", name="Send the question").click()
        expect(page.locator("#ask-text_error")).to_have_text("Too long: please shorten it.")
        page.locator("#ask-text").fill("Черновик, который")
        page.reload()
        expect(page.locator("#ask-text")).to_have_value("Черновик, который")
    assert Question.objects.count() == 0


def test_a_refused_question_comes_back_to_be_changed(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with phone(browser, live_daphne) as context:
        page = live(context, reception)
        page.get_by_text("Name, district, contact").click()
        page.get_by_label("Your first name").fill("я" * 61)
        page.locator("#ask-text").fill("Что со мной?")
        page.get_by_role("button", name="Send the question").click()
        refused = page.locator(".receipt[data-state=refused]")
        expect(refused).to_contain_text("61")
        assert_usable(page)
        refused.get_by_role("button", name="Change the text").click()
        expect(page.locator("#ask-text")).to_have_value("Что со мной?")
        expect(page.locator("#ask-name_error")).to_contain_text("61")
        page.get_by_label("Your first name").fill("Аня")
        page.get_by_role("button", name="Send the question").click()
        expect(page.locator(".receipt[data-state=accepted]")).to_be_visible()


def test_a_vote_is_shown_to_all_and_remembered(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception, "Когда откроют парк?"), Move.APPROVE, cast.by)
    with phone(browser, live_daphne) as mine, phone(browser, live_daphne) as theirs:
        page, other = live(mine, reception), live(theirs, reception)
        button = page.get_by_role("button", name="I have this question too")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        for screen in (page, other):
            expect(screen.locator("#question-1 .vote__count")).to_have_text("1")
        button.click()
        other.get_by_role("button", name="I have this question too").click()
        expect(page.locator("#question-1 .vote__count")).to_have_text("2")
        # A new form of the card keeps the pressed button.
        make_move(question, Move.QUEUE, cast.by)
        expect(page.locator("#question-1 .badge")).to_have_text("in the queue for the air")
        expect(button).to_have_attribute("aria-pressed", "true")
        page.reload()
        expect(button).to_have_attribute("aria-pressed", "true")
    question.refresh_from_db()
    assert question.votes == 2


def test_a_question_under_way_outlives_a_pause_of_the_intake(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with phone(browser, live_daphne) as context:
        page = live(context, reception)
        field = page.locator("#ask-text")
        field.fill("Когда починят дорогу?")
        switches.pause_intake(reception.pk, "technical", by=cast.by, now=clock.now())
        note = page.locator(".ask [data-paused]")
        expect(note).to_contain_text("There is a technical fault")
        send = page.locator(".ask [data-send]")
        expect(send).to_be_disabled()
        expect(field).to_have_value("Когда починят дорогу?")
        assert_usable(page)
        # A page that has not heard of the pause yet sends all the same.
        send.evaluate("button => { button.disabled = false; }")
        send.click()
        held = page.locator(".receipt[data-state=held]")
        expect(held).to_contain_text("kept on this device")
        page.reload()
        expect(held.locator("[data-send-now]")).to_be_disabled()
        assert_usable(page)
        switches.resume_intake(reception.pk, by=cast.by, now=clock.now())
        expect(note).to_be_hidden()
        held.locator("[data-send-now]").click()
        expect(page.locator(".receipt[data-state=accepted]")).to_contain_text("No. 1")
    assert Question.objects.get(reception=reception).original_text == "Когда починят дорогу?"


def test_the_form_goes_when_the_broadcast_ends(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    with phone(browser, live_daphne) as context:
        page, writer = live(context, reception), live(context, reception)
        writer.locator("#ask-text").fill("Не успел дописать")
        receptions.end(reception.pk, by=cast.by, now=clock.now())
        for screen in (page, writer):
            expect(screen.locator("#head")).to_contain_text("The broadcast has ended")
            expect(screen.locator("[data-closed]")).to_be_visible()
        expect(page.locator("ask-form form")).to_be_hidden()
        expect(writer.locator("#ask-text")).to_have_value("Не успел дописать")


def test_my_question_follows_by_itself(
    browser: Browser, live_daphne: LiveServer, cast: Cast, reception: Reception
) -> None:
    question = ask(reception, "Когда откроют парк?")
    with phone(browser, live_daphne) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"/en/q/{secret_of(question)}/")
        expect(page.locator(".timeline [data-state=now]")).to_contain_text("Received")
        make_move(question, Move.ANSWER_TEXT, cast.by, text="В мае.")
        page.clock.run_for(30_000)
        expect(page.locator(".answer")).to_contain_text("В мае.")
        expect(page.get_by_role("link", name="Withdraw the question")).to_have_count(0)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download the receipt").click()
        assert download.value.suggested_filename == f"receipt-{question.public_no}.json"


@pytest.fixture
def every_outcome(cast: Cast, reception: Reception) -> list[Question]:
    """A reception with all that a card can show."""
    questions = [
        ask(reception, f"Вопрос {n}: когда?", name="Асель", district="KOL") for n in range(9)
    ]
    make_move(questions[1], Move.QUEUE, cast.by)
    make_move(questions[2], Move.ANSWER_LIVE, cast.by)
    make_move(questions[3], Move.FORWARD, cast.by)
    make_move(questions[4], Move.PROPOSE_DECLINE, cast.by)
    make_move(questions[4], Move.DECLINE, cast.by_second)
    make_move(questions[5], Move.SET_ASIDE, cast.by)
    make_move(questions[6], Move.MERGE, cast.by, target=2)
    control.escalate(
        questions[7].pk,
        promise="Разберёмся.",
        promised_by="Серік Омаров",
        owner_name="Отдел дорог",
        due_on=clock.now().date() + timedelta(days=10),
        by=cast.by,
        expect=questions[7].version,
        now=clock.now(),
    )
    make_move(questions[8], Move.APPROVE, cast.by)
    make_move(questions[8], Move.PUT_ON_AIR, cast.by)
    return questions


@pytest.mark.parametrize(
    ("language", "viewport", "scheme"),
    [
        pytest.param("kk", PHONE, "light", id="kk-phone"),
        pytest.param("ru", DESKTOP, "light", id="ru-wide", marks=pytest.mark.load),
        pytest.param("en", PHONE, "dark", id="en-phone-dark"),
    ],
)
def test_every_page_is_usable(
    browser: Browser,
    live_daphne: LiveServer,
    cast: Cast,
    reception: Reception,
    every_outcome: list[Question],
    language: str,
    viewport: dict[str, int],
    scheme: str,
) -> None:
    soon = receptions.schedule(
        cast.district,
        Kind.WEDNESDAY,
        starts_at=clock.now() + timedelta(days=2),
        intake_from=clock.now() + timedelta(days=1),
        host_name="Серік Омаров",
        by=cast.by,
        now=clock.now(),
    )
    with phone(browser, live_daphne, viewport=viewport, color_scheme=scheme) as context:
        page = live(context, reception, language)
        for details in page.locator("details").all():
            details.evaluate("element => { element.open = true }")
        assert_usable(page)
        assert_usable(enter(context, soon, language))
        # Each outcome once, and the longest words at every width.
        for question in every_outcome if language == "kk" else every_outcome[6:8]:
            page.goto(f"/{language}/q/{secret_of(question)}/")
            assert_usable(page)
        page.goto(f"/{language}/q/{secret_of(every_outcome[0])}/withdraw/")
        assert_usable(page)
        close_all(reception, cast)
        assert_usable(enter(context, reception, language))


def close_all(reception: Reception, cast: Cast) -> None:
    for question in Question.objects.filter(reception=reception).exclude(status="closed"):
        make_move(question, Move.ANSWER_TEXT, cast.by)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    receptions.seal(reception.pk, by=cast.by_chief, now=clock.now(), count=queries.for_seal)
