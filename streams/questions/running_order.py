"""The order in which the queue goes on air: one question moved, or all of them arranged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from streams.people.actors import Actor
from streams.questions import queries
from streams.questions.models import Question
from streams.questions.rules import QUEUE_STEP
from streams.receptions import journal
from streams.receptions.journal import Line
from streams.receptions.models import Reception
from streams.receptions.rules import State


class NotQueued(Exception):
    """One of the questions isn't in the queue any more: the order that was seen is no longer there."""


class Where(StrEnum):
    """Where to in the queue, for those who don't drag."""

    FIRST = "first"
    UP = "up"
    DOWN = "down"
    LAST = "last"


@transaction.atomic
def move_before(
    reception_id: int, number: int, before: int | None, *, by: Actor, now: datetime
) -> None:
    """Put `number` directly before `before`, or last. Raises NotQueued, Sealed."""
    reception, queue = _locked(reception_id)
    question = queue.pop(number, None)
    if question is None or (before is not None and before not in queue):
        raise NotQueued
    at = len(queue) if before is None else list(queue).index(before)
    _insert(reception, list(queue.values()), at, question, by=by, now=now)


@transaction.atomic
def move(reception_id: int, number: int, where: Where, *, by: Actor, now: datetime) -> None:
    """Raises NotQueued, Sealed."""
    reception, queue = _locked(reception_id)
    if number not in queue:
        raise NotQueued
    here, last = list(queue).index(number), len(queue) - 1
    at = {
        Where.FIRST: 0,
        Where.UP: max(0, here - 1),
        Where.DOWN: min(last, here + 1),
        Where.LAST: last,
    }[where]
    if at != here:
        question = queue.pop(number)
        _insert(reception, list(queue.values()), at, question, by=by, now=now)


@transaction.atomic
def arrange(reception_id: int, numbers: Sequence[int], *, by: Actor, now: datetime) -> list[int]:
    """Put the whole queue into this order; the order before.

    Raises NotQueued where these aren't the questions of the queue of now.
    """
    reception, queue = _locked(reception_id)
    if sorted(numbers) != sorted(queue):
        raise NotQueued
    _write(reception, _spread([queue[number] for number in numbers]), by=by, now=now)
    return list(queue)


def _locked(reception_id: int) -> tuple[Reception, dict[int, Question]]:
    """The reception and its queue by number, in its order, under the locks."""
    reception = journal.lock(reception_id)
    if reception.state == State.SEALED:
        raise journal.Sealed(reception.no)
    queued = queries.queue(reception_id).select_for_update(of=("self",), no_key=True)
    return reception, {q.number: q for q in queued}


def _insert(
    reception: Reception,
    others: list[Question],
    at: int,
    question: Question,
    *,
    by: Actor,
    now: datetime,
) -> None:
    order = [*others[:at], question, *others[at:]]
    above = others[at - 1].place if at else None
    below = others[at].place if at < len(others) else None
    place = _between(above, below)
    if place is None:
        _write(reception, _spread(order), by=by, now=now)
    elif question.place != place:
        question.place = place
        _write(reception, [question], by=by, now=now)


def _between(above: int | None, below: int | None) -> int | None:
    """A free place between two neighbours; None where there is no room."""
    if above is None:
        return 0 if below is None else below - QUEUE_STEP
    if below is None:
        return above + QUEUE_STEP
    middle = (above + below) // 2
    return middle if above < middle < below else None


def _spread(order: Sequence[Question]) -> list[Question]:
    """Even places for all; the questions whose place has changed."""
    changed = []
    for index, question in enumerate(order):
        place = index * QUEUE_STEP
        if question.place != place:
            question.place = place
            changed.append(question)
    return changed


def _write(
    reception: Reception, questions: Sequence[Question], *, by: Actor, now: datetime
) -> None:
    if not questions:
        return
    Question.objects.bulk_update(questions, ["place"])
    lines = [Line("place", q.number, {"place": q.place}) for q in questions]
    journal.append_many(reception, lines, by=by, at=now)
