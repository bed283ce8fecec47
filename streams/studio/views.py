"""The chief's screen: what is on air, what comes next, three buttons."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from streams.common import clock
from streams.control import actions as control
from streams.people import access
from streams.people.access import staff
from streams.people.actors import Actor
from streams.people.rules import STUDIO
from streams.questions import marks
from streams.questions.models import Question
from streams.receptions import notes
from streams.receptions.models import Reception
from streams.receptions.queries import receptions
from streams.receptions.rules import Kind
from streams.studio import actions, queries, replies
from streams.studio.forms import MoveForm, NoteForm, NumberForm, PromiseForm, SaidForm, StepForm
from streams.studio.refusals import REFUSALS, words


@staff
@require_safe
def studio(request: HttpRequest, no: str) -> HttpResponse:
    reception, _by = _enter(request, no)
    return replies.page(request, reception)


@staff
@require_POST
def move(request: HttpRequest, no: str) -> HttpResponse:
    reception, by = _enter(request, no)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return replies.misunderstood(request, reception, form)
    question = _question(reception, form.cleaned_data.pop("question"))
    made = form.cleaned_data["move"]
    try:
        question = actions.move(reception, question, by=by, now=clock.now(), **form.cleaned_data)
    except REFUSALS as error:
        return replies.refused(request, reception, words(error))
    return replies.done(request, reception, replies.done_words(made, question.number))


@staff
@require_POST
def undo(request: HttpRequest, no: str) -> HttpResponse:
    reception, by = _enter(request, no)
    form = NumberForm(request.POST)
    if not form.is_valid():
        return replies.misunderstood(request, reception, form)
    question = _question(reception, form.cleaned_data["question"])
    try:
        control.undo(question, by=by, expect=form.cleaned_data["expect"], now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, reception, words(error))
    return replies.done(request, reception, replies.undone_words(question.number))


@staff
@require_POST
def said(request: HttpRequest, no: str) -> HttpResponse:
    """The line of what was said, written down after the answer."""
    reception, by = _enter(request, no)
    form = SaidForm(request.POST)
    if not form.is_valid():
        return replies.misunderstood(request, reception, form)
    question = _question(reception, form.cleaned_data["question"])
    try:
        marks.record_said(question.pk, form.cleaned_data["said"], by=by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, reception, words(error))
    return replies.done(request, reception, replies.said_words(question.number))


@staff
@require_POST
def note(request: HttpRequest, no: str) -> HttpResponse:
    """OK: the word from the desk was read."""
    reception, by = _enter(request, no)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return replies.misunderstood(request, reception, form)
    assert by.user is not None
    notes.read(reception.pk, form.cleaned_data["note"], by=by.user, now=clock.now())
    return replies.quiet(request, reception)


@staff
@require_POST
def step(request: HttpRequest, no: str) -> HttpResponse:
    """Go live, or on after a pause."""
    reception, by = _enter(request, no)
    form = StepForm(request.POST)
    if not form.is_valid():
        return replies.misunderstood(request, reception, form)
    try:
        actions.STEPS[form.cleaned_data["step"]](reception.pk, by=by, now=clock.now())
    except REFUSALS as error:
        return replies.refused(request, reception, words(error))
    return replies.done(request, reception, replies.step_words(form.cleaned_data["step"]))


@staff
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The form of a promise, bound to one question and its version for as long as it is open."""
    reception, by = _enter(request, no)
    question = _question(reception, number)
    now = clock.now()
    elapsed_s = reception.time_code_s(now)
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        initial={
            "expect": question.version,
            "time_code_s": elapsed_s,
            "owner_name": reception.host_name,
            "due_on": actions.due_by_default(reception, now),
        },
        today=clock.local_date(now, reception.unit.timezone),
        elapsed_s=elapsed_s,
    )
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return replies.promise_form(request, reception, question, form, status)
    try:
        record = actions.promise(reception, question, by=by, now=now, **form.cleaned_data)
    except REFUSALS as error:
        form.refuse(words(error), expect=_question(reception, number).version)
        return replies.promise_form(request, reception, question, form, HTTPStatus.CONFLICT)
    return replies.done(request, reception, replies.promised_words(record))


def _enter(request: HttpRequest, no: str) -> tuple[Reception, Actor]:
    # A standing reception has no air, so no chief on it.
    with_air = receptions().exclude(kind=Kind.STANDING)
    reception = access.fetch(with_air, request.user, STUDIO, no=no)
    return reception, access.actor(request.user, reception.unit, STUDIO)


def _question(reception: Reception, number: int) -> Question:
    return get_object_or_404(queries.question(reception, number))
