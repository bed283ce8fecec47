"""What the desk says of platforms by itself: who listens no more, and what became of a message back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from streams.common import clock
from streams.receptions.models import Reception
from streams.sources import outbox
from streams.sources.models import Source
from streams.sources.rules import ReplyStatus
from tests.cast import Cast, ask
from tests.e2e.desks import Enter, open_desk
from tests.sources.stage import make_source, unknown_reply

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_chips_grey_and_messages_are_followed(
    enter: Enter, cast: Cast, reception: Reception
) -> None:
    source = make_source(cast, "instagram")
    reply = unknown_reply(source, ask(reception), state="sending", attempts=1)
    # So far ahead that no slow machine makes it stale before its time.
    Source.objects.update(heartbeat_at=clock.now() + timedelta(minutes=10))
    context = enter(cast.moderator)
    context.clock.install()
    page = open_desk(context, reception, "questions/1/")
    chip = page.locator(f"#source-chip-{source.pk}")
    expect(chip).not_to_have_attribute("data-stale", "")
    page.locator("#final-end > summary").click()
    unsent = page.locator(".desk__unsent")
    expect(unsent).to_contain_text("1")
    place = page.locator("#at-source")
    expect(place).to_contain_text("is being sent")
    outbox.settle(reply, ReplyStatus.SENT, clock.now())
    expect(place).to_contain_text("Receipt: sent")
    expect(unsent).to_be_hidden()
    # Nobody listens: the page's own clock greys the chip, no word comes from anywhere.
    page.clock.fast_forward(20 * 60_000)
    expect(chip).to_have_attribute("data-stale", "")


def test_a_file_is_stored_in_portions(enter: Enter, cast: Cast, reception: Reception) -> None:
    lines = "\n".join(f"Асель;Когда починят дорогу номер {n}?" for n in range(410))
    file = {"name": "c.csv", "mimeType": "text/csv", "buffer": f"Автор;Вопрос\n{lines}".encode()}
    page = enter(cast.moderator).new_page()
    page.goto(f"/desk/{reception.no}/paste/")
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator('form[action$="/file/"] button').click()
    expect(page.locator("[data-chosen]")).to_have_text("410")
    expect(page.locator("[data-progress]")).to_be_hidden()
    page.locator('[name="pick"]').first.uncheck()
    expect(page.locator("[data-chosen]")).to_have_text("409")
    page.locator('[data-portions] button[data-kind="primary"]').click()
    expect(page.locator("[data-done]")).to_be_visible()
    expect(page.locator("[data-stopped]")).to_be_hidden()
    expect(page.locator('[data-f="stored"]')).to_have_text("409")
    assert reception.questions.count() == 409
