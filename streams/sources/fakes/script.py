"""What people write under a rehearsed broadcast: a file, or a list of texts, with made-up authors."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from streams.questions import files

# The columns that hold a text, in the order they are looked for.
TEXT_COLUMNS = ("text", "question", "text_kz", "text_ru")
_FIRST = ("Айгерим", "Ерлан", "Динара", "Болат", "Светлана", "Әсем", "Қайрат", "Ольга", "Нұрлан")
_LAST = ("А.", "Б.", "Ж.", "К.", "М.", "Н.", "Сейітқызы", "Ким", "Иванова")
_PEOPLE_PER_TEXT = 2


@dataclass(frozen=True, slots=True)
class Comment:
    """`key` counts from 1; each platform makes its own ids from it. `author` is a person's number."""

    key: int
    text: str
    author: int
    name: str
    handle: str
    is_staff: bool = False


def of(texts: Iterable[str], *, seed: int = 1) -> tuple[Comment, ...]:
    """Some people write more than once, as under every broadcast."""
    dice = random.Random(seed)
    known = list(texts)
    people = max(1, len(known) // _PEOPLE_PER_TEXT)
    return tuple(_comment(key, text, dice.randint(1, people)) for key, text in enumerate(known, 1))


def _comment(key: int, text: str, author: int) -> Comment:
    name = f"{_FIRST[author % len(_FIRST)]} {_LAST[author // len(_FIRST) % len(_LAST)]}"
    return Comment(key, text, author, name, f"viewer_{author}")


def read(
    path: Path, *, columns: Sequence[str] = (), limit: int | None = None, seed: int = 1
) -> tuple[Comment, ...]:
    """The texts of a CSV or JSON Lines file; rows that can't be read are left out.

    With several columns a row's first text is used, from another column each time, so that a file
    with Kazakh and Russian gives both. Raises files.BadFile, OSError.
    """
    table = files.read(path)
    wanted = tuple(columns) or tuple(name for name in TEXT_COLUMNS if name in table.columns)
    absent = [name for name in wanted if name not in table.columns]
    if absent or not wanted:
        raise files.BadFile("column", f"no column {absent[0] if absent else TEXT_COLUMNS[0]!r}")
    found = (
        text
        for turn, row in enumerate(table.rows)
        if not row.fault and (text := _text(row.values, wanted, turn))
    )
    return of(islice(found, limit), seed=seed)


def _text(values: dict[str, str], columns: Sequence[str], turn: int) -> str:
    start = turn % len(columns)
    in_turn = (*columns[start:], *columns[:start])
    return next((text for name in in_turn if (text := values[name].strip())), "")


def deal(comments: Sequence[Comment], hands: int) -> list[tuple[Comment, ...]]:
    """Dealt out like cards, so that each platform gets others."""
    return [tuple(comments[hand::hands]) for hand in range(hands)]
