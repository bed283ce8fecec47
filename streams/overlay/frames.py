"""The overlay as a live screen: one card with the question on air, and how it is to be shown."""

from __future__ import annotations

from django.template.loader import render_to_string

from streams.live.screens import Card, News
from streams.overlay import queries

HEAD = 0


class OverlayScreen:
    name = "overlay"
    tick_s = 0.0

    def read(self, reception_id: int, numbers: frozenset[int] | None) -> News:
        now = queries.now(reception_id)
        return News(now.reception.last_seq, [Card(HEAD, "head", "", now)], frozenset(), {})

    def html(self, card: Card) -> str:
        return render_to_string("parts/overlay_now.html", {"now": card.data})

    def side(self, reception_id: int) -> dict[str, object]:
        return {"overlay": queries.setting(queries.of(reception_id))}


SCREEN = OverlayScreen()
