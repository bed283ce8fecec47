"""The one writer of a question's status. Every move is one transaction and one journal entry.

Lock order: Reception → Question → ControlRecord.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from streams.common import sql
from streams.people.actors import Actor
from streams.people.models import User
from streams.questions import answers, proposals, row, rules
from streams.questions.effects import EFFECTS, digest, end_of_queue
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Rule, Status
from streams.receptions import bell, journal
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import State

_FREE = "DELETE FROM streams_claim WHERE question_id = %s RETURNING id"


class Stale(Exception):
    """Somebody was faster. `question` is as it is now, `by` who changed it (None: the asker)."""

    def __init__(self, question: Question, by: User | None) -> None:
        super().__init__(f"{question} is at version {question.version}")
        self.question, self.by = question, by


class Occupied(Exception):
    """Another question is on air; one at a time."""

    def __init__(self, number: int) -> None:
        super().__init__(f"No. {number} is on air")
        self.number = number


class NothingToUndo(Exception):
    """The last change was not theirs, can't be undone, or somebody worked on since."""


@transaction.atomic
def move(
    question_id: int, move: Move, *, by: Actor, expect: int, now: datetime, **given: Any
) -> Question:
    """Make one legal move and record it: `make` with the locks that it needs."""
    return make(*row.locked(question_id), move, by=by, expect=expect, now=now, **given)


def make(
    question: Question,
    reception: Reception,
    move: Move,
    /,
    *,
    by: Actor,
    expect: int,
    now: datetime,
    **given: Any,
) -> Question:
    """Make one legal move of a question that `row.locked` gave in this transaction, and record it.

    `expect` is the version that `by` saw; `given` the fields that the row of the table needs (see
    `rules.MOVES`; answer_live may give `text`, queue may give `first=True`). `key`, where one is given, names
    this very decision, so that it is made once however often it is sent: a repeat changes nothing.
    Raises Stale, rules.IllegalMove, rules.Missing, Occupied, proposals.NeedsSecond,
    proposals.AlreadyProposed, carry.NotThere, targets.BadTarget.
    """
    key: UUID | None = given.pop("key", None)
    if is_made(question, by=by, expect=expect, key=key):
        return question
    if question.version != expect:
        raise Stale(question, last_actor(question))
    rule = rules.check(
        move,
        status=Status(question.status),
        outcome=Outcome(question.outcome) if question.outcome else None,
        stage=reception.stage,
        role=by.role,
        given=frozenset(name for name, value in given.items() if value not in (None, "")),
    )
    was = snapshot(question)
    data = _effects(question, reception, move, rule, by=by, now=now, given=given)
    if key is not None:
        data["key"] = str(key)
    row.write(question, now)
    journal.append(
        reception,
        move.value,
        by=by,
        at=now,
        question_number=question.number,
        data={**data, "was": was, "version": question.version},
    )
    return question


@transaction.atomic
def undo(
    question_id: int, *, by: Actor, expect: int, now: datetime, with_record: bool = False
) -> Question:
    """Take one's own last move back, as a new entry. Raises Stale, NothingToUndo, Occupied.

    `with_record`: the caller takes the control record back too; without it an escalation stays.
    """
    question, reception = row.locked(question_id)
    if question.version != expect:
        raise Stale(question, last_actor(question))
    entry = last_decision(question)
    if entry is None or by.user is None or entry.by_id != by.user.pk:
        raise NothingToUndo
    if entry.kind not in rules.UNDOABLE:
        raise NothingToUndo
    if entry.kind == Move.ESCALATE and not with_record:
        raise NothingToUndo
    if reception.state == State.SEALED:
        raise NothingToUndo
    was = snapshot(question)
    _restore(question, entry.data["was"], now=now)
    row.write(question, now)
    journal.append(
        reception,
        "undo",
        by=by,
        at=now,
        question_number=question.number,
        data={"of": entry.seq, "was": was, "version": question.version},
    )
    return question


