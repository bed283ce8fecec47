"""Fresh questions stored by one statement, however many: with their first text and their contacts.

The rows travel as one JSON text. Model instances and a parameter for each value of each row would
cost Python ten times what the database needs for all of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypedDict

from django.db import connection

from streams.common import sql
from streams.questions import search
from streams.questions.models import Question


class Row(TypedDict):
    """What differs from question to question. Bytes as PostgreSQL reads them: `\\x` and hexadecimal."""

    number: int
    client_id: str
    secret_hash: str
    text_key: str
    original_text: str
    language: str
    search_text: str
    urgent: str
    asker_name: str
    district_id: int | None
    contact: str | None
    is_public: bool


# Who may read it can search for it; the others get theirs with their first decision.
_MADE = {
    "public_text": "original_text",
    "search_vector": f"CASE WHEN is_public THEN {search.vector('search_text')} END",
}
_SHARED = ("reception_id", "received_at", "changed_at", "in_pause")


def as_bytea(value: bytes) -> str:
    return "\\x" + value.hex()


def insert(reception_id: int, rows: Sequence[Row], *, at: datetime, in_pause: bool = False) -> None:
    """Everything not in a row has the default that the model gives it."""
    statement, defaults = _statement()
    parameters = defaults | {
        "rows": json.dumps(rows, ensure_ascii=False),
        "reception_id": reception_id,
        "received_at": at,
        "changed_at": at,
        "in_pause": in_pause,
    }
    sql.run(statement, parameters)


@cache
def _statement() -> tuple[str, dict[str, Any]]:
    """Made from the model, so that a new column is stored with its default like anywhere else."""
    fields = {
        field.attname: field
        for field in Question._meta.concrete_fields
        if not field.primary_key and not field.generated
    }
    types = {name: field.db_type(connection) for name, field in fields.items()}
    varying = [name for name in fields if name in Row.__annotations__]
    same = [name for name in fields if name not in varying and name not in _MADE]
    defaults = {
        name: fields[name].get_db_prep_save(fields[name].get_default(), connection)
        for name in same
        if name not in _SHARED
    }
    columns = [*varying, *_MADE, *same]
    values = [*varying, *_MADE.values(), *(f"%({name})s::{types[name]}" for name in same)]
    given = ", ".join([*(f"{name} {types[name]}" for name in varying), "contact bytea"])
    # No value of a stranger is part of this text: it is made of the model's own names.
    statement = f"""
WITH given AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS given ({given})
), stored AS (
    INSERT INTO {Question._meta.db_table} ({", ".join(columns)})
    SELECT {", ".join(values)} FROM given
    RETURNING id, number, original_text
), first_texts AS (
    INSERT INTO streams_textversion (question_id, version, text, at)
    SELECT id, 1, original_text, %(received_at)s FROM stored
)
INSERT INTO streams_askercontact (question_id, sealed)
SELECT stored.id, given.contact FROM stored JOIN given USING (number)
WHERE given.contact IS NOT NULL
"""  # noqa: S608
    return statement, defaults
