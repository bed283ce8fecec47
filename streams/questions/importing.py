"""Questions from a file: each row becomes asks for the one door, with ids that make a re-run harmless."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from streams.questions import intake
from streams.questions.files import Row, Table
from streams.questions.intake import Ask, BadAsk
from streams.receptions.models import Reception

SOURCE = "import"
# What a column may feed beside the texts. `id` names the row when its text may change.
FIELDS = ("name", "district", "contact", "language", "id")
_NAMESPACE = uuid.UUID("5f0f6c1e-6c6e-4c52-9a0c-8f6f8f2f6b7d")


class BadColumns(ValueError):
    """The columns asked for aren't in the file; the text says which."""


@dataclass(frozen=True)
class Columns:
    """Where the file holds what. Each of `texts` makes a question of its own."""

    texts: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)

    def check(self, table: Table) -> None:
        """Raises BadColumns."""
        for column in (*self.texts, *self.fields.values()):
            if column not in table.columns:
                there = ", ".join(table.columns) or "none"
                raise BadColumns(f"no column {column!r}; the file has: {there}")


@dataclass(frozen=True)
class Found:
    """One question of the file, or (`ask` None) what is wrong with the row, and `code` in one word."""

    line: int
    ask: Ask | None = None
    fault: str = ""
    code: str = ""


class Reader:
    """Turns rows into asks for one reception."""

    def __init__(self, reception: Reception, columns: Columns) -> None:
        self._no = reception.no
        self._columns = columns
        self._districts = _districts(reception)
        self._seen: Counter[str] = Counter()

    def asks(self, table: Table) -> Iterator[Found]:
        for row in table.rows:
            yield from self._of_row(row)

    def _of_row(self, row: Row) -> Iterator[Found]:
        if row.fault:
            yield Found(row.line, fault=row.fault, code=row.code)
            return
        texts = [(column, row.values.get(column, "")) for column in self._columns.texts]
        # In a file of two languages a row may have only one of them.
        said = [(column, text) for column, text in texts if text.strip()]
        if not said:
            yield Found(row.line, fault="no text", code="empty")
        for column, text in said:
            try:
                yield Found(row.line, self._ask(row, column, text))
            except BadAsk as error:
                yield Found(row.line, fault=_sentence(error), code=_code(error))

    def _ask(self, row: Row, column: str, text: str) -> Ask:
        fields = {name: row.values.get(source, "") for name, source in self._columns.fields.items()}
        key = fields.pop("id", "").strip()
        district = fields.pop("district", "").strip()
        code = self._districts.get(district.casefold(), "")
        if district and not code:
            raise BadAsk("district", "unknown")
        payload = {"client_id": str(uuid.UUID(int=0)), "text": text, "district": code, **fields}
        ask = intake.parse(payload)
        identity = f"{column}\n{key}" if key else ask.text
        return replace(ask, client_id=self._client_id(identity, numbered=not key), source=SOURCE)

    def _client_id(self, identity: str, *, numbered: bool) -> uuid.UUID:
        """The same row of the same file gets the same id at every run.

        Without an id of its own a row is known by its text: the second row with that text is another
        question.
        """
        times = self._seen[identity] if numbered else 0
        self._seen[identity] += 1
        return uuid.uuid5(_NAMESPACE, f"{self._no}\n{times}\n{identity}")


def known(reception: Reception, asks: Sequence[Ask]) -> set[uuid.UUID]:
    """The ids that the reception has already received."""
    ids = reception.questions.filter(client_id__in=[ask.client_id for ask in asks])
    return set(ids.values_list("client_id", flat=True))


def numbers(reception: Reception, asks: Sequence[Ask]) -> dict[uuid.UUID, int]:
    """The numbers of those that the reception has already received, by their ids."""
    there = reception.questions.filter(client_id__in=[ask.client_id for ask in asks])
    return dict(there.order_by().values_list("client_id", "number"))


def _districts(reception: Reception) -> dict[str, str]:
    """Codes by code and by name in any language, of the units an asker may choose from."""
    found: dict[str, str] = {}
    for unit in reception.unit.tree():
        for name in (unit.code, unit.name_kk, unit.name_ru, unit.name_en):
            if name:
                found[name.casefold()] = unit.code
    return found


def _code(error: BadAsk) -> str:
    return error.code if error.field == "text" else error.field


def _sentence(error: BadAsk) -> str:
    if error.code == "long":
        return (
            f"{error.field} of {error.params['got']} characters, {error.params['max']} are allowed"
        )
    if error.code == "empty":
        return f"{error.field} without a letter or digit"
    return f"{error.field}: {error.code}"
