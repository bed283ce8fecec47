"""The law of the screen at the desk, for everything that happens; the stamp; the socket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from streams.common import clock
from streams.control import actions as control
from streams.desk.frames import DeskScreen
from streams.desk.rows import state_mark
from streams.people.actors import ASKER
from streams.questions import actions, claims, marks, votes
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move, make_reception
from tests.desk.conftest import sit_down
from tests.law import assert_screen_law

pytestmark = pytest.mark.django_db
SCREEN = DeskScreen()


def fresh(reception: Reception, number: int) -> Question:
    return Question.objects.get(reception=reception, number=number)


def escalate(r: Reception, c: Cast) -> None:
    question = fresh(r, 1)
    control.escalate(
        question.pk,
        promise="До мая.",
        promised_by="С. Омаров",
        owner_name="ОМПС",
        due_on=clock.now().date() + timedelta(days=9),
        by=c.by,
        expect=question.version,
        now=clock.now(),
    )


def undo(r: Reception, c: Cast) -> None:
    question = make_move(fresh(r, 1), Move.ANSWER_TEXT, c.by)
    actions.undo(question.pk, by=c.by, expect=question.version, now=clock.now())


def carry_over(r: Reception, c: Cast) -> None:
    following = make_reception(c, live=False, now=clock.now() + timedelta(days=7))
    receptions.end(r.pk, by=c.by, now=clock.now())
    make_move(fresh(r, 1), Move.CARRY_OVER, c.by, reception=following.no)


def decline(r: Reception, c: Cast) -> None:
    make_move(fresh(r, 1), Move.PROPOSE_DECLINE, c.by)
    make_move(fresh(r, 1), Move.DECLINE, c.by_second)


def edit(r: Reception, c: Cast) -> None:
    question = fresh(r, 1)
    marks.edit_text(question.pk, "Иначе?", by=c.by, expect=question.version, now=clock.now())


def tag(r: Reception, c: Cast) -> None:
    marks.set_tags(fresh(r, 1).pk, ["roads", "noise"], by=c.by, now=clock.now())


def on_air(r: Reception, c: Cast) -> Question:
    return make_move(make_move(fresh(r, 1), Move.QUEUE, c.by), Move.PUT_ON_AIR, c.by)


def later(r: Reception, c: Cast) -> None:
    on_air(r, c)
    make_move(fresh(r, 1), Move.BACK_TO_QUEUE, c.by)


def answer_live(r: Reception, c: Cast) -> None:
    on_air(r, c)
    make_move(fresh(r, 1), Move.ANSWER_LIVE, c.by)


def end_and_seal(r: Reception, c: Cast) -> None:
    from streams.questions.queries import for_seal

    receptions.end(r.pk, by=c.by, now=clock.now())
    for number in (1, 2, 3):
        make_move(fresh(r, number), Move.ANSWER_TEXT, c.by)
    receptions.seal(r.pk, by=c.by, now=clock.now(), count=for_seal)


ACTIONS: dict[str, Callable[[Reception, Cast], object]] = {
    "receive": lambda r, c: ask(r),
    "approve": lambda r, c: make_move(fresh(r, 1), Move.APPROVE, c.by),
    "queue": lambda r, c: make_move(fresh(r, 1), Move.QUEUE, c.by),
    "queue first": lambda r, c: make_move(fresh(r, 1), Move.QUEUE, c.by, first=True),
    "unqueue": lambda r, c: make_move(fresh(r, 2), Move.UNQUEUE, c.by),
    "on air": on_air,
    "later": later,
    "answer live": answer_live,
    "answer text": lambda r, c: make_move(fresh(r, 1), Move.ANSWER_TEXT, c.by),
    "escalate": escalate,
    "forward": lambda r, c: make_move(fresh(r, 1), Move.FORWARD, c.by),
    "propose": lambda r, c: make_move(fresh(r, 1), Move.PROPOSE_DECLINE, c.by),
    "decline": decline,
    "refuse": lambda r, c: (
        make_move(fresh(r, 1), Move.PROPOSE_DECLINE, c.by),
        make_move(fresh(r, 1), Move.REFUSE_DECLINE, c.by_second),
    ),
    "merge": lambda r, c: make_move(fresh(r, 1), Move.MERGE, c.by, target=2),
    "withdraw": lambda r, c: make_move(fresh(r, 1), Move.WITHDRAW, ASKER),
    "carry over": carry_over,
    "set aside": lambda r, c: make_move(fresh(r, 1), Move.SET_ASIDE, c.by),
    "reopen": lambda r, c: (
        make_move(fresh(r, 1), Move.ANSWER_TEXT, c.by),
        make_move(fresh(r, 1), Move.REOPEN, c.by),
    ),
    "undo": undo,
    "edit": edit,
    "tag": tag,
    "pause": lambda r, c: receptions.pause(r.pk, by=c.by, now=clock.now()),
    "end": lambda r, c: receptions.end(r.pk, by=c.by, now=clock.now()),
    "end and seal": end_and_seal,
}


@pytest.mark.parametrize(
    ("name", "language"),
    [*((name, "ru") for name in ACTIONS), ("later", "kk"), ("decline", "kk"), ("end", "en")],
)
def test_old_page_and_frames_are_the_fresh_page(
    reception: Reception, cast: Cast, name: str, language: str
) -> None:
    ask(reception, "Когда починят дорогу?", name="Айгүл", district="TAU")
    make_move(ask(reception, "Қашан жөндейді?"), Move.QUEUE, cast.by)
    make_move(ask(reception, "Третий?"), Move.APPROVE, cast.by)
    desk = sit_down(cast.moderator, reception, language)
    assert_screen_law(
        desk.client,
        desk.address(),
        "desk",
        reception,
        lambda: ACTIONS[name](reception, cast),
        language=language,
    )


def test_a_merger_changes_the_row_it_points_to(reception: Reception, cast: Cast) -> None:
    """The pointed-to row says how often it was asked; the journal speaks of the merged one only."""
    first, second = ask(reception), ask(reception)
    desk = sit_down(cast.moderator, reception)
    assert_screen_law(
        desk.client,
        desk.address(),
        "desk",
        reception,
        lambda: make_move(second, Move.MERGE, cast.by, target=first.number),
        language="en",
    )
    desk_page = desk.get().content.decode()
    assert "asked 1 more time" in desk_page


def row_html(reception: Reception, number: int) -> str:
    news = SCREEN.read(reception.pk, frozenset({number}))
    card = next(card for card in news.cards if card.id == number)
    with translation.override("en"):
        return SCREEN.html(card)


def test_a_row_that_leaves_is_stamped_with_who_and_what(reception: Reception, cast: Cast) -> None:
    first, second = ask(reception), ask(reception)
    assert 'class="stamp"' not in row_html(reception, 1)
    make_move(first, Move.FORWARD, cast.by_second)
    html = row_html(reception, 1)
    assert "Forwarded · Болат Ким" in html
    assert f'data-undo-of="{cast.second_moderator.pk}"' in html
    make_move(second, Move.WITHDRAW, ASKER)
    html = row_html(reception, 2)
    assert "Withdrawn by the asker · the asker" in html
    assert "data-undo-of" not in html


def test_reading_costs_the_same_for_one_and_three(reception: Reception, cast: Cast) -> None:
    def cost(numbers: frozenset[int] | None) -> int:
        with CaptureQueriesContext(connection) as queries:
            for card in SCREEN.read(reception.pk, numbers).cards:
                SCREEN.html(card)
        return len(queries)

    for _ in range(3):
        question = ask(reception)
        marks.set_tags(question.pk, ["roads"], by=cast.by, now=clock.now())
        make_move(question, Move.PROPOSE_DECLINE, cast.by)
        make_move(ask(reception), Move.FORWARD, cast.by)
    assert cost(frozenset({1, 2})) == cost(frozenset(range(1, 7)))
    make_move(fresh(reception, 1), Move.APPROVE, cast.by)
    everything = cost(None)
    ask(reception)
    ask(reception)
    assert cost(None) == everything


def test_the_small_state_holds_votes_and_claims(reception: Reception, cast: Cast) -> None:
    one, two = make_move(ask(reception), Move.APPROVE, cast.by), ask(reception)
    votes.vote_many(reception.pk, [(1, "a"), (1, "b")])
    now = clock.now()
    claims.claim(two.pk, by=cast.by_second, now=now)
    held = {"holder": cast.second_moderator.pk, "initials": "БК", "since": clock.stamp(now)}
    quiet: dict[str, object] = {
        "people": [], "note": None, "sources": {}, "told": {}, "unsent": {},
    }  # fmt: skip
    side = SCREEN.side(reception.pk)
    assert side.pop("pace")
    assert side == {"votes": {"1": 2}, "claims": {"2": held}} | quiet
    make_move(one, Move.ANSWER_TEXT, cast.by)
    make_move(two, Move.ANSWER_TEXT, cast.by)
    side = SCREEN.side(reception.pk)
    assert side.pop("pace")
    assert side == {"votes": {}, "claims": {}} | quiet


def test_a_row_tells_when_it_changes(reception: Reception, cast: Cast) -> None:
    question = ask(reception)
    before = state_mark(question)
    marks.set_tags(question.pk, ["roads"], by=cast.by, now=clock.now())
    tagged = state_mark(fresh(reception, 1))
    approved = state_mark(make_move(question, Move.APPROVE, cast.by))
    assert len({before, tagged, approved}) == 3


def test_nothing_of_one_viewer_is_in_a_frame(reception: Reception, cast: Cast) -> None:
    ask(reception, contact="+7 701 000 00 00")
    page = Client()
    page.force_login(cast.moderator, backend="django.contrib.auth.backends.ModelBackend")
    news = SCREEN.read(reception.pk, None)
    html = "".join(SCREEN.html(card) for card in news.cards)
    assert "csrf" not in html
    assert "701 000" not in html
