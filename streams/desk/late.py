"""What a browser was told without a connection and sends now: what it hears back, as JSON.

Moves, public texts and tags come to their ordinary addresses, with `Accept: application/json`, the
`key` that each got when it was made, and `as`: whose they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise

from streams.desk.seat import Seat
from streams.questions import rules
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.rules import State


def is_late(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def own(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nothing is done where the page is of another person than the session: somebody else signed in
    meanwhile."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_late(request) and request.POST.get("as") != str(request.user.pk):
            return JsonResponse({"other": True}, status=HTTPStatus.FORBIDDEN)
        return view(request, *args, **kwargs)

    return guarded


def done(question: Question, text: str | Promise) -> HttpResponse:
    told = {"number": question.number, "version": question.version, "text": str(text)}
    return JsonResponse({"done": told})


def refused(request: HttpRequest, mine: Seat, number: int, why: str) -> HttpResponse:
    """What the other one did, and whether this could still be done on top of it."""
    question = mine.question(number)
    may = _may_be_done(mine, question, request.POST.get("move"))
    told = {"why": why, "version": question.version, "may": may}
    return JsonResponse({"refused": told}, status=HTTPStatus.CONFLICT)


def _may_be_done(mine: Seat, question: Question, move: str | None) -> bool:
    """Without a move: a text or tags, which may change until the seal."""
    if move is None:
        return mine.reception.state != State.SEALED
    return move in set(Move) and rules.is_legal(
        Move(move),
        Status(question.status),
        Outcome(question.outcome) if question.outcome else None,
        mine.reception.stage,
    )


def invalid(why: str) -> HttpResponse:
    told = {"why": why, "version": None, "may": False}
    return JsonResponse({"refused": told}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
