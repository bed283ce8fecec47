"""What an asker gets for a question: its number, its secret, and the proof that it stands in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from streams.common import crypto, sql
from streams.questions import urgent
from streams.questions.models import Question
from streams.receptions.journal import Link
from streams.receptions.models import Entry, Reception


@dataclass(frozen=True)
class Receipt:
    """What the asker gets and can prove their question with.

    `digest` stands in the public entry `seq`; it is HMAC-SHA256(key, text) of the text as received.
    """

    client_id: UUID
    no: str
    number: int
    secret: str
    seq: int
    hash: str
    digest: str
    key: str
    at: datetime
    repeated: bool = False
    # Where to call at once; "" where nothing hurries.
    call: str = ""


@dataclass(frozen=True)
class Stored:
    """A question as its receipt needs it."""

    client_id: UUID
    number: int
    text: str
    secret: str
    key: bytes
    link: Link
    urgent: str = ""


def receipt(reception: Reception, stored: Stored, *, repeated: bool = False) -> Receipt:
    return Receipt(
        client_id=stored.client_id,
        no=f"{reception.no}-{stored.number}",
        number=stored.number,
        secret=stored.secret,
        seq=stored.link.seq,
        hash=stored.link.hash,
        digest=stored.link.data["text"],
        key=stored.key.hex(),
        at=stored.link.at,
        repeated=repeated,
        call=urgent.numbers(stored.urgent, reception.unit) if stored.urgent else "",
    )


def again(question: Question, entry: Entry) -> Receipt:
    """For a question that was received some time ago, with the entry that says so."""
    stored = Stored(
        client_id=question.client_id,
        number=question.number,
        text=question.original_text,
        secret=crypto.question_secret(question.reception_id, str(question.client_id)),
        key=bytes(question.text_key),
        link=Link(entry.seq, entry.hash, entry.at, entry.data),
        urgent=question.urgent,
    )
    return receipt(question.reception, stored)


def look_up(reception_id: int, client_ids: Iterable[UUID]) -> Callable[[], list[tuple[Any, ...]]]:
    """Those of these ids that are questions of the reception already, for `known`."""
    return sql.later(KNOWN, {"reception": reception_id, "ids": list(client_ids)})


def known(reception: Reception, rows: Iterable[tuple[Any, ...]]) -> dict[UUID, Stored]:
    """By client id; `rows` as `look_up` reads them."""
    return {
        client_id: Stored(
            client_id=client_id,
            number=number,
            text=original_text,
            secret=crypto.question_secret(reception.pk, str(client_id)),
            key=bytes(key),
            link=Link(seq, digest, at, {"text": text_digest, "source": source}),
            urgent=alarm,
        )
        for client_id, number, original_text, key, alarm, seq, digest, at, text_digest, source in rows
    }


# A look for each id: without statistics (a new table, a sudden crowd) a plan that reads the whole
# reception for each batch looks as good to PostgreSQL.
KNOWN = """
SELECT q.client_id, q.number, q.original_text, q.text_key, q.urgent, e.seq, e.hash, e.at,
    e.data->>'text', e.data->>'source'
FROM unnest(%(ids)s) AS given (client_id)
CROSS JOIN LATERAL (
    SELECT client_id, number, original_text, text_key, urgent FROM streams_question
    WHERE reception_id = %(reception)s AND client_id = given.client_id LIMIT 1
) AS q
CROSS JOIN LATERAL (
    SELECT seq, hash, at, data FROM streams_entry
    WHERE reception_id = %(reception)s AND question_number = q.number AND kind = 'receive' LIMIT 1
) AS e
"""
