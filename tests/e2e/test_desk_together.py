"""Two at one desk: who holds a question, who was slower, and that nobody's words are lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from streams.common import clock
from streams.questions import claims
from streams.questions.models import Claim, Question
from streams.questions.rules import Move
from tests.browsers import violations
from tests.cast import Cast, make_move
from tests.e2e.desks import Desk, row, shown
from tests.patience import eventually

pytestmark = pytest.mark.e2e


def test_who_was_slower_keeps_what_they_wrote(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page = desk()
    shown(page, 1)
    page.keyboard.press("t")
    expect(page.locator("#move-text-text")).to_be_focused()
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


def test_an_idle_card_follows_its_question(desk: Desk, cast: Cast, three: list[Question]) -> None:
    page = desk()
    card = shown(page, 1)
    make_move(three[0], Move.FORWARD, cast.by_second)
    expect(card.locator(".badge")).to_have_text("forwarded")
    expect(page.locator("#open-reopen")).to_be_visible()


def test_editing_holds_the_question_and_closing_frees_it(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page, other = desk(), desk(user=cast.second_moderator)
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
    assert not Claim.objects.filter(until__gt=clock.now()).exists()


def test_a_claim_taken_over_is_told(desk: Desk, cast: Cast, three: list[Question]) -> None:
    claims.claim(three[0].pk, by=cast.by_second, now=clock.now())
    page = desk()
    shown(page, 1)
    page.keyboard.press("e")
    expect(page.locator("#toasts")).to_contain_text("Болат Ким works on this question now.")
    page.locator("#text-text").fill("Иначе?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-problem]")).to_contain_text("Болат Ким works on this question")
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    assert Claim.objects.get().holder == cast.moderator


def test_a_dealt_question_is_theirs_until_a_colleague_takes_it_over(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page, other = desk(), desk(user=cast.second_moderator)
    expect(other.locator(".desk__people .person")).to_have_count(2)
    shown(page, 1)
    page.keyboard.press("Shift+N")
    expect(page.get_by_role("button", name="Release")).to_be_visible()
    expect(row(other, 1).locator(".row__claim")).to_have_text("АС now")
    other.keyboard.press("Shift+N")
    shown(other, 2)

    page.keyboard.press("t")
    expect(page.locator("#move-text-text")).to_be_focused()
    page.keyboard.type("Долгий ответ")
    row(other, 1).click()
    expect(other.locator(".desk-card__held")).to_contain_text("Айгерім Сейіт works on this")
    other.keyboard.press("c")
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Болат Ким took No. 1 over from you.")
    expect(page.locator("#move-text-text")).to_have_value("Долгий ответ")
    other.locator(".desk__people").click()
    line = other.locator("#people tr", has_text="Болат Ким")
    expect(line.get_by_role("link", name="№ 1")).to_be_visible()
    assert violations(other) == ""

    page.get_by_role("button", name="Take it back").click()
    expect(row(other, 1).locator(".holder")).to_have_text("АС")
    page.locator("#move-text-text").focus()
    page.keyboard.press("Control+Enter")
    expect(row(other, 1)).to_have_count(0)
    # A sign of life of the page may have passed its answer; then it gives the claim back.
    eventually(lambda: claims.live(three[0].pk, clock.now()) is None)


def test_a_dealt_question_is_not_covered_by_news_of_the_one_before(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page = desk(intercepted=True)
    shown(page, 1)
    page.route("**/questions/1/", lambda route: None, times=1)
    with page.expect_request("**/questions/1/"):
        claims.claim(three[0].pk, by=cast.by_second, now=clock.now())
    with page.expect_event("requestfailed"):
        page.keyboard.press("Shift+N")
    shown(page, 2)
    expect(row(page, 2)).to_have_attribute("aria-current", "true")


def test_signed_out_meanwhile_keeps_the_words(desk: Desk, three: list[Question]) -> None:
    page = desk()
    shown(page, 1)
    page.keyboard.press("t")
    expect(page.locator("#move-text-text")).to_be_focused()
    page.keyboard.type("Долгий ответ")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts .toast")).to_be_visible()
    expect(page.locator("#move-text-text")).to_have_value("Долгий ответ")
