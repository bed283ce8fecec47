"""The head and the forms of a card are written once for all who see the same, and anew when they show anything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from streams.common import clock
from streams.desk import cards, moves, seat
from streams.desk.frames import DeskScreen
from streams.desk.head import Head
from streams.people.models import Unit
from streams.questions import drafts, marks
from streams.questions.models import Question, Reason
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move

pytestmark = pytest.mark.django_db


def head(reception: Reception, language: str = "ru") -> str:
    news = DeskScreen().read(reception.pk, frozenset())
    shown = news.cards[0].data
    assert isinstance(shown, Head)
    with translation.override(language):
        assert shown.html == render_to_string("parts/desk_head.html", {"head": shown})
        return shown.html


CHANGES: dict[str, Callable[[Question, Cast], object]] = {
    "title": lambda q, c: Reception.objects.update(title="Дороги"),
    "unit's name": lambda q, c: Unit.objects.update(name_ru="Иначе"),
    "text": lambda q, c: Question.objects.filter(pk=q.pk).update(public_text="Иначе?"),
    "cue": lambda q, c: marks.set_cue(q.pk, "Статья 5", by=c.by, now=clock.now()),
    "draft": lambda q, c: drafts.keep(q.pk, "Да.", "ru", for_chief=False, by=c.by, now=clock.now()),
    "next": lambda q, c: make_move(ask(q.reception), Move.QUEUE, c.by),
    "back": lambda q, c: make_move(q, Move.BACK_TO_QUEUE, c.by),
    "pause": lambda q, c: receptions.pause(q.reception_id, by=c.by, now=clock.now()),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_head_shows_is_never_old(reception: Reception, cast: Cast, what: str) -> None:
    question = make_move(ask(reception), Move.QUEUE, cast.by)
    make_move(question, Move.PUT_ON_AIR, cast.by)
    before = head(reception)
    CHANGES[what](question, cast)
    assert head(reception) != before


def test_a_step_that_changes_nothing_of_it_writes_it_no_more(
    reception: Reception, cast: Cast
) -> None:
    question = ask(reception)
    before = head(reception)
    make_move(question, Move.APPROVE, cast.by)
    assert head(reception) is before
    assert head(reception, "kk") != before


def forms(reception: Reception, cast: Cast, number: int) -> dict[Move, str]:
    mine = seat.take(cast.moderator, reception.no)
    with translation.override("ru"):
        view = cards.build(mine, mine.full(number), now=clock.now())
        return {one.move: one.written for one in view.openers if one.written is not None}


def test_a_form_that_doesnt_tell_of_its_question_is_written_once(
    reception: Reception, cast: Cast
) -> None:
    first, second = (forms(reception, cast, ask(reception).number) for _ in range(2))
    assert {Move.FORWARD, Move.ESCALATE, Move.SET_ASIDE, Move.PROPOSE_DECLINE} <= first.keys()
    assert all(first[move] is second[move] for move in first)


@pytest.mark.parametrize(
    ("move", "change"),
    [
        (Move.PROPOSE_DECLINE, lambda: Reason.objects.update(text_ru="Иначе")),
        (Move.SET_ASIDE, lambda: Reason.objects.update(text_ru="Иначе")),
        (Move.ESCALATE, lambda: Reception.objects.update(host_name="Другой")),
    ],
)
def test_what_a_form_shows_is_never_old(
    reception: Reception, cast: Cast, move: Move, change: Callable[[], object]
) -> None:
    for kind in Reason.Kind:
        Reason.objects.create(unit=reception.unit, kind=kind, code="own", text_ru="Своя причина")
    number = ask(reception).number
    before = forms(reception, cast, number)[move]
    change()
    shown = forms(reception, cast, number)[move]
    assert shown != before
    moves._written.cache_clear()
    assert forms(reception, cast, number)[move] == shown
