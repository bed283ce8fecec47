"""Objects of a model out of a SELECT written by hand, for the reads that run for every change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, models

from streams.common import sql

M = TypeVar("M", bound=models.Model)


def values(one: models.Model | None, *, without: Collection[str] = ()) -> tuple[Any, ...]:
    """What it holds of its table's row, as a key for what is made of that."""
    if one is None:
        return ()
    held = vars(one)
    fields = one._meta.concrete_fields
    return tuple(held.get(field.attname) for field in fields if field.name not in without)


class Columns(Generic[M]):
    """What a hand-written SELECT takes of a model's table, and the objects made of it.

    A field that is left out is fetched by Django when somebody asks for it, which no frame should.
    """

    def __init__(
        self,
        model: type[M],
        table: str,
        *,
        without: Collection[str] = (),
        only: Collection[str] = (),
    ) -> None:
        """`table`: its name in the statement."""
        self._model = model
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in without and (not only or field.name in only)
        ]
        self._names = [field.attname for field in fields]
        # Those that Django itself reads out of what the database gives (JSON).
        self._written = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]
        self._key = self._names.index(model._meta.pk.attname)
        self.text = ", ".join(f'{table}."{field.column}"' for field in fields)

    def read(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[M]:
        """Of a statement that selects these columns first; what else it selects is left."""
        return [self.make(iter(row)) for row in sql.rows(statement, parameters)]

    def make(self, row: Iterator[Any]) -> M:
        """Of the next values of a row."""
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, self._take(row))

    def find(self, row: Iterator[Any]) -> M | None:
        """None where an outer join found nothing."""
        values = self._take(row)
        if values[self._key] is None:
            return None
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, values)

    def _take(self, row: Iterator[Any]) -> list[Any]:
        values = list(islice(row, len(self._names)))
        for place, from_db_value in self._written:
            values[place] = from_db_value(values[place], None, connection)
        return values
