"""Home, the search and the permanent page of one question."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from streams.archive import facets, forms, jsonld, pages, queries, search
from streams.common import clock
from streams.questions import labels
from streams.questions.models import Question
from streams.questions.rules import Outcome
from streams.receptions import queries as receptions
from streams.receptions.models import Reception

PER_PAGE = 20
# A longer question is set as running text, not as a headline.
LONG = 220


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    on_air = list(receptions.on_air())
    upcoming = list(receptions.upcoming()[:4])
    registers = list(receptions.open_registers())
    received = queries.received_counts([*on_air, *upcoming])
    in_work, overdue = queries.promises(clock.now())
    context = {
        "on_air": [(reception, received.get(reception.pk, 0)) for reception in on_air],
        "upcoming": [(reception, received.get(reception.pk, 0)) for reception in upcoming],
        "registers": registers,
        "answers": pages.results(queries.last_answers(6), ()),
        "totals": queries.totals(),
        "sealed": queries.sealed_receptions(),
        "in_work": in_work,
        "overdue": overdue,
        "versions": _versions(request, reverse("home")),
    }
    return render(request, "archive/home.html", context)


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    asked = forms.read(request.GET)
    questions, found = queries.published(), None
    if asked.wanted:
        found = search.find(questions, asked.wanted)
        questions = questions.filter(pk__in=found.ids)
    left = queries.newest_first(facets.narrowed(questions, asked.chosen)).values_list(
        "pk", flat=True
    )
    ids = list(left) if found is None else _in_order(found.ids, set(left))
    page = Paginator(ids, PER_PAGE).get_page(asked.page)
    context = {
        "asked": asked,
        "found": found,
        "page": page,
        "results": pages.results(queries.shown(list(page)), asked.wanted.words),
        "facets": facets.facets(questions, asked.chosen, request.GET),
        "direct": _direct(asked),
    }
    return render(request, "archive/archive.html", context)


@require_safe
def question(request: HttpRequest, public_no: tuple[str, int], slug: str = "") -> HttpResponse:
    """Every number that was dealt has a page; what it may say depends on what became of it."""
    found = queries.any_question(*public_no)
    if found is None:
        raise Http404
    address = reverse("question", kwargs={"public_no": public_no})
    if request.path != address:
        return redirect(address, permanent=True)
    context = {
        "question": found,
        "reception": found.reception,
        "happenings": pages.happenings(found.reception, queries.history(found), is_whole=True),
        "carried_to": getattr(found, "carried_to", None),
        "target": found.merged_into,
        "reason": found.reason_text,
        "state": labels.state_label(found.status, found.outcome),
    }
    if found.outcome == Outcome.WITHDRAWN:
        return render(
            request, "archive/question_closed.html", context | {"is_gone": True}, status=410
        )
    if not queries.is_published(found):
        return render(request, "archive/question_closed.html", context)
    return render(request, "archive/question.html", context | _public_part(request, found, address))


def _public_part(request: HttpRequest, found: Question, address: str) -> dict[str, object]:
    answer = pages.standing_answer(found)
    shared = None
    if found.merged_into is not None:
        shared = next(iter(queries.shown([found.merged_into.pk])), None)
    url = request.build_absolute_uri(address)
    return {
        "answer": answer,
        "shared": shared,
        "shared_answer": pages.standing_answer(shared) if shared else None,
        "merged": queries.merged_into(found),
        "promise": pages.promise(found, clock.now()),
        "title": pages.short(found.public_text),
        "is_long": len(found.public_text) > LONG,
        "url": url,
        "versions": _versions(request, address),
        "jsonld": jsonld.question_page(found, answer, url=url, language=get_language() or "ru"),
    }


def _versions(request: HttpRequest, address: str) -> list[tuple[str, str]]:
    """The page's full address in each language."""
    return [
        (code, request.build_absolute_uri(translate_url(address, code)))
        for code, _name in settings.LANGUAGES
    ]


def _in_order(ids: list[int], wanted: set[int]) -> list[int]:
    return [pk for pk in ids if pk in wanted]


def _direct(asked: forms.Asked) -> Question | Reception | None:
    """What a typed public number names."""
    if asked.number is None:
        return None
    no, number = asked.number
    return queries.reception(no) if number is None else queries.any_question(no, number)
