"""A question's row: taken under its lock, and written back, by statements written by hand.

They run for every decision, while everybody else in the reception waits for the lock.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from streams.common import sql
from streams.common.columns import Columns
from streams.questions import search
from streams.questions.models import Question
from streams.receptions import journal
from streams.receptions.models import Reception

# For searching only.
UNREAD = ("search_text", "search_vector")
COLUMNS = Columns(Question, "q", without=UNREAD)
_SELECT = f"SELECT {COLUMNS.text} FROM streams_question q"  # noqa: S608 -- columns of our own model
_NUMBERED = f"{_SELECT} WHERE reception_id = %s AND number = %s"
_LOCKED = f"{_SELECT} WHERE id = %s FOR NO KEY UPDATE"
_RECEPTION_OF = "SELECT reception_id FROM streams_question WHERE id = %s"
# What a move or its undoing may change.
_MOVED = (
    *("status", "outcome", "reason", "is_public", "place", "merged_into_id", "proposal_id"),
    *("version", "changed_at", "closed_at"),
)
_WRITE = f"""
UPDATE streams_question SET {", ".join(f"{name} = %({name})s" for name in _MOVED)}
WHERE id = %(id)s RETURNING bucket
"""  # noqa: S608 -- columns of our own model


def find(reception: Reception, number: int) -> Question | None:
    question = COLUMNS.first(_NUMBERED, [reception.pk, number])
    if question is not None:
        question.reception = reception
    return question


def locked(question_id: int, reception_id: int | None = None) -> tuple[Question, Reception]:
    """The question and its reception under their row locks, taken in the one right order.

    `reception_id`: for who knows it, one statement less.
    """
    reception = journal.lock(reception_id or _one(_RECEPTION_OF, question_id)[0])
    question = COLUMNS.make(_one(_LOCKED, question_id))
    question.reception = reception
    return question, reception


def write(question: Question, now: datetime) -> None:
    """As its next version. The database computes the bucket."""
    question.version += 1
    question.changed_at = now
    values = {name: getattr(question, name) for name in _MOVED}
    ((question.bucket,),) = sql.rows(_WRITE, {**values, "id": question.pk})
    search.index(question)


def _one(statement: str, question_id: int) -> tuple[Any, ...]:
    for row in sql.rows(statement, [question_id]):
        return row
    raise Question.DoesNotExist(question_id)
