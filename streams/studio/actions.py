"""What the studio's buttons do: moves of the question with the time code of the broadcast."""

from __future__ import annotations

from datetime import date, datetime

from streams.common import clock
from streams.control import actions as control
from streams.control.models import ControlRecord
from streams.people.actors import Actor
from streams.questions import actions as questions
from streams.questions import service_clock
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import Step

MOVES = (Move.ANSWER_LIVE, Move.BACK_TO_QUEUE, Move.PUT_ON_AIR)
STEPS = {Step.GO_LIVE: receptions.go_live, Step.RESUME: receptions.resume}


def move(
    reception: Reception,
    question: Question,
    move: Move,
    *,
    said: str,
    expect: int,
    by: Actor,
    now: datetime,
) -> Question:
    """Raises what `questions.actions.move` raises."""
    given: dict[str, object] = {}
    if move is Move.ANSWER_LIVE:
        given = {"time_code_s": reception.time_code_s(now), "text": said}
    return questions.move(question.pk, move, by=by, expect=expect, now=now, **given)


def promise(
    reception: Reception,
    question: Question,
    *,
    promise: str,
    owner_name: str,
    due_on: date,
    time_code_s: int | None,
    expect: int,
    by: Actor,
    now: datetime,
) -> ControlRecord:
    """Raises what `control.actions.escalate` raises."""
    return control.escalate(
        question.pk,
        promise=promise,
        promised_by=reception.host_name,
        owner_name=owner_name,
        due_on=due_on,
        time_code_s=time_code_s,
        by=by,
        expect=expect,
        now=now,
    )


def due_by_default(reception: Reception, now: datetime) -> date:
    """The body's own promise: so many working days from today, where the unit lives."""
    today = clock.local_date(now, reception.unit.timezone)
    return service_clock.promise_from(today, reception.unit)
