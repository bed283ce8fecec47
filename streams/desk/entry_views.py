"""Typing a question in for somebody who called, wrote on paper or stands here."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.desk import seat
from streams.desk.entry import EntryForm, Typed
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions import by_form
from streams.questions.intake import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def type_in(request: HttpRequest, no: str) -> HttpResponse:
    """The form alone for the desk's dialog, else a page of its own; after a question the next one."""
    mine = seat.take(request.user, no)
    if request.method != "POST":
        return _answer(request, mine, _blank(mine, request.GET.get("source", "")))
    form = EntryForm(request.POST, districts=mine.districts())
    if not form.is_valid() or form.ask is None:
        return _answer(request, mine, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    result = by_form.receive(mine.reception.pk, form.ask, by=mine.by, now=clock.now())
    if isinstance(result, Refusal):
        form.add_error(None, _("This reception takes no questions now. Nothing was stored."))
        return _answer(request, mine, form, status=HTTPStatus.CONFLICT)
    return _answer(request, mine, _blank(mine, form.ask.source), typed=Typed(result))


def _blank(mine: Seat, source: str) -> EntryForm:
    return EntryForm(districts=mine.districts(), source=source)


def _answer(
    request: HttpRequest,
    mine: Seat,
    form: EntryForm,
    *,
    typed: Typed | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"reception": mine.reception, "form": form, "typed": typed}
    is_dialog = is_htmx(request)
    template = "parts/desk_entry.html" if is_dialog else "desk/entry.html"
    return render(request, template, context, status=status)
