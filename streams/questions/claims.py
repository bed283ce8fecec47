"""Claims: who works on which question. A lease that is renewed while somebody works, and ends by itself.

A claim that was given back or ran out stays as a row: it says who had the question last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from streams.common import sql
from streams.common.columns import Columns
from streams.people.actors import Actor
from streams.people.models import User
from streams.people.named import named
from streams.questions import row
from streams.questions.marks import unsealed
from streams.questions.models import Claim, Question
from streams.receptions import bell, chain, journal
from streams.receptions.models import Reception

LEASE = timedelta(seconds=90)
# Whoever put a question back is dealt others first for so long.
PUT_BACK = timedelta(minutes=10)
# What nobody works on is dealt; what is queued or on air waits for the chief. Who is dealing the first one
# out has it locked; a vote for it locks nothing here.
_NEXT = f"""
SELECT {row.COLUMNS.text} FROM streams_question q
WHERE q.reception_id = %(reception)s AND q.status IN ('new', 'approved')
  AND NOT EXISTS (SELECT FROM streams_proposal p WHERE p.id = q.proposal_id AND p.by_id = %(user)s)
  AND NOT EXISTS (SELECT FROM streams_claim c WHERE c.question_id = q.id AND c.until > %(now)s)
ORDER BY EXISTS (SELECT FROM streams_claim c
                 WHERE c.question_id = q.id AND c.holder_id = %(user)s AND c.until > %(put_back)s),
    q.urgent = '', NOT %(seen_too)s AND q.status <> 'new', q.number
LIMIT 1 FOR NO KEY UPDATE OF q SKIP LOCKED
"""  # noqa: S608 -- columns of our own model
_CLAIM = Columns(Claim, "c", holder=named("u"))
_LIVE = f"""
SELECT {_CLAIM.text} FROM streams_claim c JOIN streams_user u ON u.id = c.holder_id
WHERE c.question_id = %s AND c.until > %s
"""  # noqa: S608 -- columns of our own models
_TAKE = """
INSERT INTO streams_claim (question_id, holder_id, since, until)
VALUES (%(question)s, %(holder)s, %(now)s, %(until)s)
ON CONFLICT (question_id) DO UPDATE
SET holder_id = EXCLUDED.holder_id, since = EXCLUDED.since, until = EXCLUDED.until
WHERE streams_claim.until <= %(now)s
RETURNING id
"""
_GIVE_BACK = """
UPDATE streams_claim SET until = %(now)s
WHERE question_id = %(question)s AND holder_id = %(holder)s AND until > %(now)s RETURNING id
"""


class Held(Exception):
    """A colleague works on the question."""

    def __init__(self, holder: User) -> None:
        super().__init__(str(holder))
        self.holder = holder


@transaction.atomic
def claim(question_id: int, *, by: Actor, now: datetime, take_over: bool = False) -> None:
    """Take or renew the lease. Raises Held, unless `take_over`, which is written down; NotNow."""
    assert by.user is not None
    if _renew(question_id, by.user, now):
        return
    question, reception = unsealed(question_id)
    held = live(question_id, now)
    if held is not None:
        if not take_over:
            raise Held(held.holder)
        was = chain.pseudonym(bytes(reception.actor_key), held.holder_id)
        journal.append(
            reception,
            "take_over",
            by=by,
            at=now,
            question_number=question.number,
            data={"from": was},
        )
    lease = {"holder": by.user, "since": now, "until": now + LEASE}
    Claim.objects.update_or_create(question=question, defaults=lease)
    bell.ring_side_on_commit(reception.pk)


def release(question: Question, *, by: Actor, now: datetime) -> None:
    """Give the lease back; somebody else's is left alone."""
    assert by.user is not None
    if sql.rows(_GIVE_BACK, {"question": question.pk, "holder": by.user.pk, "now": now}):
        bell.ring_side_on_commit(question.reception_id)


def live(question_id: int, now: datetime) -> Claim | None:
    """The lease that holds now, with its holder's name."""
    return _CLAIM.first(_LIVE, [question_id, now])


def deal(reception: Reception, *, by: Actor, now: datetime) -> Question | None:
    """Claim the next question for `by`: what is urgent, then the oldest that nobody works on.

    Two who ask at once never get the same. None where nothing waits.
    """
    assert by.user is not None
    while True:
        with transaction.atomic():
            question = _next(reception, by.user, now)
            if question is None:
                return None
            # It may have been taken between the look at the list and the lock.
            if _take(question, by.user, now):
                bell.ring_side_on_commit(reception.pk)
                return question


def _next(reception: Reception, user: User, now: datetime) -> Question | None:
    """What may be dealt to `user`, under its lock. A proposal to decline waits for somebody else."""
    asked = {
        "reception": reception.pk,
        "user": user.pk,
        "now": now,
        "put_back": now - PUT_BACK,
        # There an approved question waits for its written answer as a new one does.
        "seen_too": reception.is_standing,
    }
    return row.COLUMNS.first(_NEXT, asked)


def _take(question: Question, user: User, now: datetime) -> bool:
    """Whether the lease is theirs now: nobody else held it."""
    given: dict[str, Any] = {
        "question": question.pk,
        "holder": user.pk,
        "now": now,
        "until": now + LEASE,
    }
    return bool(sql.rows(_TAKE, given))


def _renew(question_id: int, user: User, now: datetime) -> bool:
    """One's own lease goes on without a lock: every open form says so three times a minute."""
    mine = Claim.objects.filter(question_id=question_id, holder=user, until__gt=now)
    return mine.update(until=now + LEASE) == 1
