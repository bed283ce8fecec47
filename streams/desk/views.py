"""Pages of the desk: the desk itself, an open question, the search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from streams.common import clock
from streams.common.htmx import is_htmx
from streams.desk import cards, pages, queries, replies, seat, window
from streams.desk.rows import Row
from streams.desk.seat import Seat
from streams.people.access import staff
from streams.questions import service_clock
from streams.questions.models import Question
from streams.questions.queries import of
from streams.questions.rules import Status

# Beyond this a person searches on instead of reading.
FOUND_MAX = 100


@require_GET
@staff
def desk(request: HttpRequest, no: str) -> HttpResponse:
    mine = seat.take(request.user, no)
    return render(request, "desk/desk.html", pages.context(mine))


@require_GET
@staff
def card(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """The open question: the card alone for the desk's script, else the whole desk around it."""
    mine = seat.take(request.user, no)
    if is_htmx(request):
        return HttpResponse(replies.card_html(request, mine, number))
    view = cards.build(mine, mine.full(number), now=clock.now())
    return render(request, "desk/desk.html", pages.context(mine, card=view))


@require_GET
@staff
def search(request: HttpRequest, no: str) -> HttpResponse:
    """For the script: the numbers that fit and rows of the closed ones; else a page of all rows."""
    mine = seat.take(request.user, no)
    form = pages.search_form(mine, request.GET)
    if not form.is_valid():
        raise Http404
    questions = _found(mine, form.cleaned_data)
    if is_htmx(request):
        found = _write(mine, questions, _not_on_page(mine, questions))
        return render(
            request, "parts/desk_found.html", {"found": found, "reception": mine.reception}
        )
    found = _write(mine, questions, questions)
    return render(request, "desk/desk.html", pages.context(mine, search=form, found=found))


@require_GET
@staff
def same(request: HttpRequest, no: str, number: int) -> HttpResponse:
    """Questions that this one may be merged into."""
    mine = seat.take(request.user, no)
    question = mine.question(number)
    targets = queries.possible_targets(question, request.GET.get("q", "")[:200])
    context: dict[str, Any] = {"question": question, "targets": targets}
    return render(request, "parts/desk_same.html", context)


def _not_on_page(mine: Seat, questions: QuerySet[Question]) -> QuerySet[Question]:
    """The closed ones, and those that wait beyond the window."""
    closed = Q(status=Status.CLOSED)
    beyond = window.of(mine.reception.pk).beyond()
    return questions.filter(closed | beyond if beyond else closed)


def _found(mine: Seat, wanted: dict[str, Any]) -> QuerySet[Question]:
    questions = of(mine.reception)
    if wanted["q"].strip():
        questions = queries.with_words(questions, wanted["q"])
    if wanted["mine"]:
        questions = queries.touched_by(questions, mine.user, clock.now())
    if wanted["proposed"]:
        questions = questions.filter(proposal__isnull=False)
    if wanted["overdue"]:
        questions = queries.overdue(questions, mine.reception, clock.now())
    outcome, _dot, reason = wanted["reason"].partition(".")
    if reason:
        questions = questions.filter(outcome=outcome, reason=reason)
    exact = {
        "status": wanted["status"],
        "outcome": wanted["outcome"],
        "language": wanted["language"],
        "tags__slug": wanted["tag"],
        "district__code": wanted["district"],
    }
    return questions.filter(**{name: value for name, value in exact.items() if value})


def _write(mine: Seat, questions: QuerySet[Question], rows: QuerySet[Question]) -> pages.Found:
    numbers = list(questions.values_list("number", flat=True))
    newest: list[Question] = list(rows.order_by("-number")[: FOUND_MAX + 1])
    shown = newest[:FOUND_MAX]
    promised = service_clock.of(mine.reception, clock.now())
    by = queries.deciders(mine.reception.pk, [q.number for q in shown])
    return pages.Found(
        numbers=numbers,
        rows=[
            Row(q, mine.reception, by.get(q.number), due=promised.due(q) if promised else None)
            for q in shown
        ],
        total=len(numbers),
        is_cut=len(newest) > FOUND_MAX,
    )
