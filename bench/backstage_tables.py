"""The tables for pgbench, and the one statement that writes a question's rows into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from streams.questions.models import Question

TABLES = ("streams_question", "streams_textversion", "streams_entry")
# What is unique is dealt anew in each row.
_NEXT = "nextval('bench.numbers')"
_FRESH = {
    "client_id": "gen_random_uuid()",
    "secret_hash": f"md5(CAST({_NEXT} AS text)) || md5('liveqa')",
    "number": _NEXT,
    "seq": _NEXT,
    "question_id": _NEXT,
}


def anchor_tables() -> str:
    """Copies of the tables a question is written to, with the same columns, checks and indexes, but
    without triggers and foreign keys: a limit, not a product. Gives the statement."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS bench")
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench.numbers CACHE 1000")
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS bench.{table}")
            # What pgbench leaves behind is not tidied up while the others are measured: that made the
            # product's questions three to six times as dear to PostgreSQL as they are.
            cursor.execute(
                f"CREATE TABLE bench.{table} (LIKE public.{table} INCLUDING ALL) "
                "WITH (autovacuum_enabled = false)"
            )
    sample = Question.objects.order_by("-pk").first()
    assert sample is not None
    wheres = (
        f"id = {sample.pk}",
        f"question_id = {sample.pk}",
        f"reception_id = {sample.reception_id} AND question_number = {sample.number} "
        "AND kind = 'receive'",
    )
    first, second, last = map(_insert, TABLES, wheres)
    return f"WITH a AS ({first}), b AS ({second}) {last};"


def _insert(table: str, where: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO' "
            "ORDER BY ordinal_position",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
        texts = ", ".join(f"CAST({name} AS text)" for name in names)
        cursor.execute(f"SELECT {texts} FROM public.{table} WHERE {where}")  # noqa: S608 -- ours
        row = cursor.fetchone()
    values = [_FRESH.get(name) or _literal(value) for name, value in zip(names, row, strict=True)]
    return f"INSERT INTO bench.{table} ({', '.join(names)}) VALUES ({', '.join(values)})"  # noqa: S608


def _literal(value: str | None) -> str:
    """Without a colon: pgbench would take what follows for a variable."""
    if value is None:
        return "NULL"
    escaped = value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3A")
    return "E'" + escaped.replace("\n", "\\n").replace("\r", "\\r") + "'"


COMMANDS: dict[str, Callable[..., Any]] = {"anchor_tables": anchor_tables}
