"""The few statements that run for every change of a broadcast, without Django building their SQL anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.pq import TransactionStatus


def rows(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows of one hand-written SELECT; `%s` or `%(name)s` stands for a parameter."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def later(
    statement: str, parameters: Sequence[Any] | Mapping[str, Any]
) -> Callable[[], list[tuple[Any, ...]]]:
    """As `rows`, but they are read when they are asked for: inside `pipelined` what is sent in between
    goes out with it."""
    cursor = connection.cursor()
    cursor.execute(statement, parameters)

    def read() -> list[tuple[Any, ...]]:
        with cursor:
            return list(cursor.fetchall())

    return read


def run(statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> None:
    """One hand-written statement whose result nobody reads."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@contextmanager
def pipelined() -> Iterator[None]:
    """Inside a transaction: a statement whose result is not read doesn't wait for the one before, not even
    the first one for BEGIN. PostgreSQL keeps their plans: to plan a batch of 16 takes it a quarter of the time
    that it takes to write it.

    Where the event loop is busy, a thread waits up to a millisecond for its turn after each answer of the
    database. What goes wrong is raised where a result is read, at the latest at the end.
    """
    raw = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
    begins = raw.pgconn.transaction_status == TransactionStatus.IDLE
    if begins:
        # psycopg would send it by itself, and wait for the answer.
        raw.autocommit = True
    try:
        with connection.wrap_database_errors, raw.pipeline():
            if begins:
                raw.execute("BEGIN")
            yield
    finally:
        raw.cursor_factory = usual


def commit_along() -> None:
    """Last inside `pipelined`: the commit goes out with what was written, and the end of the pipeline is
    the end of the transaction. Nothing may follow in it. Inside another transaction that one decides.
    """
    if len(connection.atomic_blocks) == 1 and connection.commit_on_exit:
        run("COMMIT", ())
