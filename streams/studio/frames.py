"""The studio's screen for the hub: one head card, which is the whole of it."""

from __future__ import annotations

from django.template.loader import render_to_string

from streams.live.screens import Card, News
from streams.receptions import notes
from streams.studio import queries

HEAD = 0


class StudioScreen:
    name = "studio"
    tick_s = 0.0

    def read(self, reception_id: int, numbers: frozenset[int] | None) -> News:
        """The same for every change: what is on air, what is next, the sums."""
        air = queries.air(reception_id)
        card = Card(HEAD, "head", "", air)
        return News(air.reception.last_seq, [card], frozenset(), air.sums.counts())

    def html(self, card: Card) -> str:
        return render_to_string("parts/studio_head.html", {"air": card.data})

    def side(self, reception_id: int) -> dict[str, object]:
        """Word from the desk; neither votes nor claims concern the chief on air."""
        return {"note": notes.told(notes.last(reception_id))}


SCREEN = StudioScreen()
