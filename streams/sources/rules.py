"""What may happen to a source and to a comment, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Health(StrEnum):
    """What a source is doing, as its chip on the desk says it."""

    OFF = "off"
    WAITING = "waiting"
    CONNECTING = "connecting"
    LIVE = "live"
    DELAYED = "delayed"
    THROTTLED = "throttled"
    QUOTA = "quota"
    SIGN_IN = "sign_in"
    SILENT = "silent"
    ERROR = "error"
    ENDED = "ended"


class Fate(StrEnum):
    """What became of a comment. Only `queued` ones are questions with a number."""

    QUEUED = "queued"
    DUPLICATE = "duplicate"
    STAFF = "staff"
    NO_WORDS = "no_words"
    OPT_OUT = "opt_out"
    BACKFILL = "backfill"
    WITHDRAWN = "withdrawn"
    BANNED = "banned"
    NO_RECEPTION = "no_reception"


# Those with words of a citizen that a person may still take in.
KEPT = frozenset({Fate.BACKFILL, Fate.NO_RECEPTION})


class Feeds(StrEnum):
    """Which receptions of its unit a source may feed."""

    ANY = "any"
    BROADCAST = "broadcast"
    STANDING = "standing"


class DeliveryState(StrEnum):
    STORED = "stored"
    READ = "read"
    PARTLY = "partly"
    NOT_UNDERSTOOD = "not_understood"
    FAILED = "failed"


class ReplyStatus(StrEnum):
    """`unknown`: it may have arrived; a person looks before anything is sent again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    EXPIRED = "expired"


# Alone in a message: its author wants to hear no more from us there.
OPT_OUT_WORDS = frozenset({"stop", "стоп", "тоқта", "токта"})


def is_opt_out(text: str) -> bool:
    return text.strip(" \t\n/.!\"'«»").casefold() in OPT_OUT_WORDS


class Tell(StrEnum):
    """Whether a source's askers are told something: never, in private only, or in public as well."""

    OFF = "off"
    PRIVATE = "private"
    ALL = "all"


def is_told(chosen: str, *, is_private: bool) -> bool:
    """Unset is `private`: what is said under everybody's eyes is switched on by a person."""
    return chosen == Tell.ALL or (is_private and chosen in {Tell.PRIVATE, ""})


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: int


def earliest(sent: Iterable[datetime], limits: Iterable[Limit], now: datetime) -> datetime:
    """When one more may be sent, after those sent at these moments."""
    newest_first = sorted(sent, reverse=True)
    free = [
        newest_first[limit.calls - 1] + timedelta(seconds=limit.seconds)
        for limit in limits
        if len(newest_first) >= limit.calls
    ]
    return max([now, *free])


# The same author's same words within this time are one message that came by two roads.
SAME_WORDS = timedelta(seconds=20)
# Clocks differ; a platform's time outside of these bounds is a mistake of its clock or ours.
EARLIEST_BEFORE_START = timedelta(hours=1)
LATEST_AFTER_NOW = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reception as the choice below sees it. `takes`: it takes questions now."""

    pk: int
    kind: str
    state: str
    starts_at: datetime
    takes: bool


# The first row that a reception fits decides; within a row, the one that began or begins first.
_PREFERENCE: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"on_air", "wednesday"}), frozenset({"live", "paused"})),
    (frozenset({"on_air", "wednesday"}), frozenset({"scheduled"})),
    (frozenset({"standing"}), frozenset({"live", "paused", "scheduled"})),
)
_KINDS = {
    Feeds.ANY: frozenset({"on_air", "wednesday", "standing"}),
    Feeds.BROADCAST: frozenset({"on_air", "wednesday"}),
    Feeds.STANDING: frozenset({"standing"}),
}


def fed(candidates: Iterable[Candidate], feeds: Feeds) -> Candidate | None:
    """The reception that a source's next message goes to: on air, else to come, else the standing one."""
    able = [c for c in candidates if c.takes and c.kind in _KINDS[feeds]]
    for kinds, states in _PREFERENCE:
        fitting = [c for c in able if c.kind in kinds and c.state in states]
        if fitting:
            return min(fitting, key=lambda c: (c.starts_at, c.pk))
    return None


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the fate of a new comment."""

    is_staff: bool = False
    has_words: bool = True
    is_opt_out: bool = False
    is_withdrawn: bool = False
    is_banned: bool = False
    is_history: bool = False
    is_duplicate: bool = False
    has_reception: bool = True


def fate(facts: Facts) -> Fate:
    """The first line that applies."""
    lines = (
        (facts.is_withdrawn, Fate.WITHDRAWN),
        (facts.is_staff, Fate.STAFF),
        (not facts.has_words, Fate.NO_WORDS),
        (facts.is_opt_out, Fate.OPT_OUT),
        (facts.is_banned, Fate.BANNED),
        (facts.is_history, Fate.BACKFILL),
        (facts.is_duplicate, Fate.DUPLICATE),
        (not facts.has_reception, Fate.NO_RECEPTION),
    )
    return next((result for applies, result in lines if applies), Fate.QUEUED)


def clamp(posted_at: datetime | None, *, start: datetime | None, now: datetime) -> datetime | None:
    """A platform's time within believable bounds; None stays unknown."""
    if posted_at is None:
        return None
    latest = now + LATEST_AFTER_NOW
    if posted_at > latest:
        return latest
    if start is not None and posted_at < start - EARLIEST_BEFORE_START:
        return start - EARLIEST_BEFORE_START
    return posted_at
