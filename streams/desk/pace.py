"""The pace of the desk as its socket tells it: an hour of minutes from the journal, and the oldest question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from streams.common import clock, sql
from streams.questions import pace
from streams.questions.pace import MINUTES, Minute, Pace
from streams.questions.rules import MOVES, Status

# Where a question stands after an entry of this kind; a reopening and an undo lead back, see below.
_LEADS_TO = {"receive": Status.NEW.value} | {
    move.value: rule.to.value for move, rule in MOVES.items() if rule.to is not None
}
# Found by `entry_by_time`. The two looks back are for the few entries that take something back.
_COUNTED = """
WITH told AS (
    SELECT e.at, e.kind, e.data #>> '{was,status}' AS was,
        CASE e.kind
        WHEN 'undo' THEN (
            SELECT u.data #>> '{was,status}' FROM streams_entry u
            WHERE u.reception_id = e.reception_id AND u.seq = (e.data ->> 'of')::integer)
        WHEN 'reopen' THEN (
            SELECT c.data #>> '{was,status}' FROM streams_entry c
            WHERE c.reception_id = e.reception_id AND c.question_number = e.question_number
              AND c.seq < e.seq AND c.data #>> '{was,status}' <> 'closed'
            ORDER BY c.seq DESC LIMIT 1)
        ELSE %(leads_to)s::jsonb ->> e.kind END AS became
    FROM streams_entry e
    WHERE e.reception_id = %(reception)s AND e.at >= %(since)s AND e.question_number IS NOT NULL
)
SELECT floor(extract(epoch FROM at) / 60)::bigint AS minute,
       count(*) FILTER (WHERE kind = 'receive'),
       count(*) FILTER (WHERE was = 'new' AND became <> 'new')
           - count(*) FILTER (WHERE was <> 'new' AND became = 'new')
FROM told GROUP BY minute
"""
_WAITING = """
SELECT count(*) OVER (), number, received_at FROM streams_question
WHERE reception_id = %s AND status = 'new' ORDER BY number LIMIT 1
"""


@dataclass(frozen=True)
class Oldest:
    number: int
    received_at: datetime


@dataclass(frozen=True)
class Now:
    pace: Pace
    oldest: Oldest | None


def read(reception_id: int, now: datetime) -> Now:
    """Two queries, whatever the journal holds."""
    minute, second = divmod(now.timestamp(), 60)
    since = now - timedelta(minutes=MINUTES - 1, seconds=second)
    counted = {
        int(at): Minute(arrived, decided)
        for at, arrived, decided in sql.rows(
            _COUNTED,
            {
                "reception": reception_id,
                "since": since,
                "leads_to": json.dumps(_LEADS_TO),
            },
        )
    }
    waiting, oldest = 0, None
    for count, number, received_at in sql.rows(_WAITING, [reception_id]):
        waiting, oldest = count, Oldest(number, received_at)
    return Now(pace.pace(counted, waiting, minute=int(minute), second=second), oldest)


def side(reception_id: int, now: datetime) -> dict[str, Any]:
    """Small and whole, for the side channel."""
    told = read(reception_id, now)
    oldest = told.oldest
    return {
        "arrived": told.pace.arrived,
        "decided": told.pace.decided,
        "waiting": told.pace.waiting,
        "outlook": told.pace.forecast.outlook.value,
        "minutes": told.pace.forecast.minutes,
        "oldest": oldest and {"number": oldest.number, "at": clock.stamp(oldest.received_at)},
    }
