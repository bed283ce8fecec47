"""The room for everybody: without scripts, without a server, with unsent words; every page usable."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from streams.common import clock
from streams.control import actions as control
from streams.questions import queries
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import Kind
from tests.browsers import DESKTOP, PHONE
from tests.cast import Cast, ask, make_move, secret_of
from tests.conftest import LiveServer
from tests.e2e.rooms import Phone, assert_usable, live, visit

pytestmark = pytest.mark.e2e


def test_the_same_without_javascript(phone: Phone, cast: Cast, reception: Reception) -> None:
    voted = make_move(ask(reception, "Когда откроют парк?"), Move.APPROVE, cast.by)
    page = visit(phone(java_script_enabled=False), reception)
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
    phone: Phone, reception: Reception, tmp_path: Path
) -> None:
    server = LiveServer(tmp_path / "log")
    try:
        page = live(phone(base_url=server.url), reception)
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
    phone: Phone, reception: Reception
) -> None:
    context = phone()
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
    phone: Phone, reception: Reception
) -> None:
    page = live(phone(), reception)
    page.locator("#ask-text").fill("ү" * 2001)
    expect(page.locator("[data-counter]")).to_have_text("2001 / 2000")
    page.get_by_role("button", name="Send the question").click()
    expect(page.locator("#ask-text_error")).to_have_text("Too long: please shorten it.")
    page.locator("#ask-text").fill("Черновик, который")
    page.reload()
    expect(page.locator("#ask-text")).to_have_value("Черновик, который")
    assert Question.objects.count() == 0


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
    phone: Phone,
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
    context = phone(viewport=viewport, color_scheme=scheme)
    page = live(context, reception, language)
    for details in page.locator("details").all():
        details.evaluate("element => { element.open = true }")
    assert_usable(page)
    assert_usable(visit(context, soon, language))
    # Each outcome once, and the longest words at every width.
    for question in every_outcome if language == "kk" else every_outcome[6:8]:
        page.goto(f"/{language}/q/{secret_of(question)}/")
        assert_usable(page)
    page.goto(f"/{language}/q/{secret_of(every_outcome[0])}/withdraw/")
    assert_usable(page)
    close_all(reception, cast)
    assert_usable(visit(context, reception, language))


def close_all(reception: Reception, cast: Cast) -> None:
    for question in Question.objects.filter(reception=reception).exclude(status="closed"):
        make_move(question, Move.ANSWER_TEXT, cast.by)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    receptions.seal(reception.pk, by=cast.by_chief, now=clock.now(), count=queries.for_seal)
