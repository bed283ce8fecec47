"""A block of comments that somebody copied from a page: paste, look through, import."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from streams.common import clock
from streams.desk import paste, replies, seat
from streams.desk.paste import BlockForm, Candidate
from streams.desk.seat import Seat
from streams.desk.upload import FileForm
from streams.people.access import staff
from streams.receptions.queries import takes_questions


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def paste_in(request: HttpRequest, no: str) -> HttpResponse:
    """Without `import` in the form nothing is stored: it only shows what would be."""
    mine = seat.take(request.user, no)
    if request.method != "POST":
        return page(request, mine)
    if "import" not in request.POST:
        return preview(request, mine, request.POST.get("block", ""))
    form = BlockForm(request.POST)
    listed = _listed(mine, form)
    if not listed:
        return page(request, mine, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    chosen = {int(n) for n in request.POST.getlist("pick") if n.isdecimal() and len(n) < 6}
    if not chosen:
        form.add_error(None, _("Nothing was chosen."))
        return page(request, mine, form, listed, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    stored = paste.store(mine, listed, chosen, now=clock.now())
    if stored.refused:
        form.add_error(None, _("This reception takes no questions now. Nothing was stored."))
        return page(request, mine, form, listed, status=HTTPStatus.CONFLICT)
    messages.success(request, told(len(stored.received), stored.repeated))
    return replies.see(request, mine)


def preview(request: HttpRequest, mine: Seat, block: str) -> HttpResponse:
    form = BlockForm({"block": block})
    listed = _listed(mine, form)
    status = HTTPStatus.OK if listed else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, mine, form, listed, status=status)


def _listed(mine: Seat, form: BlockForm) -> list[Candidate]:
    """Empty, and the form says why, where there is nothing in it."""
    if not form.is_valid():
        return []
    listed = paste.candidates(mine.reception, form.cleaned_data["block"])
    if not listed:
        form.add_error(
            "block", _("No comment was found in this. Copy the comments with their words.")
        )
    return listed


def told(count: int, repeated: int) -> str:
    """How many were stored, and how many stood here before."""
    text = ngettext("%(n)d question was stored.", "%(n)d questions were stored.", count) % {
        "n": count
    }
    if repeated:
        text += " " + ngettext(
            "%(n)d was there already.", "%(n)d were there already.", repeated
        ) % {"n": repeated}
    return text


def page(
    request: HttpRequest,
    mine: Seat,
    form: BlockForm | None = None,
    listed: list[Candidate] | None = None,
    *,
    file_form: FileForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "reception": mine.reception,
        "form": form or BlockForm(),
        "file_form": file_form or FileForm(),
        "listed": listed,
        "chosen": sum(one.is_chosen for one in listed or ()),
        "is_closed": not takes_questions(mine.reception, clock.now()),
    }
    return render(request, "desk/paste.html", context, status=status)
