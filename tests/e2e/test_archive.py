"""The archive in a real browser: from the home page to a question and to a ledger that checks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from streams.questions.replay import Replay
from streams.receptions.models import Reception
from streams.receptions.verify import check_file
from tests.browsers import DESKTOP, PHONE, new_context, sticks_out_px, violations
from tests.cast import Cast
from tests.conftest import LiveServer
from tests.receptions.ledgers import full_reception

pytestmark = pytest.mark.e2e


@pytest.fixture
def sealed(live_daphne: LiveServer, cast: Cast) -> Reception:
    return full_reception(cast)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_daphne: LiveServer
) -> Iterator[Page]:
    """Any word in the browser's console or any script error fails the test that made it."""
    context = new_context(browser, viewport=request.param, base_url=live_daphne.url, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield page
    context.close()
    # The page of a withdrawn question is meant to answer 410.
    assert [line for line in complaints if "410 (Gone)" not in line] == []


def assert_fits_everybody(page: Page) -> None:
    assert violations(page) == ""
    assert sticks_out_px(page) <= 0, page.url


def test_reader_finds_an_answer_and_narrows_it_down(page: Page, sealed: Reception) -> None:
    page.goto("/en/")
    assert_fits_everybody(page)
    page.get_by_role("searchbox").fill("дорогу")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark").first).to_have_text("дорогу")
    assert_fits_everybody(page)
    filters = page.locator("details.facets")
    if page.viewport_size == PHONE:
        expect(filters).not_to_have_attribute("open", "")
        filters.locator("summary").click()
    outcomes = page.get_by_role("navigation", name="What became of it")
    outcomes.get_by_role("link", name="answered in text").click()
    expect(page.locator(".result").first).to_be_visible()
    assert "q=" in page.url
    assert_fits_everybody(page)
    page.locator(".result h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(sealed.no)
    assert_fits_everybody(page)


@pytest.mark.parametrize(
    ("language", "page"),
    [
        ("kk", PHONE),
        pytest.param("ru", DESKTOP, marks=pytest.mark.load),
        pytest.param("en", PHONE, marks=pytest.mark.load),
    ],
    indirect=["page"],
)
def test_every_kind_of_page_fits_everybody(page: Page, sealed: Reception, language: str) -> None:
    # Answered on air and merged into, declined, withdrawn, carried over, on control.
    numbers = [f"questions/{sealed.no}-{number}/" for number in (1, 5, 7, 9, 11)]
    for path in ("", "archive/", "archive/?q=бегемот", f"receptions/{sealed.no}/ledger/", *numbers):
        page.goto(f"/{language}/{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_fits_everybody(page)


def test_downloaded_ledger_holds(page: Page, sealed: Reception, tmp_path: Path) -> None:
    page.goto(f"/en/receptions/{sealed.no}/ledger/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download to check").click()
    assert download.value.suggested_filename == f"liveqa-{sealed.no}-ledger.json"
    path = tmp_path / "ledger.json"
    download.value.save_as(path)
    report = check_file(io.BytesIO(path.read_bytes()), Replay(), expect_head=sealed.last_hash)
    assert (report.findings, report.entries) == ([], sealed.last_seq)
    page.get_by_text("How to check it yourself").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the checking script").click()
    assert download.value.suggested_filename.startswith("check_ledger")
