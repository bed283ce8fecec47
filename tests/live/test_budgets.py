"""What a frame and a page ask the database: a fixed number of questions, however many rows they show."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.live import frames, screens
from streams.questions.rules import Move
from streams.receptions.models import Reception
from streams.room import snapshots
from tests.cast import Cast, ask, make_move

# What each screen may ask for one frame and for its side state.
BUDGETS = {"room": (4, 1), "desk": (7, 9), "studio": (3, 1)}
PAGES = {"/ru/receptions/{no}/": 24, "/desk/{no}/": 40, "/studio/{no}/": 40}


def show(reception: Reception, cast: Cast, count: int) -> frozenset[int]:
    """So many new questions and so many approved ones."""
    waiting = [ask(reception).number for _ in range(count)]
    approved = [make_move(ask(reception), Move.APPROVE, cast.by).number for _ in range(count)]
    return frozenset([*waiting, *approved])


@pytest.mark.parametrize("name", BUDGETS)
def test_a_frame_asks_as_often_for_three_questions_as_for_one(
    cast: Cast, reception: Reception, name: str
) -> None:
    screen = screens.get(name)
    costs = []
    for count in (1, 3):
        numbers = show(reception, cast, count)
        with CaptureQueriesContext(connection) as news:
            # The cards' templates may ask nothing that `read` has not brought.
            brought = screen.read(reception.pk, numbers)
            read = len(news.captured_queries)
            for language in ("kk", "ru", "en"):
                frames.frame(screen, brought, language)
            assert len(news.captured_queries) == read, "a card asked the database"
        with CaptureQueriesContext(connection) as side:
            screen.side(reception.pk)
        costs.append((len(news.captured_queries), len(side.captured_queries)))
    assert costs[0] == costs[1]
    assert all(cost <= budget for cost, budget in zip(costs[1], BUDGETS[name], strict=True)), costs


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_as_often_for_three_questions_as_for_one(
    cast: Cast, reception: Reception, client: Client, address: str
) -> None:
    client.force_login(cast.chief)
    costs = []
    for count in (1, 3):
        show(reception, cast, count)
        client.get(address.format(no=reception.no))
        snapshots.forget(reception.pk)
        with CaptureQueriesContext(connection) as page:
            assert client.get(address.format(no=reception.no)).status_code == 200
        costs.append(len(page.captured_queries))
    assert costs[0] == costs[1] <= PAGES[address], costs


def test_a_page_from_the_snapshot_hardly_asks(cast: Cast, reception: Reception) -> None:
    """Thousands load it within a minute."""
    show(reception, cast, 3)
    address = f"/ru/receptions/{reception.no}/"
    Client().get(address)
    with CaptureQueriesContext(connection) as page:
        Client().get(address)
    assert len(page.captured_queries) <= 5, len(page.captured_queries)
