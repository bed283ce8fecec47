"""Saved replies and four eyes in a real browser: how many keys an answer takes, and who confirms what."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from streams.questions.models import Question, SavedReply
from streams.questions.rules import Outcome
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_saved_reply
from tests.e2e.desks import Desk, row, shown

pytestmark = pytest.mark.e2e


class Hand:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1


def test_an_answer_from_a_saved_reply_takes_three_keys(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    reply = make_saved_reply(cast, text_ru="Вопрос № {number}: звоните {phone}.")
    make_saved_reply(cast, title="Шум", text_ru="Ночью звоните {phone}.", text_kk="")
    first, second, third = (ask(reception, f"Вопрос номер {n}?") for n in range(3))
    page = desk()
    shown(page, 1)
    hand = Hand(page)
    hand.press("t", "1", "Enter")
    expect(page.locator("#toasts")).to_contain_text("No. 1: Answered in text")
    assert hand.keys == 3
    # Whoever writes on after the digit changes the text; a digit in a text is a digit.
    shown(page, 2)
    hand.press("t", "1")
    expect(page.locator("[data-gives]")).to_be_focused()
    page.keyboard.type("SMS 5.")
    expect(page.locator("#move-text-text")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("No. 2: Answered in text")
    # The search: Enter takes the first that is found, and the next Enter gives it.
    shown(page, 3)
    hand.press("Shift+T")
    expect(page.locator("#saved-q")).to_be_focused()
    page.keyboard.type("ночью")
    expect(page.locator("#saved-found [data-reply]")).to_have_count(1)
    hand.press("Enter", "Enter")
    expect(page.locator("#toasts")).to_contain_text("No. 3: Answered in text")
    texts = [q.answers.get().text for q in (first, second, third)]
    said = f"Вопрос № {first.public_no}: звоните 102."
    assert texts == [said, said.replace("-1:", "-2:") + " SMS 5.", "Ночью звоните 102."]
    assert SavedReply.objects.get(pk=reply.pk).used == 2


def test_a_colleague_confirms_with_one_key_and_takes_it_back(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    cast.district.confirm_asides = True
    cast.district.save()
    question = ask(reception, "Всем привет!")
    ask(reception, "Когда починят дорогу?")
    page, other = desk(), desk(user=cast.second_moderator)
    shown(page, 1)
    page.keyboard.press("h")
    page.keyboard.press("1")
    for screen in (page, other):
        expect(row(screen, 1).locator(".mark")).to_contain_text("proposed by Айгерім Сейіт")
        expect(screen.locator('[data-count="to_confirm"]')).to_have_text("1")
    other.keyboard.press("4")
    expect(row(other, 2)).to_be_hidden()
    row(other, 1).click()
    expect(other.locator("#card-1 .desk-card__proposal")).to_be_visible()
    other.keyboard.press("r")
    expect(other.locator('[data-count="to_confirm"]')).to_have_text("0")
    other.keyboard.press("u")
    expect(other.locator('[data-count="to_confirm"]')).to_have_text("1")
    # The card has come to life again, too.
    expect(other.locator("#card-1 .desk-card__proposal")).to_be_visible()
    other.keyboard.press("d")
    expect(page.locator('[data-count="to_confirm"]')).to_have_text("0")
    found = Question.objects.get(pk=question.pk)
    assert found.is_open
    assert found.outcome != Outcome.NOT_A_QUESTION
