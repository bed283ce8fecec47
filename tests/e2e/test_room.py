"""The room on a viewer's phone: asking, watching, voting."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from streams.common import clock
from streams.questions.models import AskerContact, Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions import switches
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move, secret_of
from tests.e2e.rooms import Phone, assert_usable, live

pytestmark = pytest.mark.e2e


def test_asking_on_a_phone(phone: Phone, cast: Cast, reception: Reception) -> None:
    page, other = live(phone(), reception), live(phone(), reception)
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


def test_a_refused_question_comes_back_to_be_changed(phone: Phone, reception: Reception) -> None:
    page = live(phone(), reception)
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
    phone: Phone, cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception, "Когда откроют парк?"), Move.APPROVE, cast.by)
    page, other = live(phone(), reception), live(phone(), reception)
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
    phone: Phone, cast: Cast, reception: Reception
) -> None:
    page = live(phone(), reception)
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
    phone: Phone, cast: Cast, reception: Reception
) -> None:
    context = phone()
    page, writer = live(context, reception), live(context, reception)
    writer.locator("#ask-text").fill("Не успел дописать")
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    for screen in (page, writer):
        expect(screen.locator("#head")).to_contain_text("The broadcast has ended")
        expect(screen.locator("[data-closed]")).to_be_visible()
    expect(page.locator("ask-form form")).to_be_hidden()
    expect(writer.locator("#ask-text")).to_have_value("Не успел дописать")


def test_my_question_follows_by_itself(phone: Phone, cast: Cast, reception: Reception) -> None:
    question = ask(reception, "Когда откроют парк?")
    page = phone().new_page()
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
