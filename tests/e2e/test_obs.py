"""The operator's OBS talks to a page of the desk, and a person decides what follows from it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from streams.receptions.rules import State
from tests.cast import Cast, make_reception
from tests.e2e import obs as fakes
from tests.e2e.desks import Enter

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def connect(page: Page, port: int, password: str) -> None:
    page.locator("#obs-port").fill(str(port))
    page.locator("#obs-password").fill(password)
    page.locator("#obs-connect button").click()


def test_obs_is_heard_and_a_person_decides(enter: Enter, cast: Cast) -> None:
    reception = make_reception(cast, live=False)
    context = enter(cast.moderator)
    with fakes.running() as (obs, port):
        page = context.new_page()
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url + (asked.post_data or "")))
        opened = page.goto(f"/desk/{reception.no}/obs/")
        assert opened is not None
        assert "ws://127.0.0.1:*" in opened.headers["content-security-policy"]
        other = context.request.get(f"/desk/{reception.no}/")
        assert "ws://127.0.0.1:*" not in other.headers["content-security-policy"]

        connect(page, port, "wrong")
        expect(page.locator('[data-when="refused"]')).to_be_visible()
        connect(page, port, fakes.PASSWORD)
        expect(page.locator('[data-when="ready"]')).to_be_visible()
        assert obs.proofs[-1] == fakes.proof()
        expect(page.locator('[data-stream="off"]')).to_be_visible()

        obs.start(gone_s=125)
        go_live = page.locator('[data-offer="go_live"]')
        expect(go_live).to_be_visible()
        reception.refresh_from_db()
        assert reception.state == State.SCHEDULED
        go_live.locator("button").click()
        shift = page.locator('[data-offer="shift"]')
        expect(shift).to_be_visible()
        shift.locator("button").click()
        expect(page.locator('[data-offer="agrees"]')).to_be_visible()
        reception.refresh_from_db()
        assert reception.state == State.LIVE
        # The recording began two minutes before the reception, and a busy machine makes it no less.
        assert 124 <= reception.time_shift_s < 600

        obs.stop()
        expect(page.locator('[data-offer="end"]')).to_be_visible()
        reception.refresh_from_db()
        assert reception.state == State.LIVE
        assert not any(fakes.PASSWORD in said for said in sent)
    assert reception.time_shift_s
