"""A call is typed in by keys alone: one to open, one to store, and the next may speak."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from streams.questions.models import Question
from tests.browsers import DESKTOP
from tests.cast import make_cast, make_reception
from tests.conftest import LiveServer
from tests.e2e.test_every_page import opened

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_two_calls_by_keys_alone(browser: Browser, live_daphne: LiveServer) -> None:
    cast = make_cast()
    reception = make_reception(cast)
    with opened(browser, live_daphne, "ru", DESKTOP, cast.moderator) as (page, complaints):
        page.goto(f"/desk/{reception.no}/")
        page.locator("live-screen[data-state=online]").wait_for()
        page.keyboard.press("KeyI")
        expect(page.locator("[data-entry] textarea")).to_be_focused()
        page.keyboard.type("Во дворе третий день стоит брошенная машина.")
        page.keyboard.press("Enter")
        expect(page.locator(".entry__number")).to_have_text("1")
        expect(page.locator("[data-entry] textarea")).to_be_focused()
        page.keyboard.type("Почему не горит фонарь?")
        page.keyboard.press("Enter")
        expect(page.locator(".entry__number")).to_have_text("2")
        page.keyboard.press("Escape")
        expect(page.locator("nav [data-count=waiting]").first).to_have_text("2")
        assert complaints == []
    texts = list(Question.objects.order_by("number").values_list("original_text", flat=True))
    assert texts == ["Во дворе третий день стоит брошенная машина.", "Почему не горит фонарь?"]
