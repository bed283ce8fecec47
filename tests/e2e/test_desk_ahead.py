"""A hand that is ahead of the server: no key is lost, doubled, or done to another question."""

from __future__ import annotations

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from streams.questions.models import Answer, Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move
from tests.e2e.desks import Desk, Enter, on_its_way, open_desk, row, shown
from tests.patience import eventually

pytestmark = pytest.mark.e2e
MOVES = "**/moves/"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_wait_for_the_question_that_they_are_meant_for(
    desk: Desk, reception: Reception, three: list[Question]
) -> None:
    """Moves, letters, a command by its words: pressed at once, done in their order."""
    four, five = ask(reception, "Жарық қашан болады?"), ask(reception, "Когда дадут тепло?")
    page = desk(intercepted=True)
    shown(page, 1)
    with on_its_way(page, MOVES):
        press(page, "a", "h", "2")
        # None of them was a key of the page meanwhile.
        expect(page.locator("#desk")).to_have_attribute("data-filter", "all")
    expect(row(page, 2)).to_have_count(0)
    shown(page, 3)
    with on_its_way(page, MOVES):
        press(page, "a", "t", *"Soonn", "Backspace", "Control+Enter")
    expect(row(page, 4)).to_have_count(0)
    shown(page, 5)
    press(page, "k")
    shown(page, 3)
    with on_its_way(page, MOVES):
        press(page, "t")
        page.keyboard.type("In May")
        # The field stands there still, but what it holds is on its way.
        press(page, "Control+Enter", "Control+k", *"first in", "Enter")
        expect(page.locator("#move-text-text")).to_have_value("In May")
    expect(page.locator('[data-list="queue"] > #question-5')).to_be_visible()
    outcomes = [Question.objects.get(pk=question.pk).outcome for question in three]
    assert outcomes == [None, Outcome.NOT_A_QUESTION, Outcome.ANSWERED_TEXT]
    assert Answer.objects.get(question=four).text == "Soon"
    assert Answer.objects.get(question=three[2]).text == "In May"
    assert Question.objects.get(pk=five.pk).status == Status.QUEUED


def test_a_key_waits_for_what_stands_beside_the_question(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    """Also a filter's key: the next one is meant for what is found."""
    text = "Когда отремонтируют дорогу на улице Ерубаева? Там большие ямы."
    make_move(ask(reception, "Старая дорога?"), Move.ANSWER_TEXT, cast.by)
    ask(reception, text), ask(reception, text)
    page = desk(intercepted=True)
    shown(page, 2)
    with on_its_way(page, "**/questions/3/beside/"):
        press(page, "j")
        shown(page, 3)
        press(page, "Shift+M")
    expect(page.locator("#join-2")).to_be_checked()
    with on_its_way(page, "**/search/?*"):
        press(page, "6", "j")
    shown(page, 1)


def test_a_card_that_never_comes_holds_no_key(
    enter: Enter, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    context = enter(cast.moderator)
    context.clock.install()
    page = open_desk(context, reception, intercepted=True)
    shown(page, 1)
    page.route("**/questions/2/", lambda route: None)
    with page.expect_request("**/questions/2/"):
        press(page, "j", "a")
    page.clock.fast_forward(20_000)
    # Its row tells enough to decide.
    eventually(lambda: Question.objects.get(pk=three[1].pk).status == Status.APPROVED)
    assert Question.objects.get(pk=three[0].pk).status == Status.NEW


def test_a_refusal_drops_what_was_pressed_on_top_of_it(
    desk: Desk, cast: Cast, three: list[Question]
) -> None:
    page = desk(intercepted=True)
    shown(page, 1)
    with on_its_way(page, MOVES):
        press(page, "a", "a", "a")
        make_move(three[0], Move.FORWARD, cast.by_second)
    expect(page.locator("[data-problem]")).to_contain_text("already closed by Болат Ким")
    expect(page.locator("#toasts")).to_contain_text("pressed ahead were dropped")
    press(page, "j")
    shown(page, 2)
    with on_its_way(page, MOVES):
        press(page, "a", "q", "Escape")
    expect(row(page, 2)).to_have_attribute("data-status", "approved")
    shown(page, 3)
    assert Question.objects.get(pk=three[2].pk).status == Status.NEW


def test_the_next_one_on_air_twice(
    desk: Desk, cast: Cast, reception: Reception, three: list[Question]
) -> None:
    """The answer and the frame with the new head come in any order."""
    for question in three:
        make_move(question, Move.QUEUE, cast.by)
    page = desk(intercepted=True)
    head = page.locator("#head")
    with on_its_way(page, "**/next/"):
        press(page, "Shift+V", "Shift+V")
    expect(head).to_have_attribute("data-now", "2")
    answers: list[tuple[Route, APIResponse]] = []
    page.route("**/next/", lambda route: answers.append((route, route.fetch())), times=1)
    press(page, "Shift+V")
    expect(head).to_have_attribute("data-now", "3")
    press(page, "0")
    eventually(lambda: answers or page.evaluate("null"))
    route, answer = answers.pop()
    route.fulfill(response=answer)
    shown(page, 3)
    kinds = Entry.objects.filter(reception=reception, kind=Move.PUT_ON_AIR)
    assert [entry.question_number for entry in kinds.order_by("seq")] == [1, 2, 3]


def test_calls_are_typed_in_one_after_the_other(desk: Desk, reception: Reception) -> None:
    page = desk(intercepted=True)
    press(page, "i")
    expect(page.locator("#entry textarea")).to_be_focused()
    with on_its_way(page, "**/entry/"):
        page.keyboard.type("When will the bridge open?")
        press(page, "Enter", *"Who mends the road?", "Enter")
    expect(page.locator("#entry .entry__number")).to_have_text("2")
    asked = Question.objects.filter(reception=reception).order_by("number")
    texts = [question.original_text for question in asked]
    assert texts == ["When will the bridge open?", "Who mends the road?"]
