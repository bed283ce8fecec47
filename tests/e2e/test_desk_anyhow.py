"""The desk for everybody: every form readable, on a phone, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from streams.common import clock
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome
from streams.receptions.models import Reception
from tests.browsers import PHONE, sticks_out_px, violations
from tests.cast import Cast, make_move
from tests.e2e.desks import Desk, Enter, shown

pytestmark = pytest.mark.e2e


def test_every_open_form_is_accessible(desk: Desk, cast: Cast, three: list[Question]) -> None:
    marks.set_tags(three[0].pk, ["roads"], by=cast.by, now=clock.now())
    make_move(three[0], Move.PROPOSE_DECLINE, cast.by_second)
    page = desk()
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


def test_on_a_phone_there_is_one_column_at_a_time(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    make_move(three[1], Move.QUEUE, cast.by)
    page = desk(viewport=PHONE, has_touch=True, is_mobile=True)
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
    assert sticks_out_px(page) <= 0


def test_without_scripts_a_question_is_answered(
    enter: Enter, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    page = enter(cast.moderator, java_script_enabled=False).new_page()
    page.goto(f"/desk/{reception.no}/")
    page.get_by_role("link", name="№ 1").click()
    page.locator("#open-answer_text > summary").click()
    page.locator("#move-text-text").fill("Начнём в мае.")
    page.get_by_role("button", name="Give this answer").click()
    expect(page.get_by_text("No. 1: Answered in text")).to_be_visible()
    page.get_by_role("button", name="Undo my last step").click()
    page.locator("#card").get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Put on air").click()
    page.locator("#now-said").fill("В мае.")
    page.locator(".rail__buttons").get_by_role("button", name="Answered").click()
    expect(page.get_by_text("No. 1: Answered on air")).to_be_visible()
    three[0].refresh_from_db()
    assert three[0].outcome == Outcome.ANSWERED_LIVE
