"""The reception's public page: before, during and after the broadcast."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from streams.common import clock, numbers
from streams.questions import labels
from streams.questions import queries as questions
from streams.questions.rules import Outcome
from streams.receptions import queries as receptions
from streams.receptions import standing
from streams.receptions.models import Reception
from streams.receptions.rules import State
from streams.room import pages, queries, visitors
from streams.room.shelves import shelves
from streams.sources import queries as sources

_FINISHED = frozenset({State.SEALED, State.CANCELLED})
# A finished reception of an evening is one page; a month of a standing one is not.
_ONE_PAGE = 500


@require_safe
def reception(request: HttpRequest, no: str) -> HttpResponse:
    reception = get_object_or_404(receptions.receptions(), no=no)
    if reception.is_standing and standing.close_if_over(reception.pk, now=clock.now()):
        reception = receptions.receptions().get(pk=reception.pk)
    if reception.state in _FINISHED:
        return _finished(request, reception)
    if "before" in request.GET:
        return _earlier(request, reception, request.GET["before"])
    return pages.open_room(request, reception)


def _finished(request: HttpRequest, reception: Reception) -> HttpResponse:
    context: dict[str, object] = {
        "reception": reception,
        "sums": questions.equation(reception.pk),
        "gaps": sources.gaps(reception),
        "pauses": receptions.intake_pauses(reception),
    }
    if reception.last_number > _ONE_PAGE:
        context |= _one_shelf(request, reception)
    else:
        context["shelves"] = shelves(queries.everything(reception.pk))
    response = render(request, "room/finished.html", context)
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=15)
    return response


def _one_shelf(request: HttpRequest, reception: Reception) -> dict[str, object]:
    """Of thousands of questions, one outcome at a time and a hundred a page."""
    sums = questions.equation(reception.pk)
    counts = sums.buckets | {Outcome.NOT_A_QUESTION.value: sums.not_questions}
    filled = [(bucket, labels.BUCKETS[bucket], n) for bucket, n in counts.items() if n]
    bucket = request.GET.get("outcome", filled[0][0])
    if bucket not in counts:
        raise Http404
    shown = queries.of_bucket(reception.pk, bucket, before=_before(request.GET.get("before", "")))
    return {
        "outcomes": filled,
        "chosen": bucket,
        "shelves": shelves(shown),
        "before": shown[-1].question.number if len(shown) == queries.WINDOW else None,
    }


def _before(value: str) -> int | None:
    if not value:
        return None
    number = numbers.read(value)
    if number is None:
        raise Http404
    return number


def _earlier(request: HttpRequest, reception: Reception, before: str) -> HttpResponse:
    """One page of the questions before number `before`: a still picture, without the socket."""
    number = _before(before)
    if number is None:
        raise Http404
    shown = queries.newest(reception.pk, before=number)
    context = {
        "reception": reception,
        "shown": shown,
        "before": shown[-1].question.number if len(shown) == queries.WINDOW else None,
        "after": number,
    }
    response = render(request, "room/earlier.html", context)
    visitors.remember(request, response)
    patch_cache_control(response, private=True, no_cache=True)
    return response
