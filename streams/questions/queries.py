"""The shared querysets: every counter, page and export counts with these and no others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from streams.common import crypto, sql
from streams.common.columns import Columns
from streams.people.named import named
from streams.questions.models import Answer, Claim, Question
from streams.questions.rules import BUCKETS, WAITING, Move, Outcome, Status
from streams.receptions.models import Reception

# Entries after which another question (the one merged into) looks different, too.
_TOUCH_TARGET = frozenset({Move.MERGE, Move.REOPEN, "undo"})
_CLAIM = Columns(Claim, "c", holder=named("u"))
_LIVE_CLAIMS = f"""
SELECT q.number, {_CLAIM.text}
FROM streams_claim c JOIN streams_question q ON q.id = c.question_id JOIN streams_user u ON u.id = c.holder_id
WHERE q.reception_id = %s AND c.until > %s
"""  # noqa: S608 -- columns of our own models
_ON_AIR_SINCE = """
SELECT max(at) FROM streams_entry
WHERE reception_id = %s AND question_number = %s AND kind = 'put_on_air'
"""
_TOUCHED = """
SELECT question_number, kind, data ->> 'target', data #>> '{was,target}' FROM streams_entry
WHERE reception_id = %s AND question_number = ANY(%s) AND kind <> 'receive'
"""


@dataclass(frozen=True)
class Equation:
    """captured = received + not questions; received = the sum of the buckets.

    `seq` and `head` are where the journal stood in the very moment of the count (0: before any question).
    """

    captured: int
    received: int
    not_questions: int
    buckets: dict[str, int]
    statuses: dict[str, int]
    seq: int = field(default=0, compare=False)
    head: str = field(default="", compare=False)

    @property
    def adds_up(self) -> bool:
        return (
            self.captured == self.received + self.not_questions
            and self.received == sum(self.buckets.values())
            and self.waiting == sum(self.statuses.values())
        )

    @property
    def waiting(self) -> int:
        return self.buckets[WAITING]

    def counts(self) -> dict[str, int]:
        """All counters of a screen in one flat mapping."""
        return {
            "captured": self.captured,
            "received": self.received,
            "not_questions": self.not_questions,
            **self.buckets,
            **self.statuses,
        }

    def published(self) -> dict[str, Any]:
        """As the seal and the ledger print it."""
        return {
            "captured": self.captured,
            "received": self.received,
            "not_questions": self.not_questions,
            "buckets": self.buckets,
        }


@dataclass(frozen=True)
class Tally:
    """How many wait for a second person, and how many were closed for which reason.

    `by_reason`: by outcome and the reason's code; what nothing has is not among it.
    """

    to_confirm: int
    by_reason: dict[tuple[str, str], int]


_SUMS = """
SELECT q.bucket, q.status, q.reason, count(*), count(q.proposal_id), r.last_number, r.last_seq, r.last_hash
FROM streams_question q JOIN streams_reception r ON r.id = q.reception_id
WHERE r.id = %s GROUP BY q.bucket, q.status, q.reason, r.id
"""


def equation(reception_id: int) -> Equation:
    """One query. `captured` is the count the reception dealt, the rest is counted from questions."""
    return sums(reception_id)[0]


def sums(reception_id: int) -> tuple[Equation, Tally]:
    """The same query's whole answer."""
    rows = sql.rows(_SUMS, [reception_id])
    captured, seq, head = rows[0][5:] if rows else (0, 0, "")
    buckets, statuses, aside = counted((bucket, status, n) for bucket, status, _, n, *_at in rows)
    tally = Tally(
        to_confirm=sum(row[4] for row in rows),
        by_reason={(bucket, reason): n for bucket, _, reason, n, *_at in rows if reason},
    )
    return Equation(captured, captured - aside, aside, buckets, statuses, seq, head), tally


def counted(
    rows: Iterable[tuple[str, str, int]],
) -> tuple[dict[str, int], dict[str, int], int]:
    """Of (bucket, status, how many): all buckets, all statuses of what waits, and what was no question."""
    buckets = dict.fromkeys(BUCKETS, 0)
    statuses = {status.value: 0 for status in Status if status is not Status.CLOSED}
    aside = 0
    for bucket, status, n in rows:
        if bucket == Outcome.NOT_A_QUESTION:
            aside += n
            continue
        buckets[bucket] += n
        if status in statuses:
            statuses[status] += n
    return buckets, statuses, aside


def for_seal(reception: Reception) -> tuple[int, dict[str, Any]]:
    """What `receptions.actions.seal` asks under its lock."""
    sums = equation(reception.pk)
    assert sums.adds_up, sums
    return sums.waiting, sums.published()


def standing_answers() -> Prefetch[str]:
    """The answer that stands, as `standing_answers` of each question."""
    standing = Answer.objects.filter(retracted_at__isnull=True).select_related("by")
    return Prefetch("answers", standing, to_attr="standing_answers")


def full() -> QuerySet[Question]:
    """Questions with all that a card shows, in a constant number of queries."""
    return (
        Question.objects.select_related(
            "reception__unit",
            "district",
            "merged_into__reception",
            "proposal__by",
            "claim__holder",
            "cue",
            "draft__by",
        )
        .prefetch_related("tags", standing_answers())
        .annotate(also=Count("merged", distinct=True))
    )


def of(reception: Reception | int, numbers: frozenset[int] | None = None) -> QuerySet[Question]:
    """The reception's questions, or those of `numbers`, in the order of their numbers."""
    pk = reception if isinstance(reception, int) else reception.pk
    questions = full().filter(reception_id=pk)
    if numbers is not None:
        questions = questions.filter(number__in=numbers)
    return questions.order_by("number")


def on_air(reception_id: int) -> Question | None:
    return of(reception_id).filter(status=Status.ON_AIR).first()


def on_air_since(question: Question) -> datetime:
    """When it was last put on air."""
    ((at,),) = sql.rows(_ON_AIR_SINCE, [question.reception_id, question.number])
    assert isinstance(at, datetime)
    return at


def touched(reception_id: int, numbers: Iterable[int]) -> tuple[frozenset[int], frozenset[int]]:
    """Of these questions those to which more happened than that they came in; and what they point or
    pointed to: those rows say how often they were asked.
    """
    if not (known := list(numbers)):
        return frozenset(), frozenset()
    found, targets = set(), set()
    for number, kind, target, was in sql.rows(_TOUCHED, [reception_id, known]):
        found.add(number)
        if kind in _TOUCH_TARGET:
            targets |= {int(other) for other in (target, was) if other}
    return frozenset(found), frozenset(targets)


def queue(reception_id: int) -> QuerySet[Question]:
    """What waits for the air, in its order."""
    queued = Question.objects.filter(reception_id=reception_id, status=Status.QUEUED)
    return queued.order_by("place", "number")


def next_in_queue(reception_id: int) -> Question | None:
    return queue(reception_id).select_related("draft__by").first()


def by_secret(secret: str) -> QuerySet[Question]:
    """The question of an asker's secret link."""
    return full().filter(secret_hash=crypto.fingerprint(secret))


def live_claims(reception_id: int, now: datetime) -> dict[int, Claim]:
    """Leases that hold now, by question number."""
    rows = sql.rows(_LIVE_CLAIMS, [reception_id, now])
    return {number: _CLAIM.make(claim) for number, *claim in rows}
