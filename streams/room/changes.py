"""What a frame of the room reads: the reception, its head, and the questions that changed.

The same objects as `queries` gives a page, by statements written by hand: it runs for every change of
a broadcast, and Django takes longer to write such a statement than PostgreSQL to answer it.
"""

from __future__ import annotations

from datetime import datetime

from streams.common import sql
from streams.common.columns import Columns
from streams.people.models import Unit
from streams.questions import queries as questions
from streams.questions import row, whole
from streams.questions.models import Answer, Question
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
        *row.UNREAD,
    ),
    merged_into=whole.TARGET,
    district=Columns(Unit, "d"),
)
_ANSWER = Columns(Answer, "a")

_CHANGED = f"""
SELECT {_QUESTION.text}, {whole.BESIDE}
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
    rows = sql.rows(_CHANGED, [reception.pk, list(wanted)])
    found = [whole.made(values, _QUESTION, reception) for values in rows]
    on_air = next((question for question in found if question.status == Status.ON_AIR), None)
    now = Shown(on_air) if on_air else None
    head = Head(reception, now, receptions.takes_questions(reception, moment))
    listed = [question for question in found if question.number in wanted]
    whole.fetch_answers(listed, _ANSWER, _ANSWERS)
    return head, queries.shown(listed)
