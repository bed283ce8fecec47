"""The pace told from the journal: what is counted, what it costs, that old entries cost nothing."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.desk import pace
from streams.desk.frames import DeskScreen
from streams.questions import actions
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move

pytestmark = pytest.mark.django_db


def last(reception: Reception) -> tuple[int, int, int]:
    """Came, decided, waiting: of the hour, of the hour, now."""
    told = pace.read(reception.pk, clock.now()).pace
    return sum(told.arrived), sum(told.decided), told.waiting[-1]


def test_a_decision_is_the_step_out_of_the_new_ones_and_back(
    cast: Cast, reception: Reception
) -> None:
    first, second = ask(reception), ask(reception)
    assert last(reception) == (2, 0, 2)
    approved = make_move(first, Move.APPROVE, cast.by)
    queued = make_move(first, Move.QUEUE, cast.by)
    assert last(reception) == (2, 1, 1), "only the first step out of the new ones"
    actions.undo(queued.pk, by=cast.by, expect=queued.version, now=clock.now())
    assert last(reception) == (2, 1, 1)
    make_move(approved, Move.HIDE, cast.by)
    assert last(reception) == (2, 0, 2), "with the moderators again"
    make_move(second, Move.PROPOSE_DECLINE, cast.by)
    assert last(reception) == (2, 0, 2), "a proposal decides nothing"
    aside = make_move(second, Move.SET_ASIDE, cast.by)
    assert last(reception) == (2, 1, 1)
    back = actions.undo(second.pk, by=cast.by, expect=aside.version, now=clock.now())
    assert last(reception) == (2, 0, 2)
    make_move(back, Move.SET_ASIDE, cast.by)
    make_move(back, Move.REOPEN, cast.by)
    assert last(reception) == (2, 0, 2)
    told = pace.read(reception.pk, clock.now())
    assert told.oldest is not None
    assert told.oldest.number == first.number


def test_the_side_tells_it_whole_in_two_queries(cast: Cast, reception: Reception) -> None:
    ask(reception)
    side = DeskScreen().side(reception.pk)
    told = side["pace"]
    assert isinstance(told, dict)
    assert len(told["arrived"]) == 60
    assert told["oldest"]["number"] == 1
    assert len(json.dumps(told)) < 1500
    with CaptureQueriesContext(connection) as asked:
        pace.side(reception.pk, clock.now())
    assert len(asked.captured_queries) == 2


# An evening's worth of entries for three days: a month's register, told in one statement.
_ENTRIES = """
INSERT INTO streams_entry (reception_id, seq, kind, question_number, at, actor, data, prev_hash, hash)
SELECT %(reception)s, 100 + n, 'receive', n, %(until)s::timestamptz - (%(count)s - n) * %(step)s::interval,
       'asker', '{"text": "", "source": "room", "version": 1}', '', ''
FROM generate_series(1, %(count)s) AS n
"""


def test_what_is_older_than_an_hour_is_not_read(reception: Reception) -> None:
    now = clock.now()
    with connection.cursor() as cursor:
        # The chain is not what this is about.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            _ENTRIES,
            {"reception": reception.pk, "until": now, "step": "6 seconds", "count": 20_000},
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
        # What autovacuum does meanwhile in a database that is not three seconds old.
        cursor.execute("SELECT brin_summarize_new_values('entry_by_time')")
        cursor.execute("ANALYZE streams_entry")
    with CaptureQueriesContext(connection) as asked:
        told = pace.read(reception.pk, now)
    assert 540 <= sum(told.pace.arrived) <= 600
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + asked.captured_queries[0]["sql"])
        assert "entry_by_time" in str(cursor.fetchone())
