"""The desk on a phone and on a bad link: a finger decides, and no decision is lost or made twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from streams.common import clock
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Entry, Reception
from tests.browsers import PHONE, violations
from tests.cast import Cast, make_move
from tests.e2e.desks import Desk, row, shown

pytestmark = pytest.mark.e2e
MOVES = "**/moves/"


def drag(page: Page, number: int, dx: int, dy: int = 0, *, midway: str = "") -> None:
    """A finger on the row, step by step; a touch that playwright has no method for. `midway`: what
    stands beside the finger before it is lifted."""
    box = row(page, number).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = page.context.new_cdp_session(page)
    finger.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for part in range(1, 11):
        at = {"x": x + dx * part / 10, "y": y + dy * part / 10}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    if midway:
        expect(row(page, number).locator(".row__swipe")).to_have_text(midway)
        expect(row(page, number).locator(".row__swipe")).not_to_have_attribute("data-ready", "")
    # Each finger is lifted: with one left on the screen a tap is one of two fingers, and no click.
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    finger.detach()


def test_a_finger_decides_and_takes_back(desk: Desk, three: list[Question]) -> None:
    page = desk(viewport=PHONE, has_touch=True, is_mobile=True)
    expect(page.locator("#pace [data-pace=waiting]")).to_have_text("3")
    # Short of the threshold it only says what would happen.
    drag(page, 1, 60, midway="Approve")
    expect(page.locator(".row__swipe")).to_have_count(0)
    # Up or down is scrolling.
    drag(page, 1, 30, 200)
    expect(page.locator(".row__swipe")).to_have_count(0)
    drag(page, 1, 170)
    expect(row(page, 1)).to_have_attribute("data-status", "approved")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row(page, 1)).to_have_attribute("data-status", "new")
    # To the left it asks why, and one tap answers.
    drag(page, 3, -170)
    reasons = page.locator(".row__aside")
    expect(reasons).to_be_visible()
    assert violations(page) == ""
    reasons.get_by_role("button", name="Cancel").click()
    expect(reasons).to_have_count(0)
    drag(page, 2, -170)
    reasons.get_by_role("button", name="Spam").click()
    expect(row(page, 2)).to_have_count(0)
    # No finger opened a card on its way.
    expect(page.locator("#card")).to_be_hidden()
    outcomes = [Question.objects.get(pk=question.pk).outcome for question in three]
    assert outcomes == [None, Outcome.NOT_A_QUESTION, None]


def test_decisions_wait_for_the_link_and_are_made_once(
    desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page = desk(intercepted=True)
    shown(page, 1)
    page.route(MOVES, lose_the_answer)
    page.keyboard.press("a")
    mark = row(page, 1).locator(".row__late")
    expect(mark).to_contain_text("waits for the connection: Approve")
    shown(page, 2)
    page.unroute(MOVES)
    page.route(MOVES, lambda route: route.abort())
    # It outlives the page.
    page.goto(f"/desk/{reception.no}/questions/2/")
    expect(mark).to_be_visible()
    expect(page.locator("#late [data-late-count]")).to_contain_text("1 decision is kept")
    assert violations(page) == ""
    # Without any link the list still tells enough to decide, by the same keys.
    page.context.set_offline(True)
    page.keyboard.press("j")
    expect(page.locator("#card [data-offline]")).to_contain_text("Где парковка у школы?")
    page.keyboard.press("q")
    expect(row(page, 3).locator(".row__late")).to_contain_text("To the queue")
    assert Question.objects.get(pk=three[2].pk).status == Status.NEW
    make_move(three[2], Move.APPROVE, cast.by_second)
    page.unroute(MOVES)
    page.context.set_offline(False)
    page.locator("[data-late-send]").dispatch_event("click")
    refused = page.locator("#late .late__item")
    expect(refused).to_contain_text("No. 3 was changed before you by Болат Ким")
    expect(mark).to_have_count(0)
    refused.get_by_role("button", name="Do it anyway").click()
    expect(page.locator("#late")).to_be_hidden()
    expect(page.locator('[data-list="queue"] > #question-3')).to_be_visible()
    assert Question.objects.get(pk=three[0].pk).status == Status.APPROVED
    made = Entry.objects.filter(reception=reception, question_number=1, kind=Move.APPROVE)
    assert made.count() == 1


def test_a_text_and_tags_wait_for_the_link_too(
    desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    page = desk()
    card = shown(page, 1)
    page.context.set_offline(True)
    page.keyboard.press("e")
    page.get_by_label("Public text").fill("Когда починят мост?")
    page.keyboard.press("Control+Enter")
    waits = card.locator(".row__late")
    expect(waits).to_contain_text("waits for the connection: Public text")
    expect(card.locator("#open-text")).not_to_have_attribute("open", "")
    page.get_by_role("checkbox", name="Roads").check()
    expect(waits).to_contain_text("Public text, Tags")
    # A second thought takes the place of the first.
    page.get_by_role("checkbox", name="Noise").check()
    page.get_by_role("checkbox", name="Roads").uncheck()
    # A decision on top of one's own text goes after it, and is no conflict with it.
    page.keyboard.press("a")
    expect(row(page, 1).locator(".row__late")).to_contain_text("Public text, Tags, Approve")
    expect(page.locator("#late [data-late-count]")).to_contain_text("3 decisions are kept")
    page.context.set_offline(False)
    page.locator("[data-late-send]").dispatch_event("click")
    expect(page.locator("#late")).to_be_hidden()
    expect(row(page, 1)).to_have_attribute("data-status", "approved")
    # What a colleague wrote first is not written over: the words are shown again.
    page.goto(f"/desk/{reception.no}/questions/2/")
    expect(page.locator("live-screen")).to_have_attribute("data-state", "online")
    page.context.set_offline(True)
    page.keyboard.press("e")
    page.get_by_label("Public text").fill("Мои слова?")
    page.keyboard.press("Control+Enter")
    expect(row(page, 2).locator(".row__late")).to_be_visible()
    words = "Слова коллеги?"
    marks.edit_text(three[1].pk, words, by=cast.by_second, expect=1, now=clock.now())
    page.context.set_offline(False)
    page.locator("[data-late-send]").dispatch_event("click")
    refused = page.locator("#late .late__item")
    expect(refused).to_contain_text("No. 2 was changed before you by Болат Ким")
    expect(refused.locator("[data-words]")).to_have_text("Мои слова?")
    assert violations(page) == ""
    refused.get_by_role("button", name="Drop mine").click()
    expect(page.locator("#late")).to_be_hidden()
    texts = [Question.objects.get(pk=question.pk).public_text for question in three[:2]]
    assert texts == ["Когда починят мост?", words]
    assert [tag.slug for tag in three[0].tags.all()] == ["noise"]
