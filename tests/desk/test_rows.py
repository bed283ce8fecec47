"""A row's HTML is written once for all who see the same, and anew when it shows anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields

import pytest
from django.conf import settings
from django.utils import translation

from streams.common import clock
from streams.desk.frames import DeskScreen
from streams.desk.rows import Face, Row, written
from streams.people.models import Unit, User
from streams.questions import drafts, marks, votes
from streams.questions.models import Question, Tag
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move

pytestmark = pytest.mark.django_db


def html(reception: Reception, language: str = "ru") -> str:
    """Of the first question."""
    news = DeskScreen().read(reception.pk, frozenset({1}))
    (row,) = (card.data for card in news.cards if card.id == 1)
    assert isinstance(row, Row)
    with translation.override(language):
        return row.html


def test_it_is_written_once_for_each_language(reception: Reception) -> None:
    ask(reception)
    written.cache_clear()
    first, again, kazakh = html(reception), html(reception), html(reception, "kk")
    assert first is again
    assert first != kazakh
    assert written.cache_info().misses == 2


# Most of these leave the question's version as it is.
CHANGES: dict[str, Callable[[Question, Cast], object]] = {
    "vote": lambda q, c: votes.vote_many(q.reception_id, [(1, "a")]),
    "tags": lambda q, c: marks.set_tags(q.pk, ["noise"], by=c.by, now=clock.now()),
    "cue": lambda q, c: marks.set_cue(q.pk, "Статья 5", by=c.by, now=clock.now()),
    "draft": lambda q, c: drafts.keep(q.pk, "Да.", "ru", for_chief=False, by=c.by, now=clock.now()),
    "language": lambda q, c: marks.set_language(q.pk, "kk", by=c.by, now=clock.now()),
    "urgent": lambda q, c: marks.set_urgent(q.pk, "by_hand", by=c.by, now=clock.now()),
    "text": lambda q, c: marks.edit_text(q.pk, "Иначе?", by=c.by, expect=3, now=clock.now()),
    "refusal": lambda q, c: make_move(q, Move.REFUSE_DECLINE, c.by),
    "queue": lambda q, c: make_move(q, Move.QUEUE, c.by),
    "one more asks": lambda q, c: make_move(ask(q.reception), Move.MERGE, c.by, target=1),
    "district's name": lambda q, c: Unit.objects.filter(code="KOL").update(name_ru="Иначе"),
    "tag's name": lambda q, c: Tag.objects.update(name_ru="Иначе"),
    "colleague's name": lambda q, c: User.objects.update(full_name="Иначе"),
    "unit's zone": lambda q, c: Unit.objects.update(timezone="Europe/Paris"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_it_shows_is_never_old(reception: Reception, cast: Cast, what: str) -> None:
    question = ask(reception, district="KOL")
    marks.set_tags(question.pk, ["roads"], by=cast.by, now=clock.now())
    make_move(question, Move.APPROVE, cast.by)
    make_move(question, Move.PROPOSE_DECLINE, cast.by)
    before = html(reception)
    CHANGES[what](question, cast)
    shown = html(reception)
    assert shown != before
    written.cache_clear()
    assert html(reception) == shown


@pytest.mark.parametrize("part", ["desk_row.html", "desk_row_place.html"])
def test_its_template_asks_for_nothing_beside_the_face(part: str) -> None:
    text = (settings.BASE_DIR / "templates/parts" / part).read_text()
    assert set(re.findall(r"\brow\.(\w+)", text)) <= {field.name for field in fields(Face)}
