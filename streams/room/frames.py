"""The room's screen for the hub: what its page shows, and the cards that changed since."""

from __future__ import annotations

import re

from django.template.loader import render_to_string

from streams.common import clock
from streams.live.screens import Card, News
from streams.questions import queries as questions
from streams.questions.queries import Equation
from streams.receptions import lookup
from streams.receptions import queries as receptions
from streams.room import changes, queries
from streams.room.queries import Head, Shown

HEAD = 0
LIST = "questions"
_INDENTATION = re.compile(r"\n[ \t]+")
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
        return _slim(render_to_string("parts/room_question.html", {"shown": card.data}))

    def side(self, reception_id: int) -> dict[str, object]:
        last = receptions.receptions().values_list("last_number", flat=True).get(pk=reception_id)
        return {"votes": queries.open_votes(reception_id, last)}


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
