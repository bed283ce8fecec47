"""Every page in three languages and two sizes: readable by everybody, nothing sticking out, no errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from streams.common import clock
from streams.desk.models import Upload
from streams.people.models import User
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions import standing
from streams.receptions.models import Standing
from streams.sources.models import Comment, Source
from tests.browsers import DESKTOP, PHONE, audit, new_context, sticks_out_px
from tests.cast import (
    Cast,
    ask,
    escalate,
    make_cast,
    make_move,
    make_reception,
    make_saved_reply,
    secret_of,
)
from tests.conftest import LiveServer

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

LANGUAGES = [
    "kk",  # with the longest words
    pytest.param("ru", marks=pytest.mark.load),
    pytest.param("en", marks=pytest.mark.load),
]
SIZES = {"phone": PHONE, "desktop": DESKTOP}
# A long word, a wall of letters and a script, where other people's words are shown.
LONG = "Қылмыскерлендіргендердікінен " + "я" * 300 + " <script>alert(1)</script>"


def stage(cast: Cast) -> dict[str, tuple[str, User | None]]:
    """Something of everything on the pages; the address of each page and who opens it."""
    reception = make_reception(cast)
    first = ask(reception, LONG, name="Айгүл", district="KOL")
    moves = [Move.APPROVE, Move.QUEUE, Move.ANSWER_TEXT, Move.FORWARD, Move.PROPOSE_DECLINE]
    for move in moves:
        make_move(ask(reception, f"Жол қашан жөнделеді? {move}"), move, cast.by)
    make_move(first, Move.QUEUE, cast.by)
    make_move(first, Move.PUT_ON_AIR, cast.by)
    answered = ask(reception, "Когда починят дорогу на улице Мира?")
    make_move(answered, Move.ANSWER_LIVE, cast.by)
    record = escalate(ask(reception, "Ночью шумят"), cast.by, due_on=date(2026, 1, 1))
    over = make_reception(cast)
    receptions.end(over.pk, by=cast.by, now=clock.now())
    no = reception.no
    Standing.objects.create(unit=cast.district, host_name="Серік Омаров")
    register = standing.current(cast.district, now=clock.now())
    assert register is not None
    written = ask(register, LONG)
    source = Source.objects.create(unit=cast.district, platform="ssn", name="Instagram")
    kept = Comment(
        source=source, external_id="1", fate="no_reception", text=LONG, author_name="Айгүл"
    )
    kept.received_at = clock.now()
    kept.save()
    file = Upload(reception=reception, by=cast.moderator, name=LONG[:80], created_at=clock.now())
    file.keep(f"Автор;Вопрос\nАйгүл;{LONG}\n;\nОлег\n".encode())
    file.save()
    return {
        "blogs": ("/blog/", None),
        "register": (f"/receptions/{register.no}/", None),
        "months": (f"/blog/{cast.district.code}/months/", None),
        "my question, in writing": (f"/q/{secret_of(written)}/", None),
        "desk of a register": (f"/desk/{register.no}/questions/1/", cast.moderator),
        "keys of the desk": ("/desk/keys/", cast.moderator),
        "type in": (f"/desk/{no}/entry/", cast.moderator),
        "paste": (f"/desk/{no}/paste/", cast.moderator),
        "file": (f"/desk/{no}/file/{file.uuid}/", cast.moderator),
        "kept": (f"/desk/{no}/kept/", cast.moderator),
        "obs": (f"/desk/{no}/obs/", cast.moderator),
        "new source": ("/sources/new/telegram/", cast.administrator),
        "sources": ("/sources/", cast.administrator),
        "source": (f"/sources/{source.uuid}/", cast.administrator),
        "home": ("/", None),
        "room": (f"/receptions/{no}/", None),
        "reception afterwards": (f"/receptions/{over.no}/", None),
        "my question": (f"/q/{secret_of(answered)}/", None),
        "archive": ("/archive/?q=дорогу", None),
        "question": (f"/questions/{answered.public_no}/", None),
        "ledger": (f"/receptions/{no}/ledger/", None),
        "wednesday": ("/wednesday/", None),
        "sign-in": ("/sign-in/", None),
        "not found": ("/receptions/1999-0001/", None),
        "my wednesday": ("/wednesday/", cast.chief),
        "plan": ("/wednesday/plan/", cast.chief),
        "desk": (f"/desk/{no}/", cast.moderator),
        "saved replies": ("/saved-replies/", cast.editor),
        "a saved reply": (f"/saved-replies/{make_saved_reply(cast).pk}/", cast.editor),
        "desk of a closed reception": (f"/desk/{over.no}/", cast.moderator),
        "studio": (f"/studio/{no}/", cast.chief),
        "control": ("/control/", cast.controller),
        "control record": (f"/control/{record.number}/", cast.controller),
        "password": ("/password/", cast.executor),
    }


@contextmanager
def opened(
    browser: Browser, server: LiveServer, language: str, size: ViewportSize, user: User | None
) -> Iterator[tuple[Page, list[str]]]:
    """A page of a fresh browser in `language`, and what its console will complain of."""
    context = new_context(
        browser,
        user=user,
        language=language,
        viewport=size,
        base_url=server.url,
        reduced_motion="reduce",
    )
    page, complaints = context.new_page(), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    try:
        yield page, complaints
    finally:
        context.close()


def faults(page: Page) -> list[str]:
    """What axe and a ruler find."""
    found = [
        f"{violation['id']}: {node['html'][:150]}"
        for violation in audit(page).response["violations"]
        for node in violation["nodes"][:3]
    ]
    wide = sticks_out_px(page)
    return [*found, *([f"sticks out by {wide} px"] if wide > 0 else [])]


def seen_at_every_size(page: Page) -> Iterator[str]:
    for name, size in SIZES.items():
        page.set_viewport_size(size)
        yield from (f"{name}: {fault}" for fault in faults(page))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_without_fault(
    browser: Browser, live_daphne: LiveServer, language: str
) -> None:
    found: dict[str, list[str]] = {}
    pages = stage(make_cast())
    for user in {user for _path, user in pages.values()}:
        with opened(browser, live_daphne, language, PHONE, user) as (page, complaints):
            for name, path in [(n, path) for n, (path, whose) in pages.items() if whose == user]:
                complaints.clear()
                page.set_viewport_size(PHONE)
                page.goto(path)
                wrong = list(seen_at_every_size(page))
                if page.locator("html").get_attribute("lang") != language:
                    wrong.append("is in another language")
                if page.locator("h1").count() != 1:
                    wrong.append("has not one heading of the first rank")
                # A page that isn't there says so in the console, rightly.
                wrong += complaints if name != "not found" else []
                if wrong:
                    found[name] = wrong
    assert found == {}
