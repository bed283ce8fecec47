"""A file of comments on its way to questions: kept for a day, looked through, stored in portions.

Nothing depends on where an import stopped: a row has the same id at every run, so it is stored once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from streams.desk.models import Upload
from streams.desk.seat import Seat
from streams.questions import files, importing, intake
from streams.questions.files import BadFile, Table
from streams.questions.importing import Columns, Found
from streams.questions.receipts import Receipt

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 5000
# Of a long file so many are written out; all are stored.
SHOWN, SHOWN_FAULTS = 300, 100
PORTION = 200
KEPT = timedelta(days=1)
_NAME_MAX = 120
ACCEPTED = ".csv,.tsv,.txt,.jsonl,.ndjson,.xlsx,.xls,.ods"
# What a column with the words is called; the first that fits, else the one with the longest cells.
_TEXTS = ("text", "question", "вопрос", "сұрақ", "message", "сообщение", "comment", "комментар", "пікір", "текст", "мәтін")  # fmt: skip
_NAMES = ("name", "author", "user", "имя", "автор", "фио", "ник", "аты", "есім")
_IDS = ("id", "comment_id", "message_id")
BAD_FILES: Mapping[str, object] = {
    "size": _("The file is too large: 4 MB and 5000 rows are allowed. Split it."),
    "workbook": _("This workbook can't be read. Save the sheet as CSV UTF-8 and choose that."),
    "encoding": _("The letters of this file can't be read. Save it as CSV UTF-8."),
    "not_text": _("This is no file with a table or a text."),
    "empty": _("The file is empty."),
    "json": _("A JSON file needs one object in each line."),
    "header": _("The first line can't be read as names of columns."),
    "twins": _("Two columns have the same name. Rename one of them."),
}
FAULTS: Mapping[str, object] = {
    "csv": _("the quotation marks do not match"),
    "fields": _("more or fewer cells than the first line has"),
    "bytes": _("letters that can't be read"),
    "json": _("not one JSON object"),
    "empty": _("no words in it"),
    "long": _("too long for a question"),
    "name": _("the name is too long"),
}


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("The file"),
        widget=forms.FileInput({"accept": ACCEPTED}),
        help_text=_("CSV, Excel (XLSX, XLS), ODS, JSON Lines or plain text, up to 4 MB."),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(BAD_FILES["size"])  # type: ignore[arg-type]
        return file


class ColumnsForm(forms.Form):
    """Which column holds what. `bare`: the first line is a comment too."""

    text = forms.ChoiceField(label=_("The question is in"))
    name = forms.ChoiceField(label=_("The asker's name is in"), required=False)
    id = forms.ChoiceField(label=_("The comment's number is in"), required=False)
    bare = forms.BooleanField(
        label=_("The first line is a comment, not names of columns"), required=False
    )

    def __init__(self, data: Mapping[str, Any] | None, *, table: Table, guess: Columns) -> None:
        super().__init__(
            data, auto_id="columns-%s", initial={"text": guess.texts[0], **guess.fields}
        )
        named = [(column, column or "–") for column in table.columns]
        self._offer("text", named)
        for name in ("name", "id"):
            self._offer(name, [("", _("nowhere")), *(one for one in named if one[0])])

    def _offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        found = self.fields[name]
        assert isinstance(found, forms.ChoiceField)
        found.choices = choices

    @property
    def columns(self) -> Columns:
        chosen = {name: self.cleaned_data[name] for name in ("name", "id")}
        return Columns((self.cleaned_data["text"],), {n: c for n, c in chosen.items() if c})


@dataclass(frozen=True)
class Fault:
    line: int
    words: object


@dataclass(frozen=True)
class Candidate:
    """One row as the preview shows it. `known`: the number under which it is here already."""

    place: int
    found: Found
    known: int | None = None


@dataclass
class Look:
    """What is in a file. `good` are all rows that can be stored, `listed` those that are shown."""

    name: str
    form: str
    encoding: str
    columns: ColumnsForm
    good: list[Found] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    listed: list[Candidate] = field(default_factory=list)
    known: int = 0
    is_cut: bool = False

    @property
    def fresh(self) -> int:
        return len(self.good) - self.known

    @property
    def beyond(self) -> int:
        """How many good rows are not shown."""
        return len(self.good) - len(self.listed)

    @property
    def chosen(self) -> dict[str, str]:
        """The columns as the import's form carries them on."""
        said = self.columns.cleaned_data if self.columns.is_bound else self.columns.initial
        return {name: "on" if value is True else value for name, value in said.items() if value}


