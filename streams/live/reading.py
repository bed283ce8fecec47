"""One read of what is new, and its renderings: the blocking half of the hub."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog
from django.db import InterfaceError, OperationalError
from django.utils import translation

from streams.common import sql
from streams.common.precedence import STAFF
from streams.live import frames
from streams.live.parcel import Parcel
from streams.live.ring import Step
from streams.live.screens import News, Screen
from streams.receptions import journal
from streams.receptions.models import Reception

log = structlog.get_logger(__name__)
# Further behind than this, a fresh page is cheaper than the way there.
FARTHEST = 2000
# Who was with us a moment ago and is overtaken by a flood gets it in steps of FARTHEST, up to here.
FARTHEST_LIVE = 5 * FARTHEST
# A frame for viewers, and one of more cards, lets requests of staff go by, and for so long at most.
CARDS_AT_ONCE, GIVE_WAY_S = 25, 0.05
# The database is away: nothing is wrong with what was read, so nothing may be skipped.
AWAY = (OperationalError, InterfaceError)
_HEADS = "SELECT id, last_seq FROM streams_reception WHERE id = ANY(%s)"


@dataclass(frozen=True)
class Outcome:
    """The journal's `head`; `step` brings a page there, as the `parcels` of each language do.
    Neither where there is nothing new. `beside`: what they tell of the state beside the journal.
    `more`: the journal goes on behind `head`. `stale`: no frame can."""

    head: int
    step: Step | None = None
    parcels: Mapping[str, Parcel] = field(default_factory=dict)
    beside: str = ""
    more: bool = False
    stale: bool = False


def since(
    screen: Screen,
    reception_id: int,
    cursor: int,
    languages: Collection[str],
    beside: str = "",
    *,
    is_live: bool = False,
) -> Outcome:
    """What a page at `cursor` lacks. `beside`: new state beside the journal, to go along.

    `is_live`: the page had everything a moment ago.
    """
    if screen.tick_s:
        # Viewers' frames come in ticks anyway. Whoever is at work with a click, and the desks that see
        # it, go first.
        STAFF.give_way(GIVE_WAY_S)
    # The frame claims no more than the entries looked at: what is committed meanwhile may show in
    # the cards already, and comes again with the next frame.
    farthest = FARTHEST_LIVE if is_live else FARTHEST
    seq, numbers = journal.changed(reception_id, cursor, at_most=farthest + 1)
    if seq == cursor:
        head = Reception.objects.values_list("last_seq", flat=True).get(pk=reception_id)
        # One that was committed between the two reads is the next step's.
        return Outcome(min(head, cursor), stale=head < cursor)
    if seq - cursor > farthest:
        return Outcome(seq, stale=True)
    more = seq - cursor > FARTHEST
    if more:
        seq, numbers = journal.changed(reception_id, cursor, at_most=FARTHEST)
    step = _step(screen, cursor, replace(_read(screen, reception_id, numbers), seq=seq), languages)
    return Outcome(seq, step, parcels([step], languages, beside), beside, more=more)


def parcels(
    steps: Sequence[Step], languages: Collection[str], beside: str = ""
) -> dict[str, Parcel]:
    """One frame in each language for all these steps together."""
    return {
        language: Parcel(frames.joined(steps, language, beside), pack=True)
        for language in languages
    }


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
    """The newest seq of each of these receptions. One query, every second."""
    return dict(sql.rows(_HEADS, [list(reception_ids)]))


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


def _step(screen: Screen, cursor: int, news: News, languages: Collection[str]) -> Step:
    return Step(
        after=cursor,
        upto=news.seq,
        cards={language: _cards(screen, news, language) for language in languages},
        drop=frozenset(news.drop),
        counts=_counts(screen, news),
    )


def _cards(screen: Screen, news: News, language: str) -> dict[int, str]:
    cards: dict[int, str] = {}
    with translation.override(language):
        for count, card in enumerate(news.cards, 1):
            if count % CARDS_AT_ONCE == 0:
                # A flood's cards: whoever is at work with a click goes first.
                STAFF.give_way(GIVE_WAY_S)
            try:
                cards[card.id] = frames.card(screen, card)
            except AWAY:
                raise
            except Exception:
                # One bad card must not stop the others.
                log.exception("live.poison", screen=screen.name, card=card.id, language=language)
    return cards


def _counts(screen: Screen, news: News) -> str:
    try:
        return frames.encode(dict(news.counts))
    except (TypeError, ValueError):
        log.exception("live.poison", screen=screen.name)
        return "{}"
