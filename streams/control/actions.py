"""Personal control: each step is one transaction, one ControlStep and one entry of the journal.

`seen`: the step that stood last when whoever acts looked at the record. Another one by now raises
rules.IllegalStep: nobody undoes unseen what a colleague did, or does a thing twice by a second press.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from streams.common import clock, series
from streams.control import rules
from streams.control.models import ControlRecord, ControlStep
from streams.control.rules import Step, Work
from streams.people.actors import Actor
from streams.questions import actions as questions
from streams.questions import row
from streams.questions.effects import digest
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome
from streams.receptions import journal


@transaction.atomic
def escalate(
    question_id: int,
    *,
    promise: str,
    promised_by: str,
    owner_name: str,
    due_on: date,
    by: Actor,
    expect: int,
    now: datetime,
    time_code_s: int | None = None,
    key: UUID | None = None,
) -> ControlRecord:
    """Close the question into a record with a public number.

    `promise`: what was said, word for word; `owner_name`: who sees to it; `key` as in
    `questions.actions.move`, which also says what is raised.
    """
    assert by.user is not None
    question, reception = row.locked(question_id)
    if questions.is_made(question, by=by, expect=expect, key=key):
        return ControlRecord.objects.filter(question=question).latest("pk")
    year = clock.local_date(now, reception.unit.timezone).year
    run = series.next_number(f"control:{reception.unit.code}:{year}")
    number = f"{reception.unit.code}-{year}-{run:04d}"
    question = questions.make(
        question,
        reception,
        Move.ESCALATE,
        by=by,
        expect=expect,
        now=now,
        key=key,
        promise=promise,
        owner_name=owner_name,
        due_on=due_on,
        record=number,
        time_code_s=time_code_s,
    )
    record = ControlRecord.objects.create(
        number=number,
        unit=reception.unit,
        question=question,
        promise=promise,
        promised_by=promised_by,
        time_code_s=time_code_s,
        owner_name=owner_name,
        chief=reception.host,
        due_on=due_on,
        original_due_on=due_on,
        work_state=Work.TAKEN,
        taken_at=now,
    )
    _note(record, Step.TAKE, by=by, now=now, data={"due_on": due_on.isoformat()})
    return record


@transaction.atomic
def assign(
    record_id: int,
    *,
    executor_name: str,
    instruction: str,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> ControlRecord:
    """Name the executor and the instruction; may be done again. Raises rules.IllegalStep."""
    record, question = _locked(record_id)
    given = {"executor_name": executor_name, "instruction": instruction}
    _check(record, Step.ASSIGN, by, given, seen)
    record.executor_name, record.instruction = executor_name, instruction
    record.work_state = Work.ASSIGNED
    record.save(update_fields=["executor_name", "instruction", "work_state"])
    _note(record, Step.ASSIGN, by=by, now=now, data=given)
    _trace(record, question, "control_assign", by=by, now=now)
    return record


@transaction.atomic
def answer(
    record_id: int,
    *,
    text: str,
    language: str,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> ControlRecord:
    """The promised answer; the question moves to "answered from control". Raises IllegalStep."""
    record, question = _locked(record_id)
    _check(record, Step.ANSWER, by, {"text": text, "language": language}, seen)
    questions.move(
        question.pk,
        Move.ANSWER_FROM_CONTROL,
        by=by,
        expect=question.version,
        now=now,
        text=text,
        language=language,
    )
    record.answer_text, record.answer_language = text, language
    record.work_state, record.answered_at = Work.ANSWERED, now
    record.save(update_fields=["answer_text", "answer_language", "work_state", "answered_at"])
    _note(record, Step.ANSWER, by=by, now=now, data={"language": language})
    return record


@transaction.atomic
def remove(
    record_id: int, *, result: str, by: Actor, now: datetime, seen: int | None = None
) -> ControlRecord:
    """Take the record off control; only the chief who took it may. Raises IllegalStep."""
    record, question = _locked(record_id)
    _check(record, Step.REMOVE, by, {"result": result}, seen)
    if result not in rules.RESULTS:
        raise rules.IllegalStep(Step.REMOVE, "needs")
    if record.chief_id is not None and (by.user is None or by.user.pk != record.chief_id):
        raise rules.IllegalStep(Step.REMOVE, "role")
    record.result, record.work_state, record.removed_at = result, Work.REMOVED, now
    record.save(update_fields=["result", "work_state", "removed_at"])
    _note(record, Step.REMOVE, by=by, now=now, data={"result": result})
    _trace(record, question, "control_remove", by=by, now=now, result=result)
    return record


def undo(question: Question, *, by: Actor, expect: int, now: datetime) -> Question:
    """Take one's own last move back, with its record where it made one. Raises what `questions.actions.undo` raises."""
    back = take_back if question.outcome == Outcome.ON_CONTROL else questions.undo
    return back(question.pk, by=by, expect=expect, now=now)


@transaction.atomic
def take_back(question_id: int, *, by: Actor, expect: int, now: datetime) -> Question:
    """Undo one's own escalation while nothing else happened. Raises what `undo` raises."""
    question = questions.undo(question_id, by=by, expect=expect, now=now, with_record=True)
    record = (
        ControlRecord.objects.select_for_update()
        .exclude(work_state=Work.TAKEN_BACK)
        .get(question=question)
    )
    if record.work_state != Work.TAKEN:
        raise questions.NothingToUndo
    record.work_state = Work.TAKEN_BACK
    record.save(update_fields=["work_state"])
    _note(record, Step.TAKE_BACK, by=by, now=now, data={})
    return question


def _locked(record_id: int) -> tuple[ControlRecord, Question]:
    question_id = ControlRecord.objects.values_list("question_id", flat=True).get(pk=record_id)
    question, _reception = row.locked(question_id)
    record = ControlRecord.objects.select_for_update().get(pk=record_id)
    return record, question


def _check(
    record: ControlRecord, step: Step, by: Actor, given: dict[str, str], seen: int | None
) -> None:
    fields = frozenset(name for name, value in given.items() if value)
    rules.check(step, work=Work(record.work_state), role=by.role, given=fields)
    if seen is not None and seen != record.last_step():
        raise rules.IllegalStep(step, "state")


def _note(
    record: ControlRecord, step: Step, *, by: Actor, now: datetime, data: dict[str, Any]
) -> None:
    assert by.user is not None
    ControlStep.objects.create(
        record=record, kind=step, by=by.user, role=by.role, at=now, data=data
    )


def _trace(
    record: ControlRecord, question: Question, kind: str, *, by: Actor, now: datetime, **extra: str
) -> None:
    data: dict[str, Any] = {"record": record.number, **extra}
    if kind == "control_assign":
        data["instruction"] = digest(question, record.instruction)
    journal.append(
        question.reception, kind, by=by, at=now, question_number=question.number, data=data
    )
