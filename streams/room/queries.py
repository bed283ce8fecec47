"""What the room shows: every number of the reception, and of a question only what is public."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, prefetch_related_objects

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


def first_name(name: str) -> str:
    """A room of thousands gets no more than the first word of what the asker called themselves."""
    return name.split(maxsplit=1)[0] if name else ""


@dataclass(frozen=True)
class Shown:
    """A question as the public sees it. Where it isn't public yet, only its number and its state."""

    question: Question
    record: ControlRecord | None = None
    # The question in the reception it was carried over to.
    next: Question | None = None

    @property
    def answer(self) -> Answer | None:
        standing: list[Answer] = self.question.standing_answers  # type: ignore[attr-defined]
        return standing[0] if standing else None

    @property
    def name(self) -> str:
        return first_name(self.question.asker_name)

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


def changed(
    reception: Reception, numbers: frozenset[int], moment: datetime
) -> tuple[Head, list[Shown]]:
    """For a frame: the head, and these questions with those whose card tells of them. Of those that
    only came in the newest, as many as the list holds.

    One query for both, and no more joins than the cards of the room need: it runs for every change.
    """
    touched, targets = questions.touched(reception.pk, numbers)
    oldest = reception.last_number - WINDOW
    wanted = touched | targets | {number for number in numbers if number > oldest}
    found = (
        questions.of(reception)
        .filter(Q(number__in=wanted) | Q(status=Status.ON_AIR))
        .select_related(None)
        .prefetch_related(None)
        .select_related("district", "merged_into")
    )
    rows = list(found)
    _fetch_what_hangs_on(rows)
    for question in rows:
        # A question is merged into one of its own reception only.
        for one in (question, question.merged_into):
            if one is not None and one.reception_id == reception.pk:
                one.reception = reception
    now = next((Shown(question) for question in rows if question.status == Status.ON_AIR), None)
    head = Head(reception, now, receptions.takes_questions(reception, moment))
    return head, shown(question for question in rows if question.number in wanted)


def _fetch_what_hangs_on(rows: list[Question]) -> None:
    """Tags and answers, as `questions.of` does, but no answers where nothing is answered."""
    prefetch_related_objects(rows, "tags")
    closed = []
    for question in rows:
        if question.is_open:
            question.standing_answers = []  # type: ignore[attr-defined]
        else:
            closed.append(question)
    prefetch_related_objects(closed, questions.standing_answers())


def newest(reception_id: int, *, before: int | None = None) -> list[Shown]:
    """The newest WINDOW questions, or those that came before number `before`; newest first."""
    found = questions.of(reception_id)
    if before is not None:
        found = found.filter(number__lt=before)
    return shown(found.order_by("-number")[:WINDOW])


def of_numbers(reception_id: int, numbers: frozenset[int]) -> list[Shown]:
    """These questions and those whose card tells of them."""
    return shown(questions.of(reception_id, numbers | questions.touched(reception_id, numbers)[1]))


def open_votes(reception_id: int, last_number: int) -> dict[int, int]:
    """Who else has the question, for those in the list that can still gain a vote and have one."""
    voted = Question.objects.filter(
        reception_id=reception_id, is_public=True, votes__gt=0, number__gt=last_number - WINDOW
    ).exclude(status=Status.CLOSED)
    return dict(voted.order_by().values_list("number", "votes"))


def everything(reception_id: int) -> list[Shown]:
    """All questions in the order of their numbers."""
    return shown(questions.of(reception_id))


def shown(found: Iterable[Question]) -> list[Shown]:
    """With the control record in force, the next reception's question and the reason, in three more
    queries."""
    rows = list(found)
    reasons.attach(rows)
    records = {
        record.question_id: record
        for record in ControlRecord.objects.filter(
            question__in=[q.pk for q in rows if q.outcome in _SHOWS_RECORD]
        ).exclude(work_state=control.Work.TAKEN_BACK)
    }
    carried = [q.pk for q in rows if q.outcome == Outcome.CARRIED_OVER]
    children = {
        child.carried_from_id: child
        for child in Question.objects.filter(carried_from__in=carried).select_related("reception")
    }
    return [Shown(q, records.get(q.pk), children.get(q.pk)) for q in rows]


def registers(unit: Unit) -> list[tuple[Reception, questions.Equation]]:
    """The unit's standing registers with their sums, the newest first."""
    found = receptions.receptions().filter(unit=unit, kind=Kind.STANDING).order_by("-starts_at")
    return [(register, questions.equation(register.pk)) for register in found]


def of_bucket(reception_id: int, bucket: str, *, before: int | None = None) -> list[Shown]:
    """The newest WINDOW questions of one bucket, or those before number `before`."""
    found = questions.of(reception_id).filter(bucket=bucket)
    if before is not None:
        found = found.filter(number__lt=before)
    return shown(found.order_by("-number")[:WINDOW])


def districts(reception: Reception) -> list[Unit]:
    """What an asker may choose from: the units below the root of the reception's tree."""
    root = "/" + reception.unit.path.split("/")[1] + "/"
    return list(Unit.objects.filter(path__startswith=root).exclude(path=root).order_by("path"))
