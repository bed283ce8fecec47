"""The Wednesday board: public for everybody, and "mine" for who is signed in."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from streams.chiefs import queries
from streams.chiefs.rules import Week, read_week, week_of
from streams.common import clock
from streams.control import queries as control
from streams.control.due import due
from streams.control.models import ControlRecord
from streams.people import access
from streams.people.models import User
from streams.people.rules import HOSTS


@require_safe
def wednesday(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    today = clock.local_date(now, settings.DEFAULT_UNIT_TIME_ZONE)
    week = _week(request, today)
    slots = queries.board(week, now)
    context = {
        "week": week,
        "this_week": week_of(today),
        "slots": slots,
        "totals": queries.totals(slots),
    }
    if isinstance(request.user, User):
        context |= _personal(request.user, slots, week, control.local_days(now))
    response = render(request, "chiefs/wednesday.html", context)
    if request.user.is_authenticated:
        response["Cache-Control"] = "no-store"
    return response


def _personal(
    user: User, slots: list[queries.Slot], week: Week, days: dict[str, date]
) -> dict[str, object]:
    mine = queries.mine(user, slots, week, days)
    if mine is None:
        return {}
    return {
        "mine": mine,
        "overdue": _with_due(mine.overdue, days),
        "due": _with_due(mine.due, days),
        "may_plan": access.units_of(user, HOSTS).exists(),
    }


def _with_due(
    records: list[ControlRecord] | None, days: dict[str, date]
) -> list[tuple[ControlRecord, object]]:
    return [(r, due(r, days[r.unit.timezone])) for r in records or []]


def _week(request: HttpRequest, today: date) -> Week:
    name = request.GET.get("week")
    if not name:
        return week_of(today)
    try:
        return read_week(name)
    except ValueError:
        raise Http404 from None
