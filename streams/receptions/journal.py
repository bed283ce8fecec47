"""The append-only journal of a reception: gapless, in the order of commits, chained by hashes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from streams.common import clock, sql
from streams.people.actors import Actor
from streams.receptions import bell, chain, lookup
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import AFTER_SEAL, State


class Sealed(Exception):
    """The reception is sealed; only what fulfils its promises may be added."""


@dataclass(frozen=True)
class Line:
    """An entry to be: what happened, to which question, and its data (no texts, no names)."""

    kind: str
    question_number: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """An entry as it was added: its place and its hash in the chain, and what it says."""

    seq: int
    hash: str
    at: datetime
    data: dict[str, Any]


# The first half of the advisory lock's key; the second is the reception's.
_BATCHES = 0x4C514131
# One statement for any number of entries: the rows travel as one text, which costs Python next to
# nothing, and the reception's head moves in the same breath.
_APPEND = """
WITH added AS (
    INSERT INTO streams_entry
        (reception_id, seq, kind, question_number, at, actor, by_id, data, prev_hash, hash)
    SELECT %(reception)s, seq, kind, question_number, %(at)s, %(actor)s, %(by)s::bigint, data,
        prev_hash, hash
    FROM json_to_recordset(%(rows)s) AS given
        (seq integer, kind text, question_number integer, data jsonb, prev_hash text, hash text)
)
UPDATE streams_reception
SET last_seq = %(last_seq)s, last_hash = %(last_hash)s, last_number = %(last_number)s
WHERE id = %(reception)s
"""


# Without a limit where the last parameter is NULL.
_CHANGED = """
SELECT seq, question_number FROM streams_entry
WHERE reception_id = %s AND seq > %s ORDER BY seq LIMIT %s
"""


def lock(reception_id: int) -> Reception:
    """The reception under its row lock, which every change of it or its questions takes first.

    As everywhere `no_key`: rows that merely point at it are written beside.
    """
    return locking(reception_id)()


def locking(reception_id: int) -> Callable[[], Reception]:
    """`lock`, whose answer is waited for when it is asked for (`sql.later`)."""
    assert connection.in_atomic_block
    return lookup.locking(reception_id)


def keep_still(reception_id: int) -> None:
    """Keep decisions out until the transaction ends: for those who write to several questions but no entry.

    Without it they and a decision on the same questions could wait for each other.
    """
    sql.run("SELECT FROM streams_reception WHERE id = %s FOR SHARE", [reception_id])


def queue_up(reception_id: int) -> None:
    """Wait until no other batch of questions is being written into the reception, here or elsewhere.

    Taken before `lock` by those who come again and again: of them only one at a time waits for the
    row, so whoever comes for a single decision waits for one batch and not for a queue of them.
    """
    sql.run("SELECT pg_advisory_xact_lock(%s, %s)", [_BATCHES, reception_id])


def append(
    reception: Reception,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    question_number: int | None = None,
    data: dict[str, Any] | None = None,
) -> Link:
    """One entry; see `append_many`."""
    return append_many(reception, [Line(kind, question_number, data or {})], by=by, at=at)[0]


def append_many(
    reception: Reception, lines: Sequence[Line], *, by: Actor, at: datetime
) -> list[Link]:
    """Add entries and the reception's new head in one statement, and ring once, after the commit.

    `reception` must come from `lock` in this transaction. Raises Sealed.
    """
    if reception.state == State.SEALED and any(line.kind not in AFTER_SEAL for line in lines):
        raise Sealed(reception.no)
    actor = by.role
    if by.user is not None:
        actor += ":" + chain.pseudonym(bytes(reception.actor_key), by.user.pk)
    links, rows = _chained(reception, lines, actor, at)
    sql.run(
        _APPEND,
        {
            "rows": json.dumps(rows, ensure_ascii=False),
            "reception": reception.pk,
            "at": at,
            "actor": actor,
            "by": by.user.pk if by.user else None,
            "last_seq": reception.last_seq,
            "last_hash": reception.last_hash,
            "last_number": reception.last_number,
        },
    )
    seq, reception_id = reception.last_seq, reception.pk
    came_in = all(line.kind == "receive" for line in lines)
    transaction.on_commit(lambda: bell.ring(reception_id, seq, only_received=came_in), robust=True)
    return links


def _chained(
    reception: Reception, lines: Sequence[Line], actor: str, at: datetime
) -> tuple[list[Link], list[dict[str, Any]]]:
    """The lines as links of the chain, and as rows for the database; moves the head in memory."""
    links, rows = [], []
    stamp = clock.stamp(at)
    seq, head = reception.last_seq, reception.last_hash
    for line in lines:
        seq += 1
        bare = _public(reception.no, seq, line, stamp, actor, head)
        link = Link(seq, chain.entry_hash(bare), at, line.data)
        rows.append(
            {
                "seq": seq,
                "kind": line.kind,
                "question_number": line.question_number,
                "data": line.data,
                "prev_hash": head,
                "hash": link.hash,
            }
        )
        links.append(link)
        head = link.hash
    reception.last_seq, reception.last_hash = seq, head
    return links, rows


def _public(
    no: str, seq: int, line: Line, stamp: str, actor: str, prev_hash: str
) -> dict[str, Any]:
    return {
        "reception": no,
        "seq": seq,
        "kind": line.kind,
        "question": line.question_number,
        "at": stamp,
        "actor": actor,
        "data": line.data,
        "prev": prev_hash,
    }


def public(entry: Entry) -> dict[str, Any]:
    """The entry as it is hashed and published."""
    line = Line(entry.kind, entry.question_number, entry.data)
    stamp = clock.stamp(entry.at)
    bare = _public(entry.reception.no, entry.seq, line, stamp, entry.actor, entry.prev_hash)
    return bare | {"hash": entry.hash}


def changed(
    reception_id: int, after: int, *, at_most: int | None = None
) -> tuple[int, frozenset[int]]:
    """The newest seq and the numbers of the questions that entries after `after` speak of.

    With `at_most` no more than so many entries are looked at, from `after` on.
    """
    newest, numbers = after, set()
    for seq, number in sql.rows(_CHANGED, [reception_id, after, at_most]):
        newest = max(newest, seq)
        if number is not None:
            numbers.add(number)
    return newest, frozenset(numbers)
