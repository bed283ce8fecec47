"""The reception's own steps from the desk: on air, pause, end, seal, cancel."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from streams.common import clock
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
        return replies.not_done(request, mine, refusals.sentence(error))
    return replies.told(request, mine, _TOLD[step])


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
