"""The part of the room's page that is the same for everybody, rendered once for all who load it now.

Three thousand phones open the page within a minute or come back together after a break of the
network; what each gets of its own (form, cookie) is little. A snapshot says its place in the
journal, so a page made from one a second old is brought up to date by the socket.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TypeGuard

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from streams.live.screens import Card
from streams.questions.queries import Equation
from streams.receptions.models import Reception
from streams.room import queries
from streams.room.frames import LIST, SCREEN

# Votes are not in the journal; they may be as old as this on a page just loaded.
_MAX_AGE_S = 2.0
_KEEP = 64


@dataclass(frozen=True)
class Snapshot:
    seq: int
    head: SafeString
    cards: SafeString
    sums: Equation
    # The number before which the earlier questions begin; None where there are none.
    before: int | None
    made_at: float


_kept: OrderedDict[tuple[int, str], Snapshot] = OrderedDict()
_makers: dict[tuple[int, str], Lock] = {}
_lock = Lock()


def of(reception: Reception) -> Snapshot:
    """In the active language; made anew where the journal has grown.

    While one thread makes it, the others show the last one: the socket brings them up to date.
    """
    key = (reception.pk, get_language() or "")
    if _is_fresh(kept := _kept.get(key), reception.last_seq):
        return kept
    with _lock:
        maker = _makers.setdefault(key, Lock())
    if not maker.acquire(blocking=False):
        if _is_fresh(kept := _kept.get(key), 0):
            return kept
        maker.acquire()
    try:
        if not _is_fresh(made := _kept.get(key), reception.last_seq):
            made = _make(reception)
            _keep(key, made)
        return made
    finally:
        maker.release()


def forget(reception_id: int) -> None:
    """Somebody voted by form and is about to look at the result."""
    with _lock:
        for key in [key for key in _kept if key[0] == reception_id]:
            del _kept[key]


def _is_fresh(kept: Snapshot | None, seq: int) -> TypeGuard[Snapshot]:
    if kept is None or kept.seq < seq:
        return False
    return time.monotonic() - kept.made_at < _MAX_AGE_S


def _keep(key: tuple[int, str], made: Snapshot) -> None:
    with _lock:
        _kept[key] = made
        _kept.move_to_end(key)
        while len(_kept) > _KEEP:
            forgotten, _snapshot = _kept.popitem(last=False)
            _makers.pop(forgotten, None)


def _make(reception: Reception) -> Snapshot:
    made_at = time.monotonic()
    news, sums = SCREEN.read_with_sums(reception.pk, None)
    cards = [card for card in news.cards if card.list == LIST]
    return Snapshot(
        seq=news.seq,
        head=_html([card for card in news.cards if card.list != LIST]),
        cards=_html(cards),
        sums=sums,
        before=_before(cards),
        made_at=made_at,
    )


def _html(cards: list[Card]) -> SafeString:
    # Each card is a rendered template, escaped there.
    return mark_safe("".join(SCREEN.html(card) for card in cards))  # noqa: S308


def _before(cards: list[Card]) -> int | None:
    last = min((card.id for card in cards), default=1)
    return last if len(cards) == queries.WINDOW and last > 1 else None
