"""The desk by keys that are a person's own, several questions at once, one question alone, and undo."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from streams.common import clock
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Reception
from tests.browsers import DESKTOP, PHONE, violations
from tests.cast import Cast, ask, make_move
from tests.e2e.desks import Desk, Enter, open_desk, row, shown

pytestmark = pytest.mark.e2e


def test_keys_are_each_person_s_own(
    enter: Enter, desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    """Moved and switched off by the keyboard alone; shown keys follow, on another computer too."""
    page = desk()
    shown(page, 1)
    page.keyboard.press("Shift+?")
    page.get_by_role("button", name="Change the keys or switch them off").press("Enter")
    field = page.get_by_label("approve", exact=True)
    field.focus()
    page.keyboard.press("q")
    expect(page.get_by_role("alert")).to_contain_text("Q already means “to the queue”.")
    expect(field).to_be_focused()
    page.keyboard.press("F2")
    expect(page.locator(".keys__told")).to_have_text("F2 now means “approve”.")
    expect(field).to_have_value("F2")
    assert violations(page) == ""
    page.get_by_label("to the queue", exact=True).focus()
    page.keyboard.press("Delete")
    expect(page.locator(".keys__told")).to_have_text("“to the queue” has no key now.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("q")
    page.keyboard.press("F2")
    expect(row(page, 1)).to_have_attribute("data-status", "approved")
    # What a frame and an answer bring says the person's own keys.
    shown(page, 2)
    caps = page.locator("#card .moves__presses .key")
    expect(caps.filter(visible=True)).to_have_text(["F2", "N"])
    elsewhere = enter(cast.moderator)
    page = open_desk(elsewhere, reception)
    shown(page, 1)
    page.goto("/desk/keys/")
    page.get_by_role("button", name="Switch all single keys off").press("Enter")
    expect(page.locator(".keys__told")).to_have_text("Single keys are off.")
    page = open_desk(elsewhere, reception, "questions/2/")
    page.keyboard.press("r")
    page.keyboard.press("F2")
    expect(row(page, 2)).to_have_attribute("data-status", "approved")
    expect(page.locator("#open-propose_decline")).not_to_have_attribute("open", "")
    assert not Question.objects.filter(status=Status.QUEUED).exists()


def test_several_at_once_by_keys_and_one_undo(
    desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    four = ask(reception, "Жарық қашан болады?")
    page = desk()
    shown(page, 1)
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    before = row(page, 3).bounding_box()
    page.keyboard.press("x")
    expect(bar.locator("[data-chosen]")).to_have_text("1")
    assert row(page, 3).bounding_box() == before
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(bar.locator("[data-chosen]")).to_have_text("3")
    page.keyboard.press("Shift+J")
    page.keyboard.press("x")
    expect(bar.locator("[data-chosen]")).to_have_text("3")
    assert violations(page) == ""
    # A frame brings the row anew, ticked as it was.
    marks.set_tags(three[1].pk, ["roads"], by=cast.by_second, now=clock.now())
    expect(row(page, 2).locator(".tag")).to_be_visible()
    expect(row(page, 2).locator(".row__pick")).to_be_checked()
    # A colleague was faster with one of them.
    make_move(three[2], Move.APPROVE, cast.by_second)
    expect(row(page, 3)).to_have_attribute("data-status", "approved")
    page.keyboard.press("a")
    expect(bar).to_contain_text("1 question could not follow")
    expect(row(page, 3).locator(".row__pick")).to_be_checked()
    expect(bar.locator("[data-chosen]")).to_have_text("1")
    for number in (1, 2):
        expect(row(page, number)).to_have_attribute("data-status", "approved")
    page.keyboard.press("u")
    for number in (1, 2):
        expect(row(page, number)).to_have_attribute("data-status", "new")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    row(page, 1).click()
    row(page, 4).click(modifiers=["Shift"])
    expect(bar.locator("[data-chosen]")).to_have_text("1")
    row(page, 1).click(modifiers=["Shift"])
    expect(bar.locator("[data-chosen]")).to_have_text("4")
    page.keyboard.press("h")
    page.keyboard.press("2")
    expect(bar).to_contain_text("1 question could not follow")
    four.refresh_from_db()
    assert (four.outcome, four.reason) == (Outcome.NOT_A_QUESTION, "spam")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "phone"])
def test_one_question_alone_on_the_screen(
    desk: Desk, three: list[Question], size: dict[str, int]
) -> None:
    page = desk("questions/1/", viewport=size)
    shown(page, 1)
    page.keyboard.press("z")
    expect(page.locator(".desk__inbox")).to_be_hidden()
    expect(page.locator("panel-tabs")).to_be_hidden()
    assert violations(page) == ""
    page.keyboard.press("j")
    shown(page, 2)
    page.keyboard.press("k")
    shown(page, 1)
    page.keyboard.press("/")
    expect(page.locator("#search-q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".desk__inbox")).to_be_hidden()
    page.get_by_role("button", name="Only the open question").click()
    expect(page.locator("#card")).to_be_visible()


def test_a_decision_is_taken_back_after_its_toast_went(desk: Desk, three: list[Question]) -> None:
    page = desk()
    shown(page, 1)
    page.keyboard.press("a")
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("No. 1: Approved")
    shown(page, 2)
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)
    page.keyboard.press("u")
    expect(row(page, 1)).to_have_attribute("data-status", "new")


def test_nothing_moves_under_the_mouse_when_a_row_above_goes(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page = desk()
    shown(page, 1)
    row(page, 3).hover()
    before = row(page, 3).bounding_box()
    make_move(three[0], Move.FORWARD, cast.by_second)
    expect(page.locator("#question-1.leaving")).to_be_visible()
    assert row(page, 3).bounding_box() == before
    page.keyboard.press("j")
    make_move(three[1], Move.QUEUE, cast.by_second)
    expect(page.locator('[data-list="queue"] > #question-2')).to_be_visible()
    assert row(page, 3).bounding_box() == before


def test_a_command_is_found_by_its_words_and_a_question_by_its_number(
    desk: Desk, three: list[Question]
) -> None:
    page = desk()
    shown(page, 1)
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="A command, or the number of a question")
    expect(field).to_be_focused()
    options = page.locator("#palette").get_by_role("option")
    # Not offered: nothing is prepared that could be given.
    expect(options.filter(has_text="give the prepared answer")).to_have_count(0)
    assert violations(page) == ""
    field.fill("3")
    expect(options).to_have_text(["Open question № 3"])
    page.keyboard.press("Enter")
    shown(page, 3)
    page.keyboard.press("Control+k")
    field.fill("queue")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator('[data-list="queue"] > #question-3')).to_be_visible()
    page.keyboard.press("Control+k")
    field.fill("nonsense")
    expect(page.locator("#palette [data-nothing]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
