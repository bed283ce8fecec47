"""What the room shows: every number of the reception, and of a question only what is public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from streams.common import sql
from streams.control import rules as control
from streams.control.models import ControlRecord
from streams.people.models import Unit
from streams.questions import queries as questions
from streams.questions import reasons
from streams.questions.models import Answer, Question
from streams.questions.rules import Outcome, Status
from streams.receptions import queries as receptions
from streams.receptions import timecode
from streams.receptions.models import Reception
from streams.receptions.rules import Kind

# The list holds the newest; the pages of the earlier ones hold as many.
WINDOW = 100
_SHOWS_RECORD = frozenset({Outcome.ON_CONTROL, Outcome.ANSWERED_FROM_CONTROL})


@dataclass(frozen=True)
class Shown:
    """A question as the public sees it. Where it isn't public yet, only its number and its state."""

    question: Question
    record: ControlRecord | None = None
    # The question in the reception it was carried over to.
    next: Question | None = None

    @property
    def answer(self) -> Answer | None:
        return self.question.standing_answer

    @property
    def name(self) -> str:
        return self.question.first_name

    @property
    def also(self) -> int:
        return int(self.question.also)  # type: ignore[attr-defined]

    @property
    def time_code(self) -> str:
        """Hours, minutes and seconds since the broadcast began."""
        return timecode.write((self.answer.time_code_s if self.answer else None) or 0)

    @property
    def reason(self) -> object:
        """The public reason of a question that was declined or set aside."""
        return self.question.reason_text

    @property
    def is_bare(self) -> bool:
        """Only came in so far: a number, and when."""
        return self.question.status == Status.NEW and not self.question.is_public

    @property
    def can_be_voted(self) -> bool:
        return self.question.is_public and self.question.is_open


@dataclass(frozen=True)
class Head:
    """The head of the room: the state of the reception and what is on air."""

    reception: Reception
    now: Shown | None
    takes_questions: bool

    @property
    def intake(self) -> str:
        """open, paused (for a while) or closed."""
        if not self.takes_questions:
            return "closed"
        return "paused" if self.reception.intake_pause else "open"


def head(reception: Reception, moment: datetime) -> Head:
    on_air = questions.of(reception).filter(status=Status.ON_AIR).first()
    return Head(
        reception,
        Shown(on_air) if on_air else None,
        receptions.takes_questions(reception, moment),
    )


def newest(reception_id: int, *, before: int | None = None) -> list[Shown]:
    """The newest WINDOW questions, or those that came before number `before`; newest first."""
    return _newest(questions.of(reception_id), before)


def of_numbers(reception_id: int, numbers: frozenset[int]) -> list[Shown]:
    """These questions and those whose card tells of them."""
    return shown(questions.of(reception_id, numbers | questions.touched(reception_id, numbers)[1]))


_OPEN_VOTES = """
SELECT q.number, q.votes FROM streams_reception r JOIN streams_question q ON q.reception_id = r.id
WHERE r.id = %s AND q.number > r.last_number - %s AND q.is_public AND q.votes > 0 AND q.status <> 'closed'
"""


def open_votes(reception_id: int) -> dict[int, int]:
    """Who else has the question, for those in the list that can still gain a vote and have one."""
    return dict(sql.rows(_OPEN_VOTES, [reception_id, WINDOW]))


def everything(reception_id: int) -> list[Shown]:
    """All questions in the order of their numbers."""
    return shown(questions.of(reception_id))


def shown(found: Iterable[Question]) -> list[Shown]:
    """With the reason, the control record in force and the next reception's question, where there are."""
    rows = list(found)
    reasons.attach(rows)
    records = _records([q.pk for q in rows if q.outcome in _SHOWS_RECORD])
    children = _children([q.pk for q in rows if q.outcome == Outcome.CARRIED_OVER])
    return [Shown(q, records.get(q.pk), children.get(q.pk)) for q in rows]


def _records(questions: list[int]) -> dict[int, ControlRecord]:
    if not questions:
        # Django would write the statement before it finds that it need not be run.
        return {}
    found = ControlRecord.objects.filter(question__in=questions)
    found = found.exclude(work_state=control.Work.TAKEN_BACK)
    return {record.question_id: record for record in found}


def _children(questions: list[int]) -> dict[int | None, Question]:
    if not questions:
        return {}
    found = Question.objects.filter(carried_from__in=questions).select_related("reception")
    return {child.carried_from_id: child for child in found}


def registers(unit: Unit) -> list[tuple[Reception, questions.Equation]]:
    """The unit's standing registers with their sums, the newest first."""
    found = receptions.receptions().filter(unit=unit, kind=Kind.STANDING).order_by("-starts_at")
    return [(register, questions.equation(register.pk)) for register in found]


def of_bucket(reception_id: int, bucket: str, *, before: int | None = None) -> list[Shown]:
    """The newest WINDOW questions of one bucket, or those before number `before`."""
    return _newest(questions.of(reception_id).filter(bucket=bucket), before)


def _newest(found: QuerySet[Question], before: int | None) -> list[Shown]:
    if before is not None:
        found = found.filter(number__lt=before)
    return shown(found.order_by("-number")[:WINDOW])


def districts(reception: Reception) -> list[Unit]:
    """What an asker may choose from: the units below the root of the reception's tree."""
    return list(reception.unit.tree().exclude(parent=None).order_by("path"))
