"""Asking and voting over HTTP: plain forms, and the same from scripts that have no socket."""

from __future__ import annotations

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from streams.common import clock, numbers
from streams.common.redirects import see_other
from streams.questions import by_form, intake, votes
from streams.questions.intake import BadAsk, Refusal
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.room import pages, queries, replies, snapshots, visitors
from streams.room.forms import FIELDS, AskForm


@require_POST
def ask(request: HttpRequest, no: str) -> HttpResponse:
    answer = _ask_by_script if _is_script(request) else _ask_by_form
    try:
        return answer(request, get_object_or_404(receptions.receptions(), no=no))
    except (OperationalError, InterfaceError):
        return _unavailable(request)


@require_POST
def vote(request: HttpRequest, no: str) -> HttpResponse:
    """One more person has the question. A repeat changes nothing."""
    reception = get_object_or_404(receptions.receptions(), no=no)
    number = _number(request.POST.get("number", ""))
    visitor = visitors.of_request(request)
    if not visitor.token:
        return _no_vote(request, replies.no_vote(number, "cookie"))
    if wait_s := visitors.wait_to_vote_s(visitor):
        return _no_vote(request, replies.no_vote(number, "limit", retry_s=wait_s))
    pair = (number, visitor.voter(reception.pk))
    counts = votes.vote_many(reception.pk, [pair])
    snapshots.forget(reception.pk)
    if _is_script(request):
        return JsonResponse({"votes": counts})
    return see_other(_place_of(reception, number))


def _ask_by_form(request: HttpRequest, reception: Reception) -> HttpResponse:
    form = AskForm(request.POST, districts=queries.districts(reception))
    if not form.is_valid() or form.ask is None:
        return pages.room(request, reception, form, status=422)
    if wait_s := visitors.wait_to_ask_s(visitors.of_request(request)):
        return _again(request, reception, form, replies.refused("", "limit", retry_s=wait_s))
    result = by_form.receive(reception.pk, form.ask, now=clock.now())
    if isinstance(result, Refusal):
        return _again(request, reception, form, replies.refused("", result.code))
    return see_other(replies.link(result.secret))


def _ask_by_script(request: HttpRequest, reception: Reception) -> HttpResponse:
    payload = {name: request.POST.get(name, "") for name in FIELDS}
    client_id = payload["client_id"]
    try:
        parsed = intake.parse(payload | {"language": (get_language() or "")[:2]})
    except BadAsk as error:
        return JsonResponse({"refused": replies.bad(client_id, error)}, status=422)
    if wait_s := visitors.wait_to_ask_s(visitors.of_request(request)):
        return _refused(replies.refused(client_id, "limit", retry_s=wait_s))
    result = intake.receive_many(reception.pk, [parsed], now=clock.now())[0]
    if isinstance(result, Refusal):
        return _refused(replies.refused(client_id, result.code))
    return JsonResponse({"ack": replies.ack(result)}, status=201)


def _again(
    request: HttpRequest, reception: Reception, form: AskForm, refusal: dict[str, Any]
) -> HttpResponse:
    """The page with what was typed still in the form."""
    form.add_error(None, refusal["message"])
    response = pages.room(request, reception, form, status=replies.STATUSES[refusal["code"]])
    return _say_when(response, refusal)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """The text comes back to who wrote it, with a button that sends the same form once more."""
    client_id = request.POST.get("client_id", "")
    refusal = replies.refused(client_id, "unavailable", retry_s=replies.RETRY_UNAVAILABLE_S)
    if _is_script(request):
        return _refused(refusal)
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    response = render(request, "room/try_again.html", {"typed": typed}, status=503)
    return _say_when(response, refusal)


def _refused(refusal: dict[str, Any]) -> HttpResponse:
    response = JsonResponse({"refused": refusal}, status=replies.STATUSES[refusal["code"]])
    return _say_when(response, refusal)


def _no_vote(request: HttpRequest, refusal: dict[str, Any]) -> HttpResponse:
    if _is_script(request):
        return _refused(refusal)
    status = replies.STATUSES[refusal["code"]]
    response = render(request, "room/no_vote.html", {"message": refusal["message"]}, status=status)
    return _say_when(response, refusal)


def _say_when(response: HttpResponse, refusal: dict[str, Any]) -> HttpResponse:
    if "retry_s" in refusal:
        response.headers["Retry-After"] = str(refusal["retry_s"])
    return response


def _is_script(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _number(value: str) -> int:
    number = numbers.read(value)
    if number is None:
        raise Http404
    return number


def _place_of(reception: Reception, number: int) -> str:
    """The card of question `number` on the page that holds it."""
    page = reverse("reception", args=[reception.no])
    if number <= reception.last_number - queries.WINDOW:
        page += f"?before={number + 1}"
    return f"{page}#question-{number}"
