"""Questions with all that the cards and rows of staff show, by two statements written by hand.

They run for every change of a broadcast and for every card that is opened. The objects are those that
`queries.full` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from streams.common import sql
from streams.common.columns import Columns
from streams.people.models import Unit
from streams.people.named import named
from streams.questions import row
from streams.questions.models import Answer, Claim, Cue, Draft, Proposal, Question, Tag
from streams.receptions.models import Reception

TARGET = Columns(Question, "m", only=("id", "reception", "number"))
# What no table holds of a question `q`: how many were merged into it, and its tags.
BESIDE = """
    (SELECT count(*) FROM streams_question o WHERE o.merged_into_id = q.id),
    (SELECT json_agg(t ORDER BY t.slug) FROM streams_tag t
        JOIN streams_question_tags j ON j.tag_id = t.id WHERE j.question_id = q.id)
"""
_QUESTION = Columns(
    Question,
    "q",
    without=row.UNREAD,
    merged_into=TARGET,
    district=Columns(Unit, "d"),
    proposal=Columns(Proposal, "p", by=named("pu")),
    claim=Columns(Claim, "c", holder=named("cu")),
    cue=Columns(Cue, "cue"),
    draft=Columns(Draft, "draft", by=named("du")),
)
_SELECT = f"""
SELECT {_QUESTION.text}, {BESIDE}
FROM streams_question q
LEFT JOIN streams_question m ON m.id = q.merged_into_id
LEFT JOIN streams_unit d ON d.id = q.district_id
LEFT JOIN streams_proposal p ON p.id = q.proposal_id
LEFT JOIN streams_user pu ON pu.id = p.by_id
LEFT JOIN streams_claim c ON c.question_id = q.id
LEFT JOIN streams_user cu ON cu.id = c.holder_id
LEFT JOIN streams_cue cue ON cue.question_id = q.id
LEFT JOIN streams_draft draft ON draft.question_id = q.id
LEFT JOIN streams_user du ON du.id = draft.by_id
"""  # noqa: S608 -- columns of our own models
# The beginning of a statement that finds keys, for `read`.
OURS = "SELECT id FROM streams_question WHERE reception_id = %(reception)s"
_NUMBERED = f"{OURS} AND number = %(number)s"
_ANSWER = Columns(Answer, "a", by=named("au"))
_ANSWERS = f"""
SELECT {_ANSWER.text} FROM streams_answer a JOIN streams_user au ON au.id = a.by_id
WHERE a.question_id = ANY(%s) AND a.retracted_at IS NULL
"""  # noqa: S608 -- columns of our own models


def read(reception: Reception, keys: str, given: Mapping[str, Any]) -> list[Question]:
    """Those whose keys the statement `keys` finds, by number. It is `given` its values and %(reception)s."""
    statement = f"{_SELECT} WHERE q.id IN ({keys}) ORDER BY q.number"
    found = sql.rows(statement, {**given, "reception": reception.pk})
    questions = [made(values, _QUESTION, reception) for values in found]
    fetch_answers(questions, _ANSWER, _ANSWERS)
    return questions


def one(reception: Reception, number: int) -> Question | None:
    return next(iter(read(reception, _NUMBERED, {"number": number})), None)


def made(found: Iterable[Any], columns: Columns[Question], reception: Reception) -> Question:
    """Of a row that holds the columns and BESIDE."""
    values = iter(found)
    question = columns.make(values)
    question.reception = reception
    if question.merged_into is not None:
        question.merged_into.reception = reception
    also, tags = values
    question.also = also  # type: ignore[attr-defined]
    question._prefetched_objects_cache = {"tags": [Tag(**tag) for tag in tags or ()]}  # type: ignore[attr-defined]
    question.standing_answers = []
    return question


def fetch_answers(questions: Iterable[Question], answers: Columns[Answer], statement: str) -> None:
    """Give those that are closed their `standing_answers`: the `answers` that `statement` selects."""
    closed = {question.pk: question for question in questions if not question.is_open}
    if not closed:
        return
    for answer in answers.read(statement, [list(closed)]):
        closed[answer.question_id].standing_answers.append(answer)
