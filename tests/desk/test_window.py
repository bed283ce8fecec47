"""A flood at the desk of a broadcast: a window for each kind, and nothing read that nobody sees."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from streams.common import clock
from streams.desk import window
from streams.desk.frames import DeskScreen
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move
from tests.desk.conftest import sit_down
from tests.law import assert_screen_law, load

pytestmark = pytest.mark.django_db
SCREEN = DeskScreen()
SIZE = 3


@pytest.fixture
def crowd(reception: Reception, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Reception:
    """1 to 7 are new, 8 to 12 approved, 13 is queued: two kinds are cut."""
    monkeypatch.setattr(window, "SIZE", SIZE)
    for n in range(13):
        ask(reception, f"Вопрос {n}?")
    for number in range(8, 14):
        make_move(_q(reception, number), Move.APPROVE, cast.by)
    make_move(_q(reception, 13), Move.QUEUE, cast.by)
    return reception


def _q(reception: Reception, number: int) -> Question:
    return Question.objects.get(reception=reception, number=number)


def _urgent(reception: Reception, cast: Cast, number: int, reason: str) -> None:
    marks.set_urgent(_q(reception, number).pk, reason, by=cast.by, now=clock.now())


def _many_urgent(reception: Reception, cast: Cast) -> None:
    for number in (7, 2, 8, 10, 3):
        _urgent(reception, cast, number, "by_hand")


def _fewer_urgent(reception: Reception, cast: Cast) -> None:
    _many_urgent(reception, cast)
    _urgent(reception, cast, 2, "")


ACTIONS: dict[str, Callable[[Reception, Cast], object]] = {
    "more come in": lambda r, c: [ask(r, f"Ещё {n}?") for n in range(4)],
    "an urgent one comes in": lambda r, c: ask(r, "Меня убивают, помогите!"),
    "the oldest is approved": lambda r, c: make_move(_q(r, 1), Move.APPROVE, c.by),
    "one beyond is approved": lambda r, c: make_move(_q(r, 6), Move.APPROVE, c.by),
    "two of two kinds are queued": lambda r, c: [
        make_move(_q(r, 2), Move.QUEUE, c.by),
        make_move(_q(r, 9), Move.QUEUE, c.by),
    ],
    "one comes back from the queue": lambda r, c: make_move(_q(r, 13), Move.UNQUEUE, c.by),
    "one beyond is urgent": lambda r, c: _urgent(r, c, 7, "by_hand"),
    "more are urgent than fit": _many_urgent,
    "one is urgent no more": lambda r, c: _fewer_urgent(r, c),
    "all but two close": lambda r, c: [
        make_move(_q(r, n), Move.ANSWER_TEXT, c.by) for n in range(1, 12)
    ],
    "one closes, one comes": lambda r, c: [
        make_move(_q(r, 3), Move.SET_ASIDE, c.by),
        ask(r, "Ещё один?"),
    ],
}


@pytest.mark.parametrize("name", ACTIONS)
def test_the_law_holds_at_the_edges(cast: Cast, crowd: Reception, name: str) -> None:
    desk = sit_down(cast.moderator, crowd)
    assert_screen_law(
        desk.client,
        desk.address(),
        "desk",
        crowd,
        lambda: ACTIONS[name](crowd, cast),
        language="en",
    )


def test_of_each_kind_the_oldest_stand_on_the_page(cast: Cast, crowd: Reception) -> None:
    _many_urgent(crowd, cast)
    desk = sit_down(cast.moderator, crowd)
    lists = load(desk.client, desk.address()).lists
    shown = {name: [int(number) for number, _key, _html in cards] for name, cards in lists.items()}
    assert shown["urgent"] == [2, 3, 7]
    assert shown["inbox"] == [1, 4, 5, 9, 11, 12]
    assert shown["queue"] == [13]
    assert 'data-cut-at="3" >' in desk.get().content.decode()


def test_search_finds_those_beyond(cast: Cast, crowd: Reception) -> None:
    desk = sit_down(cast.moderator, crowd)
    found = desk.get("search/", {"q": "вопрос"}, quick=True).content.decode()
    rows = [number for number in range(1, 14) if f'id="question-{number}"' in found]
    assert rows == [4, 5, 6, 7, 11, 12]


@pytest.mark.parametrize("count", [1, 3])
def test_what_comes_in_beyond_the_window_is_nobodys_card(crowd: Reception, count: int) -> None:
    arrived = frozenset(ask(crowd, f"Ещё {n}?").number for n in range(count))
    news = SCREEN.read(crowd.pk, arrived)
    assert [card.id for card in news.cards] == [0]
    assert news.counts["new"] == 7 + count
