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

_TARGET = Columns(Question, "m", only=("id", "reception", "number"))
_DISTRICT = Columns(Unit, "d")
_PROPOSAL, _PROPOSER = Columns(Proposal, "p"), named("pu")
_CLAIM, _HOLDER = Columns(Claim, "c"), named("cu")
_CUE = Columns(Cue, "cue")
_DRAFT, _DRAFTER = Columns(Draft, "draft"), named("du")
_ANSWER, _ANSWERER = Columns(Answer, "a"), named("au")
_PARTS = (
    *(row.COLUMNS, _TARGET, _DISTRICT, _PROPOSAL, _PROPOSER),
    *(_CLAIM, _HOLDER, _CUE, _DRAFT, _DRAFTER),
)
_SELECT = f"""
SELECT {", ".join(part.text for part in _PARTS)},
    (SELECT count(*) FROM streams_question o WHERE o.merged_into_id = q.id),
    (SELECT json_agg(t ORDER BY t.slug) FROM streams_tag t
        JOIN streams_question_tags j ON j.tag_id = t.id WHERE j.question_id = q.id)
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
_ANSWERS = f"""
SELECT {_ANSWER.text}, {_ANSWERER.text}
FROM streams_answer a JOIN streams_user au ON au.id = a.by_id
WHERE a.question_id = ANY(%s) AND a.retracted_at IS NULL
"""  # noqa: S608 -- columns of our own models


def read(reception: Reception, keys: str, given: Mapping[str, Any]) -> list[Question]:
    """Those whose keys the statement `keys` finds, by number. It is `given` its values and %(reception)s."""
    statement = f"{_SELECT} WHERE q.id IN ({keys}) ORDER BY q.number"
    found = sql.rows(statement, {**given, "reception": reception.pk})
    questions = [_made(values, reception) for values in found]
    _fetch_answers(questions)
    return questions


def one(reception: Reception, number: int) -> Question | None:
    return next(iter(read(reception, _NUMBERED, {"number": number})), None)


def _made(found: tuple[Any, ...], reception: Reception) -> Question:
    """One row of _SELECT as a question with what hangs on it."""
    values = iter(found)
    question = row.COLUMNS.make(values)
    question.reception = reception
    question.merged_into = _TARGET.find(values)
    if question.merged_into is not None:
        question.merged_into.reception = reception
    question.district = _DISTRICT.find(values)
    question.proposal, proposer = _PROPOSAL.find(values), _PROPOSER.find(values)
    if question.proposal is not None and proposer is not None:
        question.proposal.by = proposer
    claim, holder = _CLAIM.find(values), _HOLDER.find(values)
    if claim is not None and holder is not None:
        claim.holder = holder
    cue = _CUE.find(values)
    draft, drafter = _DRAFT.find(values), _DRAFTER.find(values)
    if draft is not None and drafter is not None:
        draft.by = drafter
    # As Django remembers what it joined: None is "there is none".
    question._state.fields_cache |= {"claim": claim, "cue": cue, "draft": draft}
    also, tags = values
    question.also = also  # type: ignore[attr-defined]
    question._prefetched_objects_cache = {"tags": [Tag(**tag) for tag in tags or ()]}  # type: ignore[attr-defined]
    question.standing_answers = []  # type: ignore[attr-defined]
    return question


def _fetch_answers(questions: Iterable[Question]) -> None:
    closed = {question.pk: question for question in questions if not question.is_open}
    if not closed:
        return
    for found in sql.rows(_ANSWERS, [list(closed)]):
        values = iter(found)
        answer = _ANSWER.make(values)
        answer.by = _ANSWERER.make(values)
        closed[answer.question_id].standing_answers.append(answer)  # type: ignore[attr-defined]