def is_made(question: Question, *, by: Actor, expect: int, key: UUID | None) -> bool:
    """Whether this decision is in the journal: it was sent before, and only its answer was lost."""
    if key is None or question.version == expect:
        return False
    return Entry.objects.filter(
        reception_id=question.reception_id,
        question_number=question.number,
        by=by.user,
        data__version=expect + 1,
        data__key=str(key),
    ).exists()


def last_decision(question: Question) -> Entry | None:
    """The newest entry that changed the question's version."""
    return (
        Entry.objects.filter(
            reception_id=question.reception_id,
            question_number=question.number,
            data__version=question.version,
        )
        .select_related("by")
        .order_by("-seq")
        .first()
    )


def last_actor(question: Question) -> User | None:
    entry = last_decision(question)
    return entry.by if entry else None


def snapshot(question: Question) -> dict[str, Any]:
    """What undo needs, and nothing that must not be public."""
    return {
        "status": question.status,
        "outcome": question.outcome,
        "place": question.place,
        "public": question.is_public,
        "reason": question.reason,
        "target": question.merged_into.number if question.merged_into else None,
        "proposed": question.proposal.reason if question.proposal else "",
    }


def _effects(
    question: Question,
    reception: Reception,
    move: Move,
    rule: Rule,
    *,
    by: Actor,
    now: datetime,
    given: dict[str, Any],
) -> dict[str, Any]:
    """Change the question in memory and what hangs on it in the database; the entry's data."""
    if move is Move.REOPEN:
        _reopen(question, now)
        return {"reason": digest(question, given["reason"])}
    effect = EFFECTS.get(move)
    data = effect(question, reception, by, now, given) if effect else {}
    if rule.to is not None:
        _set_status(question, rule.to, rule.outcome, now)
    if move not in rules.PROPOSES:
        question.proposal = None
    if rule.publishes is not None:
        question.is_public = rule.publishes
    return data


def _set_status(question: Question, to: Status, outcome: Outcome | None, now: datetime) -> None:
    if to is Status.ON_AIR:
        _refuse_second_on_air(question)
    question.status, question.outcome = to, outcome
    question.closed_at = now if to is Status.CLOSED else None
    if to is Status.CLOSED:
        _free_claim(question)
    if to is not Status.QUEUED:
        question.place = None
    elif question.place is None:
        question.place = end_of_queue(question.reception_id)


def _free_claim(question: Question) -> None:
    if sql.rows(_FREE, [question.pk]):
        bell.ring_side_on_commit(question.reception_id)


def _reopen(question: Question, now: datetime) -> None:
    """Back to what it was before it closed; from on air, to the queue: the broadcast went on."""
    closing = (
        Entry.objects.filter(
            reception_id=question.reception_id,
            question_number=question.number,
            data__was__status__in=[s.value for s in rules.OPEN],
        )
        .order_by("-seq")
        .first()
    )
    was = dict(closing.data["was"]) if closing else {"status": "new", "public": False}
    if was["status"] == Status.ON_AIR:
        was["status"] = Status.QUEUED.value
    was["place"] = None
    _restore(
        question, was | {"outcome": None, "reason": "", "target": None, "proposed": ""}, now=now
    )


def _restore(question: Question, was: dict[str, Any], *, now: datetime) -> None:
    status = Status(was["status"])
    answers.retract(question, now)
    question.place = was["place"]
    question.is_public = was["public"]
    question.reason = was["reason"]
    question.merged_into = (
        Question.objects.get(reception_id=question.reception_id, number=was["target"])
        if was["target"]
        else None
    )
    question.proposal = proposals.last(question) if was["proposed"] else None
    _set_status(question, status, Outcome(was["outcome"]) if was["outcome"] else None, now)
    if status is Status.CLOSED:
        answers.stand_again(question)


def _refuse_second_on_air(question: Question) -> None:
    other = Question.objects.filter(
        reception_id=question.reception_id, status=Status.ON_AIR
    ).exclude(pk=question.pk)
    if (number := other.values_list("number", flat=True).first()) is not None:
        raise Occupied(number)
