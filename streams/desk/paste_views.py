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
from streams.desk.paste import BlockForm, Candidate, Stored
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.receptions.queries import takes_questions


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def paste_in(request: HttpRequest, no: str) -> HttpResponse:
    """Without `import` in the form nothing is stored: it only shows what would be."""
    mine = seat.take(request.user, no)
    if request.method != "POST":
        return _page(request, mine, BlockForm())
    form = BlockForm(request.POST)
    if not form.is_valid():
        return _page(request, mine, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    listed = paste.candidates(mine.reception, form.cleaned_data["block"])
    if not listed:
        form.add_error(
            "block", _("No comment was found in this. Copy the comments with their words.")
        )
        return _page(request, mine, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if "import" not in request.POST:
        return _page(request, mine, form, listed)
    chosen = {int(n) for n in request.POST.getlist("pick") if n.isdecimal() and len(n) < 6}
    if not chosen:
        form.add_error(None, _("Nothing was chosen."))
        return _page(request, mine, form, listed, HTTPStatus.UNPROCESSABLE_ENTITY)
    stored = paste.store(mine, listed, chosen, now=clock.now())
    if stored.refused:
        form.add_error(None, _("This reception takes no questions now. Nothing was stored."))
        return _page(request, mine, form, listed, HTTPStatus.CONFLICT)
    messages.success(request, _told(stored))
    return replies.see(request, mine)


def _told(stored: Stored) -> str:
    count = len(stored.received)
    text = ngettext("%(n)d question was stored.", "%(n)d questions were stored.", count) % {
        "n": count
    }
    if stored.repeated:
        text += " " + ngettext(
            "%(n)d was there already.", "%(n)d were there already.", stored.repeated
        ) % {"n": stored.repeated}
    return text


def _page(
    request: HttpRequest,
    mine: Seat,
    form: BlockForm,
    listed: list[Candidate] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "reception": mine.reception,
        "form": form,
        "listed": listed,
        "chosen": sum(one.is_chosen for one in listed or ()),
        "is_closed": not takes_questions(mine.reception, clock.now()),
    }
    return render(request, "desk/paste.html", context, status=status)
