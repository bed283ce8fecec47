"""Frames: the true state of what changed, as one text for all sockets of a screen and language."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils import translation

from streams.live.screens import News, Screen

VERSION = 1
RELOAD = '{"reload": true}'


def frame(screen: Screen, news: News, language: str) -> dict[str, Any]:
    """`news` as docs/protocol.md describes a frame. Applying it twice is harmless."""
    with translation.override(language):
        put = [
            {"id": card.id, "list": card.list, "key": card.key, "html": screen.html(card)}
            for card in news.cards
        ]
    return {
        "v": VERSION,
        "seq": news.seq,
        "put": put,
        "drop": sorted(news.drop),
        "counts": dict(news.counts),
    }


def side_frame(seq: int, side: str) -> str:
    """`seq` is the place where the receiver stands: this frame moves nobody. `side` is encoded."""
    return f'{{"v":{VERSION},"seq":{seq},"side":{side}}}'


def encode(message: Mapping[str, Any]) -> str:
    """Raises ValueError for NaN and infinities, which no browser could read."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