@dataclass
class Portion:
    """What became of some rows. `next`: where the next portion begins; None after the last one."""

    received: int = 0
    repeated: int = 0
    refused: int = 0
    next: int | None = None


def keep(seat: Seat, name: str, raw: bytes, *, now: datetime) -> Upload:
    """Raises BadFile where there is no table in it."""
    files.parse(raw, name)
    upload = Upload(reception=seat.reception, by=seat.user, name=name[-_NAME_MAX:], created_at=now)
    upload.keep(raw)
    upload.save()
    return upload


def look(upload: Upload, chosen: Mapping[str, Any]) -> Look:
    """`chosen`: the fields of `ColumnsForm`; without a `text` the columns are guessed. Raises BadFile."""
    raw = upload.raw
    has_header = not chosen.get("bare")
    guess = _guess(files.parse(raw, upload.name, has_header=has_header))
    table = files.parse(raw, upload.name, has_header=has_header)
    form = ColumnsForm(chosen if chosen.get("text") else None, table=table, guess=guess)
    if not (form.is_bound and form.is_valid()):
        # Another first line has other columns: what was chosen of the old ones says nothing.
        form = ColumnsForm(None, table=table, guess=guess)
        form.initial["bare"] = not has_header
    columns = form.columns if form.is_bound else guess
    seen = Look(upload.name, table.form, table.encoding, form)
    for found in importing.Reader(upload.reception, columns).asks(table):
        if found.ask is None:
            seen.faults.append(Fault(found.line, FAULTS.get(found.code, found.fault)))
        elif len(seen.good) < MAX_ROWS:
            seen.good.append(found)
        else:
            seen.is_cut = True
    numbers = _numbers(upload, seen.good)
    seen.known = len(numbers)
    seen.listed = [
        Candidate(place, found, numbers.get(found.ask.client_id))
        for place, found in enumerate(seen.good[:SHOWN])
        if found.ask
    ]
    return seen


def store(
    seat: Seat, good: Sequence[Found], start: int, skip: Collection[int], *, now: datetime
) -> Portion:
    """One portion of the good rows, without those at the places `skip`."""
    rows = [
        found.ask
        for place, found in enumerate(good[start : start + PORTION], start)
        if place not in skip and found.ask is not None
    ]
    done = Portion(next=start + PORTION if start + PORTION < len(good) else None)
    for result in intake.receive_many(seat.reception.pk, rows, now=now, by=seat.by) if rows else ():
        if not isinstance(result, Receipt):
            done.refused += 1
        elif result.repeated:
            done.repeated += 1
        else:
            done.received += 1
    return done


def purge(now: datetime) -> int:
    """What nobody came back for. How many files went."""
    gone, _rows = Upload.objects.filter(created_at__lt=now - KEPT).delete()
    return gone


def _numbers(upload: Upload, good: Sequence[Found]) -> dict[Any, int]:
    return importing.numbers(upload.reception, [found.ask for found in good if found.ask])


def _guess(table: Table) -> Columns:
    """By the names of the columns, and by the length of what stands in them. Raises BadFile."""
    lengths = dict.fromkeys(table.columns, 0)
    for _turn, row in zip(range(50), table.rows, strict=False):
        for column, cell in row.values.items():
            lengths[column] = lengths.get(column, 0) + len(cell)
    if not lengths:
        raise BadFile("empty", "no columns")
    longest = max(lengths, key=lambda column: lengths[column])
    text = _named(table.columns, _TEXTS) or longest
    others = [column for column in table.columns if column != text]
    fields = {"name": _named(others, _NAMES), "id": _named(others, _IDS, exactly=True)}
    return Columns((text,), {name: column for name, column in fields.items() if column})


def _named(columns: Sequence[str], words: Sequence[str], *, exactly: bool = False) -> str:
    for word in words:
        for column in columns:
            said = column.casefold()
            if said == word or (not exactly and word in said):
                return column
    return ""
