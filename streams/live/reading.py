"""One read of what is new, and its renderings: the blocking half of the hub."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import structlog
from django.db import InterfaceError, OperationalError

from streams.live import frames, inbound
from streams.live.screens import News, Screen
from streams.receptions import journal
from streams.receptions.models import Reception

log = structlog.get_logger(__name__)
# Further behind than this, a fresh page is cheaper than the way there.
FARTHEST = 500
# The database is away: nothing is wrong with what was read, so nothing may be skipped.
AWAY = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Text:
    text: str
    bytes: int


@dataclass(frozen=True)
class Outcome:
    """The journal's `head`; `frames` by language bring a page to it. `stale`: no frame can."""

    head: int
    frames: dict[str, Text]
    stale: bool = False


def text_of(text: str) -> Text:
    return Text(text, inbound.size(text))


def since(screen: Screen, reception_id: int, cursor: int, languages: Collection[str]) -> Outcome:
    """What a page at `cursor` lacks."""
    head = Reception.objects.values_list("last_seq", flat=True).get(pk=reception_id)
    if head == cursor:
        return Outcome(head, {})
    if not 0 < head - cursor <= FARTHEST:
        return Outcome(head, {}, stale=True)
    # The frame claims no more than the entries looked at: what is committed meanwhile may show in
    # the cards already, and comes again with the next frame.
    seq, numbers = journal.changed(reception_id, cursor)
    news = replace(_read(screen, reception_id, numbers), seq=seq)
    return Outcome(seq, {code: text_of(_encoded(screen, news, code)) for code in languages})


def side(screen: Screen, reception_id: int) -> str:
    """The state beside the journal, encoded; empty where the screen can't tell."""
    try:
        return frames.encode(screen.side(reception_id))
    except AWAY:
        raise
    except Exception:
        log.exception("live.poison", screen=screen.name, reception=reception_id)
        return "{}"


def heads(reception_ids: Collection[int]) -> dict[int, int]:
    """The newest seq of each of these receptions. One query."""
    rows = Reception.objects.filter(pk__in=reception_ids).values_list("pk", "last_seq")
    return dict(rows.order_by())


def _read(screen: Screen, reception_id: int, numbers: frozenset[int]) -> News:
    try:
        return screen.read(reception_id, numbers)
    except AWAY:
        raise
    except Exception:
        log.exception("live.poison", screen=screen.name, reception=reception_id)
    parts = [_read_one(screen, reception_id, number) for number in sorted(numbers)]
    return _together([part for part in parts if part is not None])


def _read_one(screen: Screen, reception_id: int, number: int) -> News | None:
    try:
        return screen.read(reception_id, frozenset({number}))
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 -- one bad question must not stop the others
        log.error(
            "live.skipped",
            screen=screen.name,
            reception=reception_id,
            question=number,
            error=type(error).__name__,
        )
        return None


def _together(parts: Sequence[News]) -> News:
    cards = {card.id: card for part in parts for card in part.cards}
    drop = {number for part in parts for number in part.drop} - cards.keys()
    return News(0, list(cards.values()), drop, parts[-1].counts if parts else {})


def _encoded(screen: Screen, news: News, language: str) -> str:
    try:
        return frames.encode(frames.frame(screen, news, language))
    except AWAY:
        raise
    except Exception:
        log.exception("live.poison", screen=screen.name, language=language)
    sound = [card for card in news.cards if _renders(screen, news, card.id, language)]
    counts = news.counts if _renders(screen, news, None, language) else {}
    return frames.encode(frames.frame(screen, replace(news, cards=sound, counts=counts), language))


def _renders(screen: Screen, news: News, card_id: int | None, language: str) -> bool:
    """Whether this card alone (with None: the counters alone) makes a frame."""
    cards = [card for card in news.cards if card.id == card_id]
    counts = news.counts if card_id is None else {}
    try:
        frames.encode(frames.frame(screen, replace(news, cards=cards, counts=counts), language))
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 -- one bad card must not stop the others
        log.error("live.skipped", screen=screen.name, card=card_id, error=type(error).__name__)
        return False
    return True
