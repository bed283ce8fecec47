"""Personal control: the list of promises, and one record with its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from streams.chiefs import lists
from streams.chiefs.doors import require_any
from streams.chiefs.forms import AnswerForm, AssignForm, RemoveForm, SearchForm, StepForm
from streams.common import clock, typed
from streams.common.redirects import see_other
from streams.control import actions, queries, rules
from streams.control.due import due
from streams.control.models import ControlRecord
from streams.control.rules import Step, Work
from streams.people import access
from streams.people.access import staff
from streams.people.actors import Actor
from streams.people.models import User
from streams.people.rules import CONTROL, Role
from streams.receptions import timecode
from streams.receptions.journal import Sealed

PER_PAGE = 50


@dataclass(frozen=True)
class Handler:
    form: type[StepForm]
    action: Callable[..., ControlRecord]


STEPS: dict[Step, Handler] = {
    Step.ASSIGN: Handler(AssignForm, actions.assign),
    Step.ANSWER: Handler(AnswerForm, actions.answer),
    Step.REMOVE: Handler(RemoveForm, actions.remove),
}


@staff
@require_safe
def control_list(request: HttpRequest) -> HttpResponse:
    user = require_any(request.user, CONTROL)
    days = queries.local_days(clock.now())
    search = SearchForm(request.GET)
    looked_for = search.cleaned_data["q"] if search.is_valid() else ""
    everything = access.visible(queries.records(), user, CONTROL)
    listing = lists.listing(
        everything,
        lists.filters(user, days),
        show=request.GET.get("show", ""),
        sort=request.GET.get("sort", ""),
        looked_for=looked_for,
    )
    page = Paginator(listing.records, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(record, due(record, days[record.unit.timezone])) for record in page]
    context = {"listing": listing, "page": page, "rows": rows, "looked_for": looked_for}
    return render(request, "chiefs/control_list.html", context)


@staff
@require_safe
def control_record(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _fetch(request, number))


@staff
@require_POST
def control_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    record = _fetch(request, number)
    handler = STEPS[Step(step)]
    form = handler.form(request.POST, prefix=step)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, record, {Step(step): form}, status=status)
    by = _actor(request, record, Step(step))
    try:
        handler.action(record.pk, by=by, now=clock.now(), **form.cleaned_data)
    except (rules.IllegalStep, Sealed) as error:
        return _refused(request, number, Step(step), form, _refusal(error))
    messages.success(request, _DONE[Step(step)]())
    return see_other("control_record", number)


_DONE: dict[Step, Callable[[], str]] = {
    Step.ASSIGN: lambda: _("The executor has been named."),
    Step.ANSWER: lambda: _("The answer is given and shown with the question."),
    Step.REMOVE: lambda: _("The record is off control."),
}


def _refused(
    request: HttpRequest, number: str, step: Step, form: StepForm, why: str
) -> HttpResponse:
    """The record as it is now, and what was written: in its form where the step is still possible."""
    record = _fetch(request, number)
    if not _may(request, record, step):
        messages.warning(request, why)
        return _page(request, record, status=HTTPStatus.CONFLICT, written=typed.words(request))
    form.refuse(why, seen=record.last_step())
    return _page(request, record, {step: form}, status=HTTPStatus.CONFLICT)


def _fetch(request: HttpRequest, number: str) -> ControlRecord:
    return access.fetch(
        queries.records().select_related("question__reception__unit"),
        request.user,
        CONTROL,
        number=number,
    )


def _actor(request: HttpRequest, record: ControlRecord, step: Step) -> Actor:
    """In a role that may make the step, where the person has several; else in any they have."""
    assert isinstance(request.user, User)
    able = {Role(role) for role in rules.STEPS[step].roles}
    role = access.role_in(request.user, record.unit, able & CONTROL)
    return Actor(role, request.user) if role else access.actor(request.user, record.unit, CONTROL)


def _page(
    request: HttpRequest,
    record: ControlRecord,
    bound: dict[Step, forms.Form] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    written: Sequence[str] = (),
) -> HttpResponse:
    now: datetime = clock.now()
    steps = list(queries.steps(record))
    context: dict[str, Any] = {
        "record": record,
        "question": record.question,
        "due": due(record, clock.local_date(now, record.unit.timezone)),
        "steps": steps,
        "typed": written,
        "time_code": timecode.write(record.time_code_s or 0),
        "forms": {
            step.value: (bound or {}).get(step) or _empty(step, record, steps[-1].pk)
            for step in STEPS
            if _may(request, record, step)
        },
        "invalid": next(iter((bound or {}).values()), None),
    }
    return render(request, "chiefs/control_record.html", context, status=status)


def _may(request: HttpRequest, record: ControlRecord, step: Step) -> bool:
    """Whether to offer the form; the action checks again."""
    role = _actor(request, record, step).role
    is_theirs = step is not Step.REMOVE or record.chief_id in {None, request.user.pk}
    return is_theirs and step in rules.steps_from(Work(record.work_state), role)


def _empty(step: Step, record: ControlRecord, seen: int) -> forms.Form:
    initial: dict[Step, dict[str, object]] = {
        Step.ASSIGN: {
            "executor_name": record.executor_name or record.owner_name,
            "instruction": record.instruction,
        },
        Step.ANSWER: {"language": record.question.language},
    }
    return STEPS[step].form(prefix=step.value, initial=initial.get(step, {}) | {"seen": seen})


def _refusal(error: Exception) -> str:
    match error:
        case rules.IllegalStep(step=Step.REMOVE, why="role"):
            return _("Only the chief who took the promise on control takes it off.")
        case rules.IllegalStep(why="role"):
            return _("Your role does not allow this step.")
        case rules.IllegalStep(why="state"):
            return _("The record has moved on in the meantime. This is how it stands now.")
        case _:
            return _("This step is not possible now.")
