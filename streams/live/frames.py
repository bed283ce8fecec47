"""Frames: the true state of what changed, as one text for all sockets of a screen and language."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from streams.live.ring import Step
from streams.live.screens import Card, News, Screen

VERSION = 1
RELOAD = '{"reload": true}'


def frame(screen: Screen, news: News, language: str) -> dict[str, Any]:
    """`news` as docs/protocol.md describes a frame. Applying it twice is harmless."""
    with translation.override(language):
        put = [_put(screen, card) for card in news.cards]
    return {
        "v": VERSION,
        "seq": news.seq,
        "put": put,
        "drop": sorted(news.drop),
        "counts": dict(news.counts),
    }


def card(screen: Screen, card: Card) -> str:
    """One card of a frame in the active language, encoded."""
    return encode(_put(screen, card))


def joined(steps: Sequence[Step], language: str, side: str = "") -> str:
    """One frame for all these steps, and with `side` (encoded) for the state beside the journal."""
    cards: dict[int, str] = {}
    drop: set[int] = set()
    for step in steps:
        # Each card once, in the place of its last change.
        for number, text in step.cards[language].items():
            cards.pop(number, None)
            cards[number] = text
        drop = (drop - step.cards[language].keys()) | step.drop
        for number in step.drop:
            cards.pop(number, None)
    return (
        f'{{"v":{VERSION},"seq":{steps[-1].upto},"put":[{",".join(cards.values())}],'
        f'"drop":{encode(sorted(drop))},"counts":{steps[-1].counts}'
        + (f',"side":{side}}}' if side else "}")
    )


def side_frame(seq: int, side: str) -> str:
    """`seq` is the place where the receiver stands: this frame moves nobody. `side` is encoded."""
    return f'{{"v":{VERSION},"seq":{seq},"side":{side}}}'


def encode(message: Mapping[str, Any] | Sequence[Any]) -> str:
    """Raises ValueError for NaN and infinities, which no browser could read."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _put(screen: Screen, card: Card) -> dict[str, Any]:
    return {"id": card.id, "list": card.list, "key": card.key, "html": screen.html(card)}
