"""The append-only journal of a reception: gapless, in the order of commits, chained by hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from streams.common import clock
from streams.people.actors import Actor
from streams.receptions import bell, chain
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


def lock(reception_id: int) -> Reception:
    """The reception under its row lock, which every change of it or its questions takes first."""
    assert connection.in_atomic_block
    return (
        Reception.objects.select_for_update(of=("self",))
        .select_related("unit")
        .get(pk=reception_id)
    )


def append(
    reception: Reception,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    question_number: int | None = None,
    data: dict[str, Any] | None = None,
) -> Entry:
    """One entry; see `append_many`."""
    return append_many(reception, [Line(kind, question_number, data or {})], by=by, at=at)[0]


def append_many(
    reception: Reception, lines: Sequence[Line], *, by: Actor, at: datetime
) -> list[Entry]:
    """Add entries in one insert and ring once, after the commit.

    `reception` must come from `lock` in this transaction. Raises Sealed.
    """
    if reception.state == State.SEALED and any(line.kind not in AFTER_SEAL for line in lines):
        raise Sealed(reception.no)
    actor = by.role
    if by.user is not None:
        actor += ":" + chain.pseudonym(bytes(reception.actor_key), by.user.pk)
    entries = []
    for line in lines:
        reception.last_seq += 1
        entry = Entry(
            reception=reception,
            seq=reception.last_seq,
            kind=line.kind,
            question_number=line.question_number,
            at=at,
            actor=actor,
            by=by.user,
            data=line.data,
            prev_hash=reception.last_hash,
        )
        entry.hash = reception.last_hash = chain.entry_hash(public(entry))
        entries.append(entry)
    Entry.objects.bulk_create(entries)
    reception.save(update_fields=["last_seq", "last_hash", "last_number"])
    seq, reception_id = reception.last_seq, reception.pk
    transaction.on_commit(lambda: bell.ring(reception_id, seq), robust=True)
    return entries


def public(entry: Entry) -> dict[str, Any]:
    """The entry as it is hashed and published."""
    return {
        "reception": entry.reception.no,
        "seq": entry.seq,
        "kind": entry.kind,
        "question": entry.question_number,
        "at": clock.stamp(entry.at),
        "actor": entry.actor,
        "data": entry.data,
        "prev": entry.prev_hash,
        "hash": entry.hash,
    }


def changed(reception_id: int, after: int) -> tuple[int, frozenset[int]]:
    """The newest seq and the numbers of the questions that entries after `after` speak of."""
    rows = Entry.objects.filter(reception_id=reception_id, seq__gt=after).values_list(
        "seq", "question_number"
    )
    newest, numbers = after, set()
    for seq, number in rows.order_by():
        newest = max(newest, seq)
        if number is not None:
            numbers.add(number)
    return newest, frozenset(numbers)
