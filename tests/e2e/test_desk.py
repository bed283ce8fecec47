"""The desk in a real browser: a broadcast is led by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Reception
from tests.browsers import violations
from tests.cast import Cast, ask, make_move
from tests.e2e.desks import Desk, press, row, shown

pytestmark = pytest.mark.e2e


def test_two_moderators_lead_a_broadcast_by_keys(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page, other = desk(), desk(user=cast.second_moderator)
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


def test_keys_are_places_so_a_russian_layout_works(desk: Desk, three: list[Question]) -> None:
    page = desk()
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
    proposal = three[1].proposal
    assert proposal is not None
    assert proposal.reason == "insult"
    assert proposal.text.endswith("q!")
    assert (three[2].outcome, three[2].reason) == (Outcome.NOT_A_QUESTION, "spam")


def test_a_quick_hand_runs_ahead_of_the_answers(desk: Desk, three: list[Question]) -> None:
    page = desk()
    shown(page, 1)
    page.keyboard.press("a")
    page.keyboard.press("q")
    expect(row(page, 1)).to_have_attribute("data-status", "approved")
    expect(row(page, 2)).to_have_attribute("data-status", "queued")
    shown(page, 3)


def test_new_questions_wait_and_move_nothing(
    desk: Desk, reception: Reception, three: list[Question]
) -> None:
    page = desk()
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
    desk: Desk, reception: Reception
) -> None:
    page = desk()
    expect(page.get_by_text("No question waits here")).to_be_visible()
    ask(reception)
    expect(row(page, 1)).to_be_visible()
    expect(page.get_by_text("No question waits here")).to_be_hidden()


def test_search_filters_and_closed_ones(
    desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    make_move(ask(reception, "Старая дорога?"), Move.ANSWER_TEXT, cast.by_second)
    make_move(three[1], Move.APPROVE, cast.by)
    page = desk()
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
    expect(page.locator("#open-reopen form :focus")).to_be_visible()
    page.keyboard.type("Ответ не о том.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("No. 4: Opened again")
    expect(page.locator("#found #question-4")).to_have_count(0)
    page.keyboard.press("1")
    expect(row(page, 4)).to_be_visible()
    assert violations(page) == ""


def test_what_is_on_air_is_answered_from_its_panel(
    desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    make_move(make_move(three[0], Move.QUEUE, cast.by), Move.PUT_ON_AIR, cast.by)
    page = desk()
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


def test_the_reception_is_ended_and_sealed(desk: Desk, cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    page = desk()
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


def test_a_form_with_a_fault_stays_open_with_what_was_typed(desk: Desk, three: object) -> None:
    """A card comes whole; its open form must not be shut by the one it takes the place of."""
    page = desk()
    shown(page, 1)
    page.keyboard.press("p")
    page.locator("#move-control-promise").fill("Починю до пятницы.")
    page.locator("#move-control-due_on").fill("2020-01-01")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#move-control-due_on_error")).to_be_visible()
    expect(page.locator("#move-control-due_on")).to_be_focused()
    expect(page.locator("#move-control-promise")).to_have_value("Починю до пятницы.")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#move-control-due_on_error")).to_be_visible()
