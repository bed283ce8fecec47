"""The desk of a standing register: no air, the clock on every row, and a window over thousands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from streams.common import clock
from streams.desk import window
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import standing
from streams.receptions.models import Reception, Standing
from tests.cast import Cast, ask, make_move
from tests.desk.conftest import sit_down
from tests.law import assert_screen_law

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(cast: Cast) -> Reception:
    Standing.objects.create(unit=cast.district, host_name=cast.chief.full_name)
    found = standing.current(cast.district, now=clock.now())
    assert found is not None
    return found


def test_the_page_speaks_of_no_air(cast: Cast, register: Reception) -> None:
    question = ask(register)
    desk = sit_down(cast.moderator, register)
    page = desk.get().content.decode()
    assert "rail__now" not in page
    assert 'data-list="queue"' not in page
    assert f"/studio/{register.no}/" not in page
    card = desk.card(question)
    assert 'id="open-answer_text"' in card
    for move in (Move.QUEUE, Move.PUT_ON_AIR, Move.ANSWER_LIVE):
        assert f'value="{move.value}"' not in card
    assert "How this day was counted" in card


def test_nobody_opens_or_ends_a_register_by_hand(cast: Cast, register: Reception) -> None:
    desk = sit_down(cast.moderator, register)
    for step in ("pause", "end", "seal"):
        assert desk.post("state/", {"step": step}).status_code == 409
    register.refresh_from_db()
    assert register.state == "live"


def test_there_is_no_studio(cast: Cast, register: Reception) -> None:
    desk = sit_down(cast.chief, register)
    assert desk.client.get(f"/studio/{register.no}/").status_code == 404


def test_an_answer_in_writing_closes(cast: Cast, register: Reception) -> None:
    question = ask(register)
    desk = sit_down(cast.moderator, register)
    response = desk.move(question, Move.ANSWER_TEXT, text="Во вторник.", language="ru")
    assert response.status_code == 200
    question.refresh_from_db()
    assert question.bucket == "answered_text"


def test_rows_say_when_they_are_due(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = datetime(2026, 11, 2, 5, tzinfo=UTC)
    Standing.objects.create(unit=cast.district, host_name=cast.chief.full_name)
    register = standing.current(cast.district, now=begin)
    assert register is not None
    ask(register)
    monkeypatch.setattr(clock, "now", lambda: begin + timedelta(days=200))
    desk = sit_down(cast.moderator, register)
    # Received on the real day of this run, which lies before: overdue by then, whatever the day.
    assert "overdue by" in desk.get().content.decode()
    found = desk.get("search/", {"overdue": "on"}, quick=True).content.decode()
    assert 'data-numbers="1"' in found


ACTIONS: dict[str, Callable[[Reception, Cast], object]] = {
    "one more": lambda r, c: ask(r, "Ещё вопрос?"),
    "the oldest closes": lambda r, c: make_move(_q(r, 1), Move.ANSWER_TEXT, c.by),
    "two close": lambda r, c: [make_move(_q(r, n), Move.ANSWER_TEXT, c.by) for n in (2, 4)],
    "one beyond closes": lambda r, c: make_move(_q(r, 8), Move.ANSWER_TEXT, c.by),
    "one beyond is approved": lambda r, c: make_move(_q(r, 7), Move.APPROVE, c.by),
    "closed and back": lambda r, c: _reopen(r, c),
    "one closes, one comes": lambda r, c: [
        make_move(_q(r, 3), Move.SET_ASIDE, c.by),
        ask(r, "Ещё вопрос?"),
    ],
    "all but two close": lambda r, c: [
        make_move(_q(r, n), Move.ANSWER_TEXT, c.by) for n in range(1, 8)
    ],
}


@pytest.mark.parametrize("name", ACTIONS)
def test_the_law_holds_at_the_edge_of_the_window(
    cast: Cast, register: Reception, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(window, "SIZE", 4)
    for n in range(9):
        ask(register, f"Вопрос {n}?")
    desk = sit_down(cast.moderator, register)
    page = desk.get().content.decode()
    assert page.count('class="question row"') == 4
    assert_screen_law(
        desk.client,
        f"/desk/{register.no}/",
        "desk",
        register,
        lambda: ACTIONS[name](register, cast),
        language="en",
    )


def test_search_finds_those_beyond(
    cast: Cast, register: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window, "SIZE", 2)
    for n in range(5):
        ask(register, f"Вопрос о дороге {n}?")
    desk = sit_down(cast.moderator, register)
    found = desk.get("search/", {"q": "дороге 4"}, quick=True).content.decode()
    assert 'id="question-5"' in found


def _q(reception: Reception, number: int) -> Question:
    return Question.objects.get(reception=reception, number=number)


def _reopen(reception: Reception, cast: Cast) -> None:
    make_move(_q(reception, 1), Move.ANSWER_TEXT, cast.by)
    make_move(_q(reception, 1), Move.REOPEN, cast.by)
