"""A call is typed in by keys alone, in far less than ten seconds."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, expect

from streams.questions.models import Question
from tests.cast import make_cast, make_reception
from tests.conftest import LiveServer
from tests.e2e.test_every_page import DESKTOP, opened

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_two_calls_by_keys_alone(browser: Browser, live_daphne: LiveServer) -> None:
    cast = make_cast()
    reception = make_reception(cast)
    with opened(browser, live_daphne, "ru", DESKTOP, cast.moderator) as (page, complaints):
        page.goto(f"/desk/{reception.no}/")
        page.locator("live-screen[data-state=online]").wait_for()
        began = time.monotonic()
        page.keyboard.press("KeyI")
        page.keyboard.type("Во дворе третий день стоит брошенная машина.")
        page.keyboard.press("Enter")
        expect(page.locator(".entry__number")).to_have_text("1")
        first_s = time.monotonic() - began
        page.keyboard.type("Почему не горит фонарь?")
        page.keyboard.press("Enter")
        expect(page.locator(".entry__number")).to_have_text("2")
        page.keyboard.press("Escape")
        expect(page.locator("nav [data-count=waiting]").first).to_have_text("2")
        assert complaints == []
    assert list(Question.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert first_s < 10
