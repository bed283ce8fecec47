"""One step on all chosen questions, and the one undo for it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.desk import bulk, refusals, replies, seat
from streams.desk.bulk import BulkForm, Entries, Step
from streams.desk.refusals import REFUSALS
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions.batches import Batch

_DONE = {
    Step.APPROVE: gettext_lazy("approved"),
    Step.QUEUE: gettext_lazy("put into the queue"),
    Step.TAG: gettext_lazy("tagged"),
    Step.DECLINE: gettext_lazy("declined"),
    Step.MERGE: gettext_lazy("merged"),
    Step.DISTRICT: gettext_lazy("handed to a district"),
    Step.SET_ASIDE: gettext_lazy("set aside"),
}

_PROPOSED = {
    Step.DECLINE: gettext_lazy("proposed to decline"),
    Step.SET_ASIDE: gettext_lazy("proposed to set aside"),
}


@require_POST
@staff
def step(request: HttpRequest, no: str) -> HttpResponse:
    """What can follow does; the rest is named with its reason and stays chosen."""
    mine = seat.take(request.user, no)
    form = BulkForm(request.POST, unit=mine.reception.unit)
    if not form.is_valid():
        return _unclear(request, mine)
    wish = form.wish()
    try:
        batch = bulk.make(mine, wish, clock.now())
    except REFUSALS as error:
        return _answer(request, mine, Batch(), refusals.sentence(error))
    what = _PROPOSED[wish.step] if bulk.is_proposal(mine, wish.step) else _DONE[wish.step]
    told = ngettext("%(n)d question: %(what)s.", "%(n)d questions: %(what)s.", len(batch.done))
    return _answer(request, mine, batch, told % {"n": len(batch.done), "what": what})


@require_POST
@staff
def undo(request: HttpRequest, no: str) -> HttpResponse:
    """Take one's own batch back: those on which nobody worked since."""
    mine = seat.take(request.user, no)
    form = Entries(request.POST)
    if not form.is_valid():
        return _unclear(request, mine)
    entries = form.cleaned_data["entries"]
    batch = bulk.take_back(mine, entries, clock.now())
    told = ngettext(
        "%(n)d question is as it was.", "%(n)d questions are as they were.", len(batch.done)
    ) % {"n": len(batch.done)}
    return _answer(request, mine, batch, told, undoable=False)


def _answer(
    request: HttpRequest, mine: Seat, batch: Batch, told: str, *, undoable: bool = True
) -> HttpResponse:
    refused = [(number, refusals.sentence(error)) for number, error in batch.refused]
    if not is_htmx(request):
        messages.success(request, told)
        for number, why in refused:
            messages.error(request, f"№ {number}: {why}")
        return replies.see(request, mine)
    if not undoable:
        told = " ".join([told, *(f"№ {number}: {why}" for number, why in refused)])
    context: dict[str, Any] = {"text": told, "tone": "ok" if batch.done else "danger"}
    if batch.entries and undoable:
        context["undo_url"] = reverse("desk_bulk_undo", args=[mine.reception.no])
        context["undo_fields"] = {"entries": ",".join(map(str, batch.entries))}
    left = {"refused": refused, "reception": mine.reception}
    html = render_to_string("parts/desk_bulk_left.html", left)
    status = HTTPStatus.OK if batch.done else HTTPStatus.CONFLICT
    response = HttpResponse(html + replies.rack(context), status=status)
    return (
        trigger_client_event(response, "desk:bulk", {"done": batch.done}) if undoable else response
    )


def _unclear(request: HttpRequest, mine: Seat) -> HttpResponse:
    return replies.not_done(request, mine, _("This form was incomplete."), status=422)
