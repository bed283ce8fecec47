"""What others ask about sources: which reception they feed, and how they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.common import sql
from streams.common.columns import Columns
from streams.questions.models import Question
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import TO_COME_OR_ON
from streams.sources import rules
from streams.sources.models import Comment, Gap, Reply, Source
from streams.sources.rules import Candidate, Fate, Feeds, Health

# The runner's sign of life; older than this and nobody listens.
STALE_AFTER = timedelta(seconds=15)
_LAG_OVER = timedelta(minutes=5)
_SOURCE = Columns(Source, "s")
_FEEDING = f"""
SELECT {_SOURCE.text} FROM streams_source s
WHERE s.unit_id = %(unit)s AND s.feeds = ANY(%(fitting)s) AND s.is_enabled
   OR EXISTS (SELECT FROM streams_comment c WHERE c.source_id = s.id AND c.reception_id = %(reception)s)
ORDER BY s.platform, s.name, s.id
"""  # noqa: S608 -- columns of our own model


def fed_by(source: Source, now: datetime) -> Reception | None:
    """The reception that the source's next message goes to."""
    return fed_by_many([source], now).get(source.pk)


def fed_by_many(sources: Iterable[Source], now: datetime) -> dict[int, Reception]:
    """By the source's key, in one query; sources that feed nothing now are missing."""
    sources = list(sources)
    if not sources:
        return {}
    units = {source.unit_id for source in sources}
    open_now: dict[int, list[Reception]] = {}
    for reception in Reception.objects.filter(
        unit_id__in=units, state__in=TO_COME_OR_ON
    ).select_related("unit"):
        open_now.setdefault(reception.unit_id, []).append(reception)
    found: dict[int, Reception] = {}
    for source in sources:
        able = {r.pk: r for r in open_now.get(source.unit_id, [])}
        chosen = rules.fed([_candidate(r, now) for r in able.values()], Feeds(source.feeds))
        if chosen is not None:
            found[source.pk] = able[chosen.pk]
    return found


def _candidate(reception: Reception, now: datetime) -> Candidate:
    return Candidate(
        pk=reception.pk,
        kind=reception.kind,
        state=reception.state,
        starts_at=reception.starts_at,
        takes=receptions.takes_questions(reception, now),
    )


def feeding(reception: Reception) -> list[Source]:
    """The sources that may feed the reception or have done so, for its health line."""
    own = Feeds.STANDING if reception.is_standing else Feeds.BROADCAST
    asked = {
        "reception": reception.pk,
        "unit": reception.unit_id,
        "fitting": [Feeds.ANY.value, own.value],
    }
    return _SOURCE.read(_FEEDING, asked)


def gaps(reception: Reception) -> list[Gap]:
    """When questions may have been missed, for everybody to see."""
    found = reception.gaps.filter(filled_at__isnull=True)
    return list(found.select_related("source").order_by("since", "pk"))


_COMMENT = Columns(Comment, "c", source=_SOURCE)
_COMMENTS = f"""
SELECT {_COMMENT.text} FROM streams_comment c JOIN streams_source s ON s.id = c.source_id
WHERE c.question_id = %s ORDER BY c.id
"""  # noqa: S608 -- columns of our own models


@dataclass(frozen=True)
class AtSource:
    """A comment that the question stands for, as its card shows it.

    `new_words`: the asker changed them, and no moderator has written a text since.
    """

    comment: Comment
    new_words: str
    replies: list[Reply] = field(default_factory=list)
    has_opted_out: bool = False

    @property
    def is_withdrawn(self) -> bool:
        return self.comment.deleted_at is not None


def told_at(places: Iterable[AtSource]) -> datetime | None:
    """When any of the messages back changed last."""
    return max((r.changed_at for place in places for r in place.replies), default=None)


