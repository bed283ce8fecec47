"""The whole page of the desk: its live lists, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from streams.common import clock
from streams.desk import bulk, forms, key_words, keys, window
from streams.desk.cards import CardView
from streams.desk.entry import EntryForm
from streams.desk.frames import DeskScreen
from streams.desk.head import Head
from streams.desk.keymap import KeyMap
from streams.desk.moves import KEYS, Action
from streams.desk.rows import INBOX, QUEUE, QUICK, URGENT, Row
from streams.desk.seat import Seat
from streams.live.screens import Card, News
from streams.questions import labels, reasons
from streams.questions.marks import available_tags
from streams.questions.reasons import Reasons
from streams.questions.rules import Move
from streams.receptions import notes
from streams.sources import queries as sources

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
    names = seat.districts()
    mine = keys.of(seat.user)
    known = reasons.of(seat.reception.unit)
    news = SCREEN.read(seat.reception.pk, None)
    head = next(card.data for card in news.cards if isinstance(card.data, Head))
    return {
        "reception": head.reception,
        "seq": news.seq,
        "head": head,
        "urgent": _rows(news.cards, URGENT),
        "inbox": _rows(news.cards, INBOX),
        "queue": _rows(news.cards, QUEUE),
        "counts": news.counts,
        "window": window.SIZE,
        "is_cut": _is_cut(news),
        "known": known,
        "card": card,
        "search": search or search_form(seat, names=names, known=known),
        "found": found,
        "entry_form": EntryForm(districts=names),
        "pulses": sources.pulses(sources.feeding(seat.reception), clock.now()),
        "user_id": seat.user.pk,
        "idle_minutes": settings.DESK_IDLE_MINUTES,
        "note": notes.last(seat.reception.pk),
        "key_groups": key_words.rows(KeyMap()),
        "bulk": bulk.choices(seat, names),
        "moved_keys": {"moved": mine.moved(), "characters": mine.characters},
        "move_words": {move.value: str(words) for move, words in labels.MOVES.items()},
        "aside_reasons": dict(known.offered(reasons.Kind.ASIDE)),
        "offline_steps": [
            Action(move, KEYS[move], "") for move in QUICK if move is not Move.SET_ASIDE
        ],
    }


def search_form(
    seat: Seat,
    data: Any = None,
    *,
    names: list[tuple[str, str]] | None = None,
    known: Reasons | None = None,
) -> forms.Search:
    unit = seat.reception.unit
    return forms.Search(
        data,
        tags=available_tags(unit.path),
        districts=names or seat.districts(),
        known=known or reasons.of(unit),
    )


def _is_cut(news: News) -> bool:
    """More may wait than stand on the page. The desk's script goes by the same counts."""
    return max(news.counts["new"], news.counts["approved"]) > window.SIZE


def _rows(cards: Sequence[Card], name: str) -> list[Row]:
    on_list = sorted((card for card in cards if card.list == name), key=lambda card: card.key)
    return [card.data for card in on_list if isinstance(card.data, Row)]
