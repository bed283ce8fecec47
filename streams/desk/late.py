"""Decisions that a browser made without a connection and sends now: what it hears back, as JSON.

They come to the addresses of ordinary moves, with `Accept: application/json`, the `key` that each got
when it was made, and `as`: whose they are.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.functional import Promise

from streams.desk.seat import Seat
from streams.questions import rules
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status


def is_late(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def is_someone_elses(request: HttpRequest, mine: Seat) -> bool:
    """The page is of another person than the session: somebody else signed in meanwhile."""
    return is_late(request) and request.POST.get("as") != str(mine.user.pk)


def not_theirs() -> HttpResponse:
    return JsonResponse({"other": True}, status=HTTPStatus.FORBIDDEN)


def done(question: Question, text: str | Promise) -> HttpResponse:
    return JsonResponse({"done": {"number": question.number, "text": str(text)}})


def refused(request: HttpRequest, mine: Seat, number: int, why: str) -> HttpResponse:
    """What the other one did, and whether this could still be done on top of it."""
    question, move = mine.question(number), request.POST.get("move", "")
    is_legal = move in set(Move) and rules.is_legal(
        Move(move),
        Status(question.status),
        Outcome(question.outcome) if question.outcome else None,
        mine.reception.stage,
    )
    told = {"why": why, "version": question.version, "may": is_legal}
    return JsonResponse({"refused": told}, status=HTTPStatus.CONFLICT)


def invalid(why: str) -> HttpResponse:
    told = {"why": why, "version": None, "may": False}
    return JsonResponse({"refused": told}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
