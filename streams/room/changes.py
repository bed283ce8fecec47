"""What a frame of the room reads: the reception, its head, and the questions that changed.

The same objects as `queries` gives a page, by statements written by hand: it runs for every change of
a broadcast, and Django takes longer to write such a statement than PostgreSQL to answer it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from streams.common import sql
from streams.common.columns import Columns
from streams.people.models import Unit
from streams.questions import queries as questions
from streams.questions.models import Answer, Question, Tag
from streams.questions.rules import Status
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.room import queries
from streams.room.queries import Head, Shown

_QUESTION = Columns(
    Question,
    "q",
    without=(
        *("client_id", "secret_hash", "text_key", "original_text", "proposed_text"),
        *("search_text", "search_vector"),
    ),
)
_TARGET = Columns(Question, "m", only=("id", "reception", "number"))
_DISTRICT = Columns(Unit, "d")
_ANSWER = Columns(Answer, "a")

_CHANGED = f"""
SELECT {_QUESTION.text}, {_TARGET.text}, {_DISTRICT.text},
    (SELECT count(*) FROM streams_question o WHERE o.merged_into_id = q.id),
    (SELECT json_agg(t ORDER BY t.slug) FROM streams_tag t
        JOIN streams_question_tags j ON j.tag_id = t.id WHERE j.question_id = q.id)
FROM streams_question q
LEFT JOIN streams_question m ON m.id = q.merged_into_id
LEFT JOIN streams_unit d ON d.id = q.district_id
WHERE q.reception_id = %s AND (q.number = ANY(%s) OR q.status = 'on_air')
ORDER BY q.number
"""  # noqa: S608 -- columns of our own models
_ANSWERS = f"""
SELECT {_ANSWER.text} FROM streams_answer a WHERE a.question_id = ANY(%s) AND a.retracted_at IS NULL
"""  # noqa: S608 -- columns of our own models


def changed(
    reception: Reception, numbers: frozenset[int], moment: datetime
) -> tuple[Head, list[Shown]]:
    """The head, and these questions with those whose card tells of them. Of those that only came in
    the newest, as many as the list holds.
    """
    touched, targets = questions.touched(reception.pk, numbers)
    oldest = reception.last_number - queries.WINDOW
    wanted = touched | targets | {number for number in numbers if number > oldest}
    found = [_made(row, reception) for row in sql.rows(_CHANGED, [reception.pk, list(wanted)])]
    on_air = next((question for question in found if question.status == Status.ON_AIR), None)
    now = Shown(on_air) if on_air else None
    head = Head(reception, now, receptions.takes_questions(reception, moment))
    listed = [question for question in found if question.number in wanted]
    _fetch_answers(listed)
    return head, queries.shown(listed)


def _made(row: tuple[Any, ...], reception: Reception) -> Question:
    """One row of _CHANGED as a question with what hangs on it."""
    values = iter(row)
    question = _QUESTION.make(values)
    question.reception = reception
    question.merged_into = _TARGET.find(values)
    if question.merged_into is not None and question.merged_into.reception_id == reception.pk:
        question.merged_into.reception = reception
    question.district = _DISTRICT.find(values)
    also, tags = values
    question.also = also  # type: ignore[attr-defined]
    question._prefetched_objects_cache = {"tags": [Tag(**tag) for tag in tags or ()]}  # type: ignore[attr-defined]
    question.standing_answers = []  # type: ignore[attr-defined]
    return question


def _fetch_answers(listed: Iterable[Question]) -> None:
    closed = {question.pk: question for question in listed if not question.is_open}
    if not closed:
        return
    for row in sql.rows(_ANSWERS, [list(closed)]):
        answer = _ANSWER.make(iter(row))
        closed[answer.question_id].standing_answers.append(answer)  # type: ignore[attr-defined]
