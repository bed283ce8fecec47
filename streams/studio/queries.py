"""What the studio shows: the question on air, the one after it, the last one answered, the sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from streams.people.models import User
from streams.questions import whole
from streams.questions.models import Question
from streams.questions.queries import Equation, equation, on_air_since
from streams.questions.rules import ANSWERED, UNDOABLE, Outcome, Status
from streams.questions.whole import OURS
from streams.receptions import lookup, timecode
from streams.receptions.models import Entry, Reception

_AIR = f"""
{OURS} AND status = 'on_air'
UNION ({OURS} AND status = 'queued' ORDER BY place, number LIMIT 1)
UNION ({OURS} AND outcome = 'answered_live' ORDER BY closed_at DESC, number DESC LIMIT 1)
"""


@dataclass(frozen=True)
class Air:
    """One look at the broadcast; no language and no viewer in it."""

    reception: Reception
    now: Question | None
    next: Question | None
    last: Question | None
    sums: Equation
    since: datetime | None = None

    @property
    def target(self) -> Question | None:
        """The question that the buttons speak of."""
        return self.now or self.next

    @property
    def answered(self) -> int:
        return sum(self.sums.buckets[outcome] for outcome in ANSWERED)

    @property
    def on_control(self) -> int:
        return self.sums.buckets[Outcome.ON_CONTROL]

    @property
    def left(self) -> int:
        return self.sums.waiting

    @property
    def asker(self) -> str:
        """The first name only."""
        return self.now.first_name if self.now else ""

    @property
    def said(self) -> str:
        """The line of what was said about `last`."""
        answer = self.last.standing_answer if self.last else None
        return answer.text if answer else ""

    @property
    def last_time_code(self) -> str:
        answer = self.last.standing_answer if self.last else None
        return timecode.write(answer.time_code_s or 0) if answer else ""


def air(reception_id: int) -> Air:
    """At most five statements."""
    reception = lookup.by_key(reception_id)
    # Of each state one at most.
    found = {Status(question.status): question for question in whole.read(reception, _AIR, {})}
    now = found.get(Status.ON_AIR)
    return Air(
        reception,
        now=now,
        next=found.get(Status.QUEUED),
        last=found.get(Status.CLOSED),
        sums=equation(reception_id),
        since=on_air_since(now) if now else None,
    )


def question(reception: Reception, number: int) -> QuerySet[Question]:
    return Question.objects.filter(reception=reception, number=number).select_related("district")


def own_last_move(reception: Reception, user: User, *, since: datetime) -> tuple[Entry, int] | None:
    """The newest decision about a question if `user` made it after `since` and may take it back.

    With the question's version, which undoing must name. Two queries.
    """
    entry = (
        Entry.objects.filter(reception=reception, data__has_key="version").order_by("-seq").first()
    )
    if entry is None or entry.question_number is None or entry.kind not in UNDOABLE:
        return None
    if entry.by_id != user.pk or entry.at < since:
        return None
    version = (
        Question.objects.filter(reception=reception, number=entry.question_number)
        .values_list("version", flat=True)
        .first()
    )
    return (entry, version) if version and version == entry.data["version"] else None
