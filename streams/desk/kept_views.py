"""Comments that came when nothing took them: look through, and take some into this reception."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from streams.common import clock
from streams.desk import replies, seat
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.receptions.queries import takes_questions
from streams.sources import kept

PER_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def kept_comments(request: HttpRequest, no: str) -> HttpResponse:
    """Of all sources of the unit, or of the one in `source`."""
    mine = seat.take(request.user, no)
    if request.method != "POST":
        return _page(request, mine)
    chosen = {int(pk) for pk in request.POST.getlist("pick") if pk.isdecimal() and len(pk) < 18}
    if not chosen:
        messages.error(request, _("Nothing was chosen."))
        return _page(request, mine, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        numbers = kept.take_in(mine.reception.pk, chosen, by=mine.by, now=clock.now())
    except kept.Closed:
        messages.error(request, _("This reception takes no questions now."))
        return _page(request, mine, HTTPStatus.CONFLICT)
    count = len(numbers)
    told = ngettext("%(n)d question was stored.", "%(n)d questions were stored.", count)
    messages.success(request, told % {"n": count})
    return replies.see(request, mine)


def _page(request: HttpRequest, mine: Seat, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    source = _source(request.GET.get("source", ""))
    unit_id = mine.reception.unit_id
    found = kept.of_unit(unit_id, source)
    counts = (
        kept.of_unit(unit_id)
        .order_by("source__name")
        .values_list("source__uuid", "source__name")
        .annotate(count=Count("pk"))
    )
    context = {
        "reception": mine.reception,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "sources": list(counts),
        "source": source,
        "is_closed": not takes_questions(mine.reception, clock.now()),
    }
    return render(request, "desk/kept.html", context, status=status)


def _source(written: str) -> UUID | None:
    """Raises Http404."""
    try:
        return UUID(written) if written else None
    except ValueError:
        raise Http404 from None
