"""One press during the broadcast: what is on air was answered, the next one goes on air."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from streams.people.actors import Actor
from streams.questions import actions, queries
from streams.questions.models import Question
from streams.questions.rules import Move, Status
from streams.receptions import journal


class NothingNext(Exception):
    """Another question is at the head of the queue than the one that was seen there, or none."""


@dataclass(frozen=True)
class Advanced:
    """`answered` is None where nothing was on air before."""

    on_air: Question
    answered: Question | None


@transaction.atomic
def advance(
    reception_id: int,
    *,
    said: str,
    time_code_s: int | None,
    expect: int | None,
    following: int,
    by: Actor,
    now: datetime,
) -> Advanced:
    """Answer the question on air (if any; `expect` is its version) and put `following` on air.

    Both or neither. `following` is the number that the presser saw at the head of the queue; without
    `time_code_s` the answer gets this moment's. Raises what `actions.move` raises, and NothingNext.
    """
    reception = journal.lock(reception_id)
    head = queries.next_in_queue(reception_id)
    if head is None or head.number != following:
        raise NothingNext
    answered = None
    current = Question.objects.filter(reception_id=reception_id, status=Status.ON_AIR).first()
    if current is not None:
        code = reception.time_code_s(now) if time_code_s is None else time_code_s
        # A page that saw nothing on air must not answer what has come there since.
        answered = actions.move(
            current.pk,
            Move.ANSWER_LIVE,
            by=by,
            expect=expect or 0,
            now=now,
            time_code_s=code,
            text=said,
        )
    on_air = actions.move(head.pk, Move.PUT_ON_AIR, by=by, expect=head.version, now=now)
    return Advanced(on_air, answered)


@transaction.atomic
def take_back(
    reception_id: int,
    *,
    following: int,
    following_expect: int,
    answered: int | None,
    answered_expect: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """Both steps of `advance` taken back, or neither. Raises Stale, NothingToUndo, Occupied."""
    journal.lock(reception_id)
    steps = [(following, following_expect)]
    if answered is not None and answered_expect is not None:
        steps.append((answered, answered_expect))
    for number, expect in steps:
        question = Question.objects.filter(reception_id=reception_id, number=number).first()
        if question is None:
            raise actions.NothingToUndo
        actions.undo(question.pk, by=by, expect=expect, now=now)
