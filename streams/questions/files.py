"""Tables of strangers: CSV, JSON Lines and workbooks, whatever their encoding, delimiter and state of health."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from charset_normalizer import from_bytes

from streams.questions import workbooks

MAX_BYTES = 200 * 1024 * 1024
DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 64 * 1024
_SAMPLE_ROWS = 50
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose mark is the beginning of this one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What offices of the region save as when it isn't Unicode.
_LEGACY = ["cp1251", "koi8_r", "cp866", "utf_16_le", "utf_16_be"]


class BadFile(ValueError):
    """The file as a whole can't be read; the text says why, and `code` in one word."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Row:
    """`line` is where the row begins in the file, from 1. `fault` says why there are no values, and
    `code` in one word."""

    line: int
    values: dict[str, str]
    fault: str = ""
    code: str = ""


@dataclass(frozen=True)
class Table:
    """`rows` may be walked once; a bad row says so and doesn't stop the others."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str
    form: str


def read(path: Path, *, encoding: str = "", delimiter: str = "") -> Table:
    """Raises BadFile, OSError."""
    if path.stat().st_size > MAX_BYTES:
        raise BadFile("size", f"more than {MAX_BYTES // 1024**2} MB; split it")
    return parse(path.read_bytes(), path.name, encoding=encoding, delimiter=delimiter)


def parse(
    raw: bytes, name: str, *, encoding: str = "", delimiter: str = "", has_header: bool = True
) -> Table:
    """`has_header` False: the first line is a row too, and columns are named as sheets name them.
    Raises BadFile."""
    if workbooks.is_one(raw):
        return _table(_sheet(raw), "Unicode", workbooks.FORM, has_header=has_header)
    encoding = encoding or _encoding(raw)
    text = _text(raw, encoding)
    if name.lower().endswith((".jsonl", ".ndjson")) or text.lstrip().startswith("{"):
        return _json_lines(text, encoding)
    if text.lstrip().startswith("["):
        raise BadFile("json", "a JSON array: write one object a line (JSON Lines)")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter) or _delimiter(text)
    if len(delimiter) != 1:
        raise BadFile("delimiter", f"a delimiter is one character, not {delimiter!r}")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    # By its sign: a page in any language shows it.
    form = "TSV" if delimiter == "\t" else f"CSV ({delimiter})"
    return _table(rows, encoding, form, has_header=has_header)


def text(raw: bytes) -> str:
    """All of a plain text file, whatever its encoding. Raises BadFile."""
    return _text(raw, _encoding(raw)).encode("utf-8", "replace").decode()


def _sheet(raw: bytes) -> workbooks.Sheet:
    try:
        return workbooks.Sheet(raw)
    except workbooks.Unreadable as error:
        raise BadFile("workbook", str(error)) from None


# --- Encoding -------------------------------------------------------------------------------------


def _encoding(raw: bytes) -> str:
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return name
    if not _is_foreign(raw):
        return "utf-8"
    best = from_bytes(raw, cp_isolation=_LEGACY, steps=10, chunk_size=2048).best()
    if best is None:
        raise BadFile(
            "encoding", "not a text file, or of an unknown encoding (name it with --encoding)"
        )
    return best.encoding


def _is_foreign(raw: bytes) -> bool:
    """Not UTF-8. A few broken bytes in a UTF-8 file don't count: their rows will be named."""
    text = raw.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= character <= "\udcff" for character in text)
    letters = sum(character > "\x7f" for character in text) - broken
    return broken * 20 > letters or _controls(text) * 5 > len(text)


def _controls(text: str) -> int:
    return sum(c < " " and c not in "\t\n\r" for c in text)


def _text(raw: bytes, encoding: str) -> str:
    try:
        # In UTF-8 a broken byte is kept as a mark, so that its row can be named.
        broken = "surrogateescape" if codecs.lookup(encoding).name == "utf-8" else "replace"
        text = raw.decode(encoding, broken).removeprefix("\ufeff")
    except LookupError:
        raise BadFile("encoding", f"Python knows no encoding {encoding!r}") from None
    sample = text[:_SAMPLE_CHARS]
    if _controls(sample) * 20 > len(sample):
        raise BadFile("not_text", "not a text file")
    if not text.strip():
        raise BadFile("empty", "empty")
    return text


# --- CSV ------------------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """The one that cuts most of the first rows into the same number of fields, and into most."""
    sample = text[:_SAMPLE_CHARS]

    def fitness(delimiter: str) -> tuple[float, int]:
        widths = []
        try:
            for fields in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
                widths.append(len(fields))
                if len(widths) == _SAMPLE_ROWS:
                    break
        except csv.Error:
            pass  # The rows before the fault tell enough.
        width, times = Counter(w for w in widths if w).most_common(1)[0] if widths else (1, 1)
        return (times / len(widths) if width > 1 else 0.0, width)

    return max(DELIMITERS, key=fitness)


class _Reader(Protocol):
    """`line_num`: how many lines of the file have been read."""

    @property
    def line_num(self) -> int: ...

    def __next__(self) -> list[str]: ...


def _table(rows: _Reader, encoding: str, form: str, *, has_header: bool) -> Table:
    try:
        first = next(rows)
    except (csv.Error, StopIteration) as error:
        raise BadFile("header", f"the first line is no header: {error}") from None
    if has_header:
        header = [name.strip() for name in first]
        _refuse_twins(header)
        return Table(tuple(header), _rows(rows, header), encoding, form)
    header = [_letters(place) for place in range(len(first))]
    own = _checked(1, dict(zip(header, first, strict=True)))
    return Table(tuple(header), chain([own], _rows(rows, header)), encoding, form)


def _letters(place: int) -> str:
    """A, B, … Z, AA: as the columns of a sheet."""
    name = chr(ord("A") + place % 26)
    return name if place < 26 else _letters(place // 26 - 1) + name


def _rows(rows: _Reader, header: list[str]) -> Iterator[Row]:
    while True:
        line = rows.line_num + 1
        try:
            fields = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, f"not CSV: {error}", "csv")
            continue
        if not any(field.strip() for field in fields):
            continue
        if len(fields) != len(header):
            yield Row(line, {}, f"{len(fields)} fields, the header has {len(header)}", "fields")
            continue
        yield _checked(line, dict(zip(header, fields, strict=True)))


def _refuse_twins(header: list[str]) -> None:
    twins = [name for name, times in Counter(header).items() if times > 1]
    if twins:
        raise BadFile("twins", f"two columns are named {twins[0]!r}")


def _checked(line: int, values: dict[str, str]) -> Row:
    if any("\udc80" <= character <= "\udcff" for v in values.values() for character in v):
        return Row(line, {}, "bytes that are no UTF-8", "bytes")
    return Row(line, values)


# --- JSON Lines -----------------------------------------------------------------------------------


def _json_lines(text: str, encoding: str) -> Table:
    rows = list(_json_rows(text.split("\n")))
    columns = dict.fromkeys(name for row in rows for name in row.values)
    return Table(tuple(columns), iter(rows), encoding, "JSON Lines")


def _json_rows(lines: Iterable[str]) -> Iterator[Row]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            yield Row(number, {}, "not JSON", "json")
            continue
        if not isinstance(said, dict):
            yield Row(number, {}, "no JSON object", "json")
            continue
        yield _checked(number, {name: _said(value) for name, value in said.items()})


def _said(value: object) -> str:
    """As a cell of a table would hold it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
