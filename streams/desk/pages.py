"""The whole page of the desk: its live lists, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streams.desk import forms, frames, window
from streams.desk.cards import CardView
from streams.desk.frames import INBOX, QUEUE, DeskScreen, Head, Row
from streams.desk.seat import Seat
from streams.live.screens import Card, News
from streams.people.models import Unit
from streams.questions.marks import available_tags

SCREEN = DeskScreen()


@dataclass(frozen=True)
class Found:
    """`numbers`: all that fit; `rows` are written out (the open ones stand on the live lists)."""

    numbers: list[int]
    rows: list[Row]
    total: int
    is_cut: bool


def context(
    seat: Seat,
    *,
    card: CardView | None = None,
    search: forms.Search | None = None,
    found: Found | None = None,
) -> dict[str, Any]:
    """The cursor is read before the lists, so that no change falls between page and socket."""
    news = SCREEN.read(seat.reception.pk, None)
    head = next(card.data for card in news.cards if isinstance(card.data, Head))
    return {
        "reception": head.reception,
        "seq": news.seq,
        "head": head,
        "inbox": _rows(news.cards, INBOX),
        "queue": _rows(news.cards, QUEUE),
        "counts": news.counts,
        "window": window.SIZE if _is_cut(news) else None,
        "card": card,
        "search": search or search_form(seat),
        "found": found,
        "user_id": seat.user.pk,
    }


def search_form(seat: Seat, data: Any = None) -> forms.Search:
    root = "/" + seat.reception.unit.path.split("/")[1] + "/"
    districts = [(u.code, u.name) for u in Unit.objects.filter(path__startswith=root)]
    tags = available_tags(seat.reception.unit.path)
    return forms.Search(data, tags=tags, districts=districts)


def _is_cut(news: News) -> bool:
    """More wait than stand on the page."""
    return news.counts["waiting"] > sum(card.id > 0 for card in news.cards) + news.counts["on_air"]


def _rows(cards: Sequence[Card], name: str) -> list[Row]:
    on_list = sorted((card for card in cards if card.list == name), key=lambda card: card.key)
    return [card.data for card in on_list if isinstance(card.data, frames.Row)]
