"""Saved replies: found from the answer form, and the pages on which a unit keeps them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from streams.common import clock, numbers
from streams.common.redirects import see_other
from streams.desk import seat
from streams.desk.saved_forms import SavedReplyForm
from streams.people import access
from streams.people.access import staff
from streams.people.models import Unit, User
from streams.people.rules import EDITORS, lineage
from streams.questions import placeholders, queries, saved_replies
from streams.questions.models import Question, SavedReply

# Beyond this one types another word.
FOUND_MAX = 20


@require_GET
@staff
def search(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Replies for the answer to one question, filled in its language."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    words = request.GET.get("saved_q", "")[:200]
    unit = mine.reception.unit
    found = saved_replies.with_words(saved_replies.available(unit), words)
    top = found[: FOUND_MAX if words.strip() else saved_replies.SHOWN]
    context = {"offers": saved_replies.offers(question, top, clock.now()), "q": question}
    return render(request, "parts/desk_saved.html", context)


@require_GET
@staff
def saved(request: HttpRequest) -> HttpResponse:
    """The replies of one's units; those of the units above are there to be read."""
    user = _editor(request)
    mine = access.visible(_replies(), user, EDITORS)
    own = {unit.pk for unit in access.units_of(user, EDITORS)}
    above = _replies().filter(unit__in=_above(user), is_retired=False).exclude(unit__in=own)
    context = {
        "used": [reply for reply in mine if not reply.is_retired],
        "retired": [reply for reply in mine if reply.is_retired],
        "above": above,
    }
    return render(request, "desk/saved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest) -> HttpResponse:
    """A new one; `of` names an answered question whose answer it begins with."""
    user = _editor(request)
    first = _from_answer(user, request.GET.get("of", ""))
    return _edit(request, user, SavedReply(), _("A new saved reply"), first)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change(request: HttpRequest, pk: int) -> HttpResponse:
    reply = access.fetch(_replies(), request.user, EDITORS, pk=pk)
    return _edit(request, _editor(request), reply, _("A saved reply"), {})


@require_POST
@staff
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire it, or take it into use again."""
    reply = access.fetch(_replies(), request.user, EDITORS, pk=pk)
    reply.is_retired = request.POST.get("retired") == "1"
    saved_replies.save(reply, by=_editor(request), now=clock.now())
    told = _("“%(title)s” is retired.") if reply.is_retired else _("“%(title)s” is in use again.")
    messages.success(request, told % {"title": reply.title})
    return _back()


def _edit(
    request: HttpRequest, user: User, reply: SavedReply, title: str, first: dict[str, Any]
) -> HttpResponse:
    form = SavedReplyForm(
        request.POST or None,
        instance=reply,
        initial=first,
        units=access.units_of(user, EDITORS),
    )
    is_valid = form.is_valid()
    if is_valid and "look" not in request.POST:
        saved_replies.save(form.save(commit=False), by=user, now=clock.now())
        messages.success(request, _("The reply is saved."))
        return _back()
    context = {
        "form": form,
        "title": title,
        "preview": _preview(form) if is_valid else None,
    }
    status = HTTPStatus.OK if is_valid or not form.is_bound else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "desk/saved_form.html", context, status=status)


def _preview(form: SavedReplyForm) -> list[tuple[str, str]]:
    """(language, text) with sample values, as askers would read it."""
    unit: Unit = form.cleaned_data["unit"]
    now = clock.now()
    return [
        (language, placeholders.fill(said, saved_replies.samples_for(unit, language, now)))
        for language in saved_replies.LANGUAGES
        if (said := form.cleaned_data[f"text_{language}"])
    ]


def _from_answer(user: User, public_no: str) -> dict[str, Any]:
    """Raises Http404 where the question isn't there or isn't theirs."""
    if not public_no:
        return {}
    no, _dash, written = public_no.rpartition("-")
    number = numbers.read(written)
    if number is None:
        raise Http404
    questions = queries.full().filter(reception__no=no)
    question: Question = access.fetch(
        questions, user, EDITORS, unit="reception__unit", number=number
    )
    answer = question.standing_answer
    if answer is None:
        return {}
    language = answer.language if answer.language in saved_replies.LANGUAGES else "ru"
    return {"unit": question.reception.unit_id, f"text_{language}": answer.text}


def _replies() -> QuerySet[SavedReply]:
    return SavedReply.objects.select_related("unit", "changed_by")


def _above(user: User) -> QuerySet[Unit]:
    codes = {code for unit in access.units_of(user, EDITORS) for code in lineage(unit.path)}
    return Unit.objects.filter(code__in=codes)


def _editor(request: HttpRequest) -> User:
    """Raises Http404 for who edits nowhere: nobody learns what they can't use."""
    user = request.user
    if not isinstance(user, User) or not access.units_of(user, EDITORS).exists():
        raise Http404
    return user


def _back() -> HttpResponse:
    return see_other("saved_replies")