def at_source(question: Question) -> list[AtSource]:
    """Where the question was asked, the first one first; empty for the room's own."""
    comments = _COMMENT.read(_COMMENTS, [question.pk])
    changed = (
        comments
        and question.is_open
        and question.number in changed_by_asker(question.reception_id, [question.number])
    )
    replies: dict[int, list[Reply]] = {}
    silent: set[tuple[int, str]] = set()
    if comments:
        for reply in question.replies.order_by("created_at", "pk"):
            replies.setdefault(reply.comment_id, []).append(reply)
        silent = set(
            Comment.objects.filter(
                source__in={c.source_id for c in comments},
                author_key__in={c.author_key for c in comments} - {""},
                fate=Fate.OPT_OUT,
            ).values_list("source_id", "author_key")
        )
    return [
        AtSource(
            comment,
            comment.text if changed and comment.changed_since else "",
            replies.get(comment.pk, []),
            (comment.source_id, comment.author_key) in silent,
        )
        for comment in comments
    ]


_CHANGED = """
SELECT q.number
FROM streams_question q
JOIN streams_comment c ON c.question_id = q.id AND c.changed_since
JOIN streams_commentedit e ON e.comment_id = c.id
LEFT JOIN streams_textversion t ON t.question_id = q.id
WHERE q.reception_id = %s AND q.number = ANY(%s) AND q.closed_at IS NULL
GROUP BY q.number HAVING max(t.at) IS NULL OR max(t.at) < max(e.replaced_at)
"""


def changed_by_asker(reception_id: int, numbers: Iterable[int]) -> frozenset[int]:
    """Those of these open questions whose words the asker changed where they asked, and nobody has looked since."""
    return frozenset(number for (number,) in sql.rows(_CHANGED, [reception_id, list(numbers)]))


@dataclass(frozen=True)
class Pulse:
    """A source as its chip shows it. `lag_p95_s`: from the platform's clock to ours, of late."""

    source: Source
    health: Health
    code: str
    is_stale: bool
    retry_at: datetime | None
    message_age_s: int | None
    per_minute: int
    lag_p95_s: float | None
    gaps: int
    missing: int


_PULSE = """
SELECT source_id,
       count(*) FILTER (WHERE received_at > %(minute)s),
       percentile_cont(0.95) WITHIN GROUP (
           ORDER BY greatest(extract(epoch FROM received_at - posted_at), 0)
       ) FILTER (WHERE posted_at IS NOT NULL AND origin = 'live'),
       count(*)
FROM streams_comment
WHERE source_id = ANY(%(sources)s) AND received_at > %(window)s
GROUP BY source_id
"""


def pulses(sources: Iterable[Source], now: datetime) -> list[Pulse]:
    """How the sources are now, in the order given; one query for all of them."""
    sources = list(sources)
    asked = {
        "sources": [source.pk for source in sources],
        "minute": now - timedelta(minutes=1),
        "window": now - _LAG_OVER,
    }
    figures = {row[0]: row[1:] for row in sql.rows(_PULSE, asked)}
    return [_pulse(source, figures.get(source.pk, (0, None, 0)), now) for source in sources]


def _pulse(source: Source, figures: tuple[int, float | None, int], now: datetime) -> Pulse:
    per_minute, lag, _of_late = figures
    age = None
    if source.last_message_at is not None:
        age = max(0, int((now - source.last_message_at).total_seconds()))
    platform_count = source.platform_count or 0
    return Pulse(
        source=source,
        health=Health(source.health) if source.is_enabled else Health.OFF,
        code=source.health_code,
        is_stale=source.heartbeat_at is not None and now - source.heartbeat_at > STALE_AFTER,
        retry_at=source.retry_at if source.retry_at and source.retry_at > now else None,
        message_age_s=age,
        per_minute=per_minute,
        lag_p95_s=round(lag, 2) if lag is not None else None,
        gaps=source.gaps_count,
        missing=max(0, platform_count - held(source)) if platform_count else 0,
    )


def held(source: Source) -> int:
    """How many of the platform's messages we have for what it feeds or fed last."""
    newest = source.comments.order_by("-pk").values_list("reception_id", flat=True).first()
    if newest is None:
        return 0
    return source.comments.filter(reception_id=newest).count()
