""" "I have this question too": counted once for each viewer, many at a time."""

from collections.abc import Sequence

from django.db import transaction

from streams.common import sql
from streams.receptions import bell, journal

# One statement: what is new is inserted, counted for each question and added.
_ADD = """
WITH wanted AS (
    SELECT DISTINCT q.id AS question_id, v.voter
    FROM unnest(%s::int[], %s::text[]) AS v(number, voter)
    JOIN streams_question q ON q.reception_id = %s AND q.number = v.number
    WHERE q.is_public AND q.status <> 'closed'
), added AS (
    INSERT INTO streams_vote (question_id, voter)
    SELECT question_id, voter FROM wanted ORDER BY question_id, voter
    ON CONFLICT (question_id, voter) DO NOTHING
    RETURNING question_id
), counted AS (
    SELECT question_id, count(*) AS n FROM added GROUP BY question_id
), locked AS (
    -- In one order everywhere, so that two batches can't wait for each other.
    SELECT q.id, c.n FROM streams_question q JOIN counted c ON c.question_id = q.id
    ORDER BY q.id FOR NO KEY UPDATE OF q
)
UPDATE streams_question q SET votes = q.votes + l.n
FROM locked l WHERE q.id = l.id
RETURNING q.number, q.votes
"""


@transaction.atomic
def vote_many(reception_id: int, votes: Sequence[tuple[int, str]]) -> dict[int, int]:
    """Add (question number, voter fingerprint) pairs; repeats and closed questions change nothing.

    Returns the new counts of the questions that gained a vote. One bell for all.
    """
    if not votes:
        return {}
    numbers, voters = zip(*votes, strict=True)
    with sql.pipelined():
        journal.keep_still(reception_id)
        counts = dict(sql.rows(_ADD, [list(numbers), list(voters), reception_id]))
    if counts:
        bell.ring_side_on_commit(reception_id)
    return counts
