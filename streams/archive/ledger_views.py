"""The public journal of a reception: to read, and as files to check and to count with."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.core.paginator import Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from streams.archive import pages, queries
from streams.questions.queries import Equation, equation, sums
from streams.receptions import chain, ledger
from streams.receptions.models import Reception

PER_PAGE = 100
# Entries read and sent at a time: a long journal is never in memory as a whole.
_PIECE = 1000
_COLUMNS = ("seq", "at", "kind", "question", "actor", "data", "prev", "hash")
# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Pieces = AsyncIterator[bytes]


@require_safe
def page(request: HttpRequest, no: str) -> HttpResponse:
    reception = _reception(no)
    entries, (added_up, tally) = queries.entries(reception), sums(reception.pk)
    shown = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "reception": reception,
        "equation": added_up,
        "page": shown,
        "happenings": pages.happenings(reception, shown),
        "seal": queries.seal(reception),
        "given": pages.given_reasons(reception, tally),
        "to_confirm": tally.to_confirm,
    }
    return render(request, "archive/ledger.html", context)


@require_safe
def as_json(request: HttpRequest, no: str) -> HttpResponseBase:
    return _file(request, no, "json", "application/json", _json)


@require_safe
def as_csv(request: HttpRequest, no: str) -> HttpResponseBase:
    return _file(request, no, "csv", "text/csv; charset=utf-8", _csv)


def _reception(no: str) -> Reception:
    reception = queries.reception(no)
    if reception is None:
        raise Http404
    return reception


def _file(
    request: HttpRequest,
    no: str,
    extension: str,
    content_type: str,
    write: Callable[[Reception, int, Equation], Pieces],
) -> HttpResponseBase:
    """The journal as it stood in one moment; unchanged (304) while nothing was added."""
    reception = _reception(no)
    added_up = equation(reception.pk)
    # Without a question there is nothing to count, and the reception's own word is as old or older.
    seq = added_up.seq or reception.last_seq
    etag = f'"{reception.no}.{seq}.{extension}"'
    unchanged = get_conditional_response(request, etag=etag)
    response: HttpResponseBase
    if unchanged is not None:
        response = unchanged
    elif request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(write(reception, seq, added_up), content_type=content_type)
    name = f"liveqa-{reception.no}-ledger.{extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response


async def _json(reception: Reception, seq: int, sums: Equation) -> Pieces:
    writer, opened = ledger.Writer(), False
    async for entries in _entries(reception, seq):
        if not opened:
            yield writer.opening(entries[0])
            opened = True
        yield writer.body(entries)
    yield writer.closing(sums.published())


async def _csv(reception: Reception, seq: int, sums: Equation) -> Pieces:
    # The mark tells spreadsheets that this is UTF-8.
    yield "\ufeff".encode() + _rows([_COLUMNS])
    async for entries in _entries(reception, seq):
        yield _rows([[_cell(entry[name]) for name in _COLUMNS] for entry in entries])


async def _entries(reception: Reception, seq: int) -> AsyncIterator[list[dict[str, Any]]]:
    read = sync_to_async(queries.public_entries)
    for after in range(0, seq, _PIECE):
        yield await read(reception, after=after, until=min(after + _PIECE, seq))


def _rows(rows: list[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> object:
    if isinstance(value, dict):
        value = chain.canonical(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
