"""What all browser tests stand on: a server that sees the committed rows, a reception on air, open screens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from streams.people.models import User
from streams.questions.models import Question
from streams.receptions.models import Reception
from tests.browsers import DESKTOP, PHONE, new_context
from tests.cast import Cast, ask, make_cast, make_reception
from tests.conftest import LiveServer
from tests.e2e.desks import Desk, Enter, open_desk
from tests.e2e.rooms import Phone


@pytest.fixture
def cast(live_daphne: LiveServer) -> Cast:
    return make_cast()


@pytest.fixture
def reception(cast: Cast) -> Reception:
    return make_reception(cast)


@pytest.fixture
def three(reception: Reception) -> list[Question]:
    texts = ("Когда починят дорогу?", "Шу қашан тоқтайды?", "Где парковка у школы?")
    return [ask(reception, text, name="Айгүл", contact="+7 701 000 00 00") for text in texts]


@pytest.fixture
def enter(browser: Browser, live_daphne: LiveServer) -> Iterator[Enter]:
    """Gives a browser of its own in which `user` is signed in, in English. It is closed after the test."""
    with ExitStack() as opened:

        def enter(user: User | None, **options: Any) -> BrowserContext:
            chosen = {"viewport": DESKTOP, "locale": "en-GB", "base_url": live_daphne.url} | options
            return opened.enter_context(new_context(browser, user=user, **chosen))

        yield enter


@pytest.fixture
def desk(enter: Enter, cast: Cast, reception: Reception) -> Desk:
    """Opens the reception's desk in a browser of its own, the first moderator's unless a `user` is named."""

    def desk(
        path: str = "", *, user: User | None = None, intercepted: bool = False, **options: Any
    ) -> Page:
        context = enter(user or cast.moderator, **options)
        return open_desk(context, reception, path, intercepted=intercepted)

    return desk


@pytest.fixture
def phone(enter: Enter) -> Iterator[Phone]:
    """Gives a viewer's browser. What the browser itself complains about (CSP, scripts) fails the test."""
    complaints: list[str] = []

    def phone(**options: Any) -> BrowserContext:
        context = enter(None, **{"viewport": PHONE} | options)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        return context

    yield phone
    assert complaints == []
