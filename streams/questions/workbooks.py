"""Workbooks of offices (XLSX, XLS, ODS) as rows of texts: the first sheet that holds anything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

FORM = "workbook"
# A workbook is an archive: a small one may unfold to anything.
UNFOLDED_MAX_BYTES = 64 * 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Cell = object


class Unreadable(ValueError):
    """The text says why."""


def is_one(raw: bytes) -> bool:
    return raw.startswith((_ZIP, _OLE))


class Sheet:
    """Row after row, as a reader of CSV gives them."""

    def __init__(self, raw: bytes) -> None:
        """Raises Unreadable."""
        _refuse_bombs(raw)
        self.line_num = 0
        try:
            self._rows: Iterator[Sequence[Cell]] = iter(_first_filled(raw))
        except (CalamineError, ValueError, OSError) as error:
            raise Unreadable(f"not a workbook that can be read: {error}") from None

    def __iter__(self) -> Sheet:
        return self

    def __next__(self) -> list[str]:
        row = next(self._rows)
        self.line_num += 1
        return [_written(cell) for cell in row]


def _refuse_bombs(raw: bytes) -> None:
    if not raw.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            unfolded = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, ValueError) as error:
        raise Unreadable(f"a broken workbook: {error}") from None
    if unfolded > UNFOLDED_MAX_BYTES:
        raise Unreadable(f"more than {UNFOLDED_MAX_BYTES // 1024**2} MB when unfolded; split it")


def _first_filled(raw: bytes) -> Sequence[Sequence[Cell]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if rows:
            return rows
    raise ValueError("no sheet holds anything")


def _written(cell: Cell) -> str:
    """As the sheet shows it; whole numbers without a fraction."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)
