"""The room's screen for the hub: what its page shows, and the cards that changed since."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.translation import get_language

from streams.common import clock
from streams.live.screens import Card, News
from streams.people.models import Unit
from streams.questions import queries as questions
from streams.questions.models import Question
from streams.questions.queries import Equation
from streams.receptions import lookup
from streams.receptions.models import Reception
from streams.room import changes, queries
from streams.room.queries import Head, Shown

HEAD = 0
LIST = "questions"
_INDENTATION = re.compile(r"\n[ \t]+")
# Stands for the number in a mould: as long as a key, and in nothing else that such a card shows.
_GAP = 9_876_543
_BETWEEN_TAGS = re.compile(r">\n+<")


class RoomScreen:
    name = "room"
    # At most ten frames a second, however fast questions come in.
    tick_s = 0.1

    def read(self, reception_id: int, numbers: frozenset[int] | None) -> News:
        """The head, the sums and the questions of `numbers`; None: the newest WINDOW."""
        return self.read_with_sums(reception_id, numbers)[0]

    def read_with_sums(
        self, reception_id: int, numbers: frozenset[int] | None
    ) -> tuple[News, Equation]:
        # First the place in the journal, then what it speaks of: what commits in between is shown
        # twice, never missed.
        reception = lookup.by_key(reception_id)
        if numbers is None:
            head = queries.head(reception, clock.now())
            listed = queries.newest(reception_id)
        else:
            head, listed = changes.changed(reception, numbers, clock.now())
        cards = [Card(HEAD, "head", "", head), *map(card_of, listed)]
        sums = questions.equation(reception_id)
        return News(reception.last_seq, cards, (), sums.counts()), sums

    def html(self, card: Card) -> str:
        if isinstance(card.data, Head):
            return _slim(render_to_string("parts/room_head.html", {"head": card.data}))
        shown: Shown = card.data  # type: ignore[assignment]
        if shown.is_bare:
            return _bare_html(shown.question)
        return _question_html(shown)

    def side(self, reception_id: int) -> dict[str, object]:
        return {"votes": queries.open_votes(reception_id)}


def _question_html(shown: Shown) -> str:
    return _slim(render_to_string("parts/room_question.html", {"shown": shown}))


def _bare_html(question: Question) -> str:
    """In a flood nearly all cards: those of one batch differ by their number and nothing else."""
    reception = question.reception
    mould = _mould(
        get_language() or "", reception.kind, reception.unit.timezone, question.received_at
    )
    key = mould.replace(f'data-key="{_GAP}"', f'data-key="{question.number:07d}"')
    return key.replace(str(_GAP), str(question.number))


@lru_cache(maxsize=64)
def _mould(language: str, kind: str, timezone: str, received_at: datetime) -> str:
    """`language` is the active one."""
    reception = Reception(kind=kind, unit=Unit(timezone=timezone))
    question = Question(reception=reception, number=_GAP, received_at=received_at)
    return _question_html(Shown(question))


def _slim(html: str) -> str:
    """Without the templates' indentation, which would travel to thousands of phones.

    Line breaks of texts stay: they hold no mark-up, so nothing between two tags is theirs.
    """
    return _BETWEEN_TAGS.sub("> <", _INDENTATION.sub("\n", html)).strip()


def card_of(shown: Shown) -> Card:
    number = shown.question.number
    # Keys are compared as strings.
    return Card(number, LIST, f"{number:07d}", shown)


SCREEN = RoomScreen()
