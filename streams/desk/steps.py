"""The reception's own steps from the desk: on air, pause, end, seal, cancel."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.desk import refusals, replies, seat
from streams.desk.refusals import REFUSALS
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions.queries import for_seal
from streams.receptions import actions
from streams.receptions.rules import IllegalStep, State, Step, steps_from

_TOLD = {
    Step.GO_LIVE: gettext_lazy("The reception is on air."),
    Step.PAUSE: gettext_lazy("The broadcast is paused. Questions still come in."),
    Step.RESUME: gettext_lazy("The broadcast goes on."),
    Step.END: gettext_lazy("The broadcast has ended. What waits is finished now."),
    Step.SEAL: gettext_lazy("The reception is sealed. Its journal is closed."),
    Step.CANCEL: gettext_lazy("The reception is cancelled."),
}


@require_POST
@staff
def state(request: HttpRequest, no: str) -> HttpResponse:
    """Take a step of the reception's table."""
    mine = seat.take(request.user, no)
    try:
        step = Step(request.POST.get("step", ""))
    except ValueError:
        raise Http404 from None
    try:
        _take(mine, step)
    except REFUSALS as error:
        return _refused(request, mine, error)
    if is_htmx(request):
        return replies.said(request, _TOLD[step], tone="ok")
    messages.success(request, _TOLD[step])
    return replies.see(request, mine)


def _take(mine: Seat, step: Step) -> None:
    now, pk, state = clock.now(), mine.reception.pk, State(mine.reception.state)
    if mine.reception.is_standing and step not in steps_from(state, mine.reception.kind):
        raise IllegalStep(state, step)
    if step is Step.SEAL:
        actions.seal(pk, by=mine.by, now=now, count=for_seal)
        return
    take = {
        Step.GO_LIVE: actions.go_live,
        Step.PAUSE: actions.pause,
        Step.RESUME: actions.resume,
        Step.END: actions.end,
        Step.CANCEL: actions.cancel,
    }[step]
    take(pk, by=mine.by, now=now)


def _refused(request: HttpRequest, mine: Seat, error: Exception) -> HttpResponse:
    why = refusals.sentence(error)
    if is_htmx(request):
        return replies.said(request, why, tone="danger", status=409)
    messages.error(request, _("Not done: %(why)s") % {"why": why})
    return replies.see(request, mine)
