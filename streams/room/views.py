"""The reception's public page: before, during and after the broadcast."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from streams.questions import queries as questions
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import State
from streams.room import pages, queries, visitors
from streams.room.forms import AskForm
from streams.room.shelves import shelves

_FINISHED = frozenset({State.SEALED, State.CANCELLED})
_MAX_NUMBER = 2**31 - 1


@require_safe
def reception(request: HttpRequest, no: str) -> HttpResponse:
    reception = get_object_or_404(receptions.receptions(), no=no)
    if reception.state in _FINISHED:
        return _finished(request, reception)
    if "before" in request.GET:
        return _earlier(request, reception, request.GET["before"])
    return pages.room(request, reception, AskForm(districts=queries.districts(reception)))


def _finished(request: HttpRequest, reception: Reception) -> HttpResponse:
    context = {
        "reception": reception,
        "sums": questions.equation(reception.pk),
        "shelves": shelves(queries.everything(reception.pk)),
    }
    response = render(request, "room/finished.html", context)
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=15)
    return response


def _earlier(request: HttpRequest, reception: Reception, before: str) -> HttpResponse:
    """One page of the questions before number `before`: a still picture, without the socket."""
    if not before.isascii() or not before.isdigit() or int(before) > _MAX_NUMBER:
        raise Http404
    shown = queries.newest(reception.pk, before=int(before))
    context = {
        "reception": reception,
        "shown": shown,
        "before": shown[-1].question.number if len(shown) == queries.WINDOW else None,
        "after": int(before),
    }
    response = render(request, "room/earlier.html", context)
    visitors.remember(request, response)
    patch_cache_control(response, private=True, no_cache=True)
    return response
