"""Planning pages: single receptions and the weekly plan of one's own units."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from streams.chiefs import actions, queries
from streams.chiefs.doors import require_any
from streams.chiefs.forms import LineForm, ReceptionForm
from streams.common import clock
from streams.common.redirects import see_other
from streams.people import access
from streams.people.access import staff
from streams.people.actors import Actor
from streams.people.models import Unit, User
from streams.people.rules import HOSTS
from streams.receptions import queries as held
from streams.receptions.actions import StillWaiting
from streams.receptions.models import Schedule
from streams.receptions.rules import IllegalStep


@staff
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    user = require_any(request.user, HOSTS)
    context = {
        "lines": queries.schedules(user),
        "coming": queries.to_come(user),
        "now": clock.now(),
    }
    return render(request, "chiefs/plan.html", context)


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def plan_reception(request: HttpRequest) -> HttpResponse:
    user = require_any(request.user, HOSTS)
    form = ReceptionForm(request.POST or None, user=user)
    if not form.is_valid():
        return _form(request, form, _("Plan a reception"))
    data = form.cleaned_data
    try:
        reception = actions.plan_reception(
            data["unit"],
            data["kind"],
            starts_at=data["starts_at"],
            title=data["title"],
            host=form.answering(),
            by=_actor(user, data["unit"]),
            now=clock.now(),
        )
    except actions.Taken:
        form.add_error("at", _("The unit has a reception of this kind at this time already."))
        return _form(request, form, _("Plan a reception"), status=HTTPStatus.CONFLICT)
    messages.success(request, _("Reception %(no)s is planned.") % {"no": reception.no})
    return _back()


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def plan_line_new(request: HttpRequest) -> HttpResponse:
    user = require_any(request.user, HOSTS)
    form = LineForm(request.POST or None, user=user)
    title = _("A weekly reception")
    if not form.is_valid():
        return _form(request, form, title)
    data = form.cleaned_data
    try:
        actions.add_line(
            data["unit"],
            weekday=data["weekday"],
            at=data["at"],
            host=form.answering(),
            now=clock.now(),
        )
    except actions.Taken:
        form.add_error("at", _("The plan has a reception of this unit at this time already."))
        return _form(request, form, title, status=HTTPStatus.CONFLICT)
    messages.success(request, _("The weekly reception is planned; the next one is on the board."))
    return _back()


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def plan_line(request: HttpRequest, pk: int) -> HttpResponse:
    line = access.fetch(Schedule.objects.select_related("unit"), request.user, HOSTS, pk=pk)
    user = require_any(request.user, HOSTS)
    form = LineForm(request.POST or None, user=user)
    form.for_line(line)
    title = _("The weekly reception: %(unit)s") % {"unit": line.unit}
    if not form.is_valid():
        return _form(request, form, title, line=line)
    data = form.cleaned_data
    try:
        kept = actions.change_line(
            line,
            weekday=data["weekday"],
            at=data["at"],
            host=form.answering(),
            by=_actor(user, line.unit),
            now=clock.now(),
        )
    except actions.Taken:
        form.add_error("at", _("The plan has a reception of this unit at this time already."))
        return _form(request, form, title, line=line, status=HTTPStatus.CONFLICT)
    messages.success(request, _("The plan is changed."))
    if kept is not None:
        text = _(
            "Reception %(no)s stays at its hour: questions wait for it. The new hour holds from then on."
        )
        messages.warning(request, text % {"no": kept.no})
    return _back()


@staff
@require_POST
def plan_line_switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause the line or let it go on."""
    line = access.fetch(Schedule.objects.select_related("unit"), request.user, HOSTS, pk=pk)
    if request.POST.get("active") == "1":
        actions.resume_line(line, now=clock.now())
        messages.success(request, _("The weekly reception goes on."))
    else:
        actions.pause_line(line)
        messages.success(request, _("Paused: no further receptions are made by this line."))
    return _back()


@staff
@require_POST
def plan_cancel(request: HttpRequest, no: str) -> HttpResponse:
    user = require_any(request.user, HOSTS)
    reception = access.fetch(held.receptions(), user, HOSTS, no=no)
    try:
        actions.cancel(reception.pk, by=_actor(user, reception.unit), now=clock.now())
    except StillWaiting as error:
        text = ngettext(
            "%(n)d question waits for reception %(no)s. Answer it in text first: nothing may be lost.",
            "%(n)d questions wait for reception %(no)s. Answer them in text first: nothing may be lost.",
            error.waiting,
        )
        messages.warning(request, text % {"n": error.waiting, "no": no})
    except IllegalStep:
        messages.warning(request, _("Only a reception that has not begun can be cancelled."))
    else:
        messages.success(request, _("Reception %(no)s is cancelled.") % {"no": no})
    return _back()


def _actor(user: User, unit: Unit) -> Actor:
    return access.actor(user, unit, HOSTS)


def _form(
    request: HttpRequest,
    form: ReceptionForm | LineForm,
    title: str,
    *,
    line: Schedule | None = None,
    status: HTTPStatus | None = None,
) -> HttpResponse:
    context = {"form": form, "title": title, "line": line}
    if status is None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "chiefs/plan_form.html", context, status=status)


def _back() -> HttpResponse:
    return see_other("plan")
