"""Objects of a model out of a SELECT written by hand, for the reads that run for every change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.fields.mixins import FieldCacheMixin

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
        **related: Columns[Any],
    ) -> None:
        """`table`: its name in the statement. `related`: what is joined to it, by the name of its relation."""
        self._model = model
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in without and (not only or field.name in only)
        ]
        names = [field.attname for field in fields]
        self._names = frozenset(names)
        # Those that Django itself reads out of what the database gives (JSON).
        self._written = [
            (place, field.from_db_value)
            for place, field in enumerate(fields)
            if hasattr(field, "from_db_value")
        ]
        self._key = names.index(model._meta.pk.attname)
        self._related = [
            (cast("FieldCacheMixin", model._meta.get_field(name)).cache_name, columns)
            for name, columns in related.items()
        ]
        own = (f'{table}."{field.column}"' for field in fields)
        self.text: str = ", ".join((*own, *(columns.text for columns in related.values())))

    def read(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[M]:
        """Of a statement that selects these columns first; what else it selects is left."""
        return [self.make(row) for row in sql.rows(statement, parameters)]

    def first(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> M | None:
        """As `read`, of a statement that finds one row at most."""
        return next(iter(self.read(statement, parameters)), None)

    def make(self, row: Iterable[Any]) -> M:
        """Of a row, or of the next values of one that is being read."""
        made = self.find(row)
        assert made is not None
        return made

    def find(self, row: Iterable[Any]) -> M | None:
        """None where an outer join found nothing."""
        values = iter(row)
        found = self._own(values)
        # Taken in either case: after them come the values of others.
        related = [(name, columns.find(values)) for name, columns in self._related]
        if found is not None and related:
            # As Django remembers what it joined: None is "there is none".
            found._state.fields_cache.update(related)
        return found

    def _own(self, row: Iterator[Any]) -> M | None:
        values = list(islice(row, len(self._names)))
        if values[self._key] is None:
            return None
        for place, from_db_value in self._written:
            values[place] = from_db_value(values[place], None, connection)
        return self._model.from_db(DEFAULT_DB_ALIAS, self._names, values)
