"""Like questions in the browser: offered while somebody types, merged at the desk; an alarm, a mask."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.browsers import DESKTOP, PHONE, violations
from tests.cast import Cast, ask, make_move
from tests.e2e.desks import Desk
from tests.e2e.rooms import Phone, live

pytestmark = pytest.mark.e2e

ROAD = "Когда отремонтируют дорогу на улице Ерубаева? Там большие ямы."
FIRE = "Помогите, горит дом на Мира 5, люди внутри!"
PRIVATE = ROAD + " Мой сосед Марат Оспанов упал, номер 8 701 234 56 78."


def keep(page: Page, name: str) -> None:
    """A picture where LIVEQA_PICTURES names a folder for them."""
    if folder := os.environ.get("LIVEQA_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "wide"])
def test_typing_offers_the_same_question(
    phone: Phone, cast: Cast, reception: Reception, size: dict[str, int]
) -> None:
    make_move(ask(reception, ROAD), Move.APPROVE, cast.by)
    make_move(ask(reception, ROAD), Move.ANSWER_TEXT, cast.by)
    page = live(phone(viewport=size), reception)
    page.locator("#ask-text").press_sequentially("когда отремонтируют дорогу на Ерубаева, там ямы")
    offers = page.locator("[data-like] .like__one")
    expect(offers).to_have_count(2)
    expect(page.locator("[data-like]")).to_contain_text("Already answered: read it")
    keep(page, f"room-like-{size['width']}")
    assert violations(page) == ""
    page.locator("[data-like] button.vote").click()
    expect(page.locator("[data-like]")).to_contain_text("Counted")
    expect(page.locator("#ask-text")).to_have_value("")
    count = page.locator("[data-list] #question-1 .vote__count")
    expect(count).to_have_text("1")


def test_who_writes_of_danger_reads_where_to_call(phone: Phone, reception: Reception) -> None:
    page = live(phone(), reception)
    page.locator("#ask-text").fill(FIRE)
    page.get_by_role("button", name="Send the question").click()
    expect(page.locator(".receipt [data-urgent]")).to_contain_text("112 / 102")
    keep(page, "room-urgent-390")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["wide", "phone"])
def test_the_card_finds_masks_and_merges_by_keys(
    desk: Desk, cast: Cast, reception: Reception, size: dict[str, int]
) -> None:
    tagged = ask(reception, ROAD)
    marks.set_tags(tagged.pk, ["roads"], by=cast.by, now=tagged.received_at)
    ask(reception, ROAD)
    question = ask(reception, PRIVATE)
    page = desk(f"questions/{question.number}/", viewport=size)
    card = page.locator("#card")
    expect(card.locator(".beside__one")).to_have_count(2)
    keep(page, f"desk-beside-{size['width']}")
    card.locator("#beside").scroll_into_view_if_needed()
    keep(page, f"desk-beside-lower-{size['width']}")
    page.keyboard.press("Shift+KeyE")
    expect(card.locator("[data-public-text]")).to_contain_text("[телефон]")
    expect(card.locator("[data-public-text]")).not_to_contain_text("Оспанов")
    expect(card.locator(".beside__tags")).to_be_visible()
    page.keyboard.press("Shift+KeyL")
    expect(card.locator("#tag-roads")).to_be_checked()
    expect(card.locator(".beside__choice").first).to_be_visible()
    for choice in card.locator(".beside__choice").all():
        choice.check()
    page.keyboard.press("Control+Enter")
    expect(card).to_contain_text("Also asked in")
    assert Question.objects.filter(merged_into=question).count() == 2
    page.keyboard.press("KeyU")
    expect(page.locator("#toasts")).to_contain_text("stand alone again")
    assert Question.objects.filter(merged_into=question).count() == 0


def test_an_urgent_question_is_on_top_of_every_desk(desk: Desk, reception: Reception) -> None:
    ask(reception, ROAD)
    page = desk(viewport=DESKTOP)
    page.locator("#card").click(position={"x": 2, "y": 2})
    ask(reception, FIRE)
    row = page.locator('[data-list="urgent"] #question-2')
    expect(row).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("Urgent question: № 2")
    row.locator(".row__open").click()
    expect(page.locator(".desk-card__alarm")).to_contain_text("danger to life")
    keep(page, "desk-urgent-1440")
    page.keyboard.press("Shift+KeyU")
    expect(page.locator('[data-list="inbox"] #question-2')).to_be_visible()
