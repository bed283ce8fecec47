"""What the desk answers to a command: quick with htmx, a plain page or redirect without scripts.

A command from the card gets the card back (the next question's, where the page asks for it); one from
elsewhere (the panel of what is on air, a toast, a stamped row) gets a toast, the sockets do the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import reswap, trigger_client_event

from streams.common import clock, numbers
from streams.common.htmx import is_htmx, target
from streams.common.precedence import FRAMES
from streams.common.redirects import see_other
from streams.desk import cards, late, pages, refusals
from streams.desk.cards import Problem, Wrong
from streams.desk.seat import Seat
from streams.questions.advance import Advanced
from streams.questions.models import Question

_NOTHING_WAITS = gettext_lazy(
    "No question waits for you: each one is decided, or a colleague works on it."
)
# So long a card waits at most while a step is on its way to the screens.
FRAMES_FIRST_S = 0.05
_TYPED = ("text", "promise", "reason", "body", "cue")


def done(
    request: HttpRequest,
    seat: Seat,
    question: Question,
    text: str | Promise,
    *,
    undoable: bool,
    advance: bool = True,
    undo: tuple[str, Mapping[str, object]] | None = None,
) -> HttpResponse:
    """`advance`: go on to the question that the page named as `next`. `undo`: an address and fields
    that take it back, where that is no undo of one move."""
    if late.is_late(request):
        return late.done(question, text)
    if not is_htmx(request):
        messages.success(request, str(text))
        return see(request, seat, question.number)
    toast = _toast(question, text, undoable=undoable, undo=undo)
    response = HttpResponse(toast)
    if is_from_card(request):
        shown = _next(request, seat) if advance else None
        response = HttpResponse(card_html(request, seat, shown or question.number) + toast)
    news = {"number": question.number, "version": question.version, "undoable": undoable}
    return trigger_client_event(response, "desk:done", news)


def refused(
    request: HttpRequest, seat: Seat, number: int, error: Exception, *, keep: bool = True
) -> HttpResponse:
    """409: the question as it is now, why not, and what was typed."""
    why = refusals.sentence(error)
    if late.is_late(request):
        return late.refused(request, seat, number, why)
    problem = Problem(why, _unsent(request) if keep else ())
    return _with_card(request, seat, number, HTTPStatus.CONFLICT, why, problem=problem)


def invalid(request: HttpRequest, seat: Seat, number: int, wrong: Wrong, why: str) -> HttpResponse:
    """422: the form again, with its errors beside the fields; else why, and what was typed."""
    if late.is_late(request):
        return late.invalid(why)
    problem = Problem(why, _unsent(request)) if wrong == Wrong() else None
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _with_card(request, seat, number, status, why, wrong=wrong, problem=problem)


def said(
    request: HttpRequest,
    text: str | Promise,
    *,
    tone: str = "",
    status: int = 200,
    undo: tuple[str, Mapping[str, object]] | None = None,
) -> HttpResponse:
    """A toast and nothing else. `undo`: an address and fields that take it back."""
    context: dict[str, Any] = {"text": text, "tone": tone}
    if undo is not None:
        context["undo_url"], context["undo_fields"] = undo
    return HttpResponse(rack(context), status=status)


def told(
    request: HttpRequest,
    seat: Seat,
    text: str | Promise,
    *,
    undo: tuple[str, Mapping[str, object]] | None = None,
) -> HttpResponse:
    """Done with what is no question's own: a toast, or a line on the page."""
    if is_htmx(request):
        return said(request, text, tone="ok", undo=undo)
    messages.success(request, str(text))
    return see(request, seat)


def not_done(
    request: HttpRequest, seat: Seat, why: str, *, status: int = HTTPStatus.CONFLICT
) -> HttpResponse:
    """Nothing was done, and why: a toast, or a line on the page."""
    if is_htmx(request):
        return said(request, why, tone="danger", status=status)
    messages.error(request, _("Not done: %(why)s") % {"why": why})
    return see(request, seat)


def dealt(request: HttpRequest, seat: Seat, question: Question | None) -> HttpResponse:
    """The card of the question that is theirs now, or that there is none."""
    if not is_htmx(request):
        if question is None:
            messages.info(request, str(_NOTHING_WAITS))
        return see(request, seat, question.number if question else None)
    if question is None:
        return reswap(said(request, _NOTHING_WAITS), "none")
    response = HttpResponse(card_html(request, seat, question.number))
    return trigger_client_event(response, "desk:dealt", {"number": question.number})


def advanced(request: HttpRequest, seat: Seat, done: Advanced) -> HttpResponse:
    """The next question is on air; the toast takes both steps back."""
    text = _("No. %(no)d is on air.") % {"no": done.on_air.number}
    fields = {"following": done.on_air.number, "following_expect": done.on_air.version}
    if done.answered:
        fields |= {"answered": done.answered.number, "answered_expect": done.answered.version}
    return told(request, seat, text, undo=(reverse("desk_back", args=[seat.reception.no]), fields))


def arranged(request: HttpRequest, seat: Seat, before: list[int]) -> HttpResponse:
    """The queue is in another order; the toast offers the one before."""
    text = _("The queue is in the new order.")
    address = reverse("desk_arrange", args=[seat.reception.no])
    response = told(request, seat, text, undo=(address, {"numbers": ",".join(map(str, before))}))
    return trigger_client_event(response, "desk:arranged") if is_htmx(request) else response


def see(request: HttpRequest, seat: Seat, number: int | None = None) -> HttpResponse:
    """303: look at the page again."""
    where = ("desk_card", seat.reception.no, number) if number else ("desk", seat.reception.no)
    return see_other(*where)


def card_html(request: HttpRequest, seat: Seat, number: int, **marks: Any) -> str:
    FRAMES.give_way(FRAMES_FIRST_S)
    view = cards.build(seat, seat.full(number), now=clock.now(), **marks)
    return render_to_string(
        "parts/desk_card.html", {"card": view, "reception": seat.reception}, request
    )


def is_from_card(request: HttpRequest) -> bool:
    return target(request) == "card"


def _with_card(
    request: HttpRequest, seat: Seat, number: int, status: HTTPStatus, why: str, **marks: Any
) -> HttpResponse:
    if not is_htmx(request):
        view = cards.build(seat, seat.full(number), now=clock.now(), **marks)
        return render(request, "desk/desk.html", pages.context(seat, card=view), status=status)
    if not is_from_card(request):
        return said(request, why, tone="danger", status=status)
    return HttpResponse(card_html(request, seat, number, **marks), status=status)


def _unsent(request: HttpRequest) -> tuple[str, ...]:
    return tuple(filter(None, (request.POST.get(name, "").strip() for name in _TYPED)))


def _next(request: HttpRequest, seat: Seat) -> int | None:
    number = numbers.read(request.POST.get("next", ""))
    if number is None:
        return None
    exists = Question.objects.filter(reception=seat.reception, number=number).exists()
    return number if exists else None


def _toast(
    question: Question,
    text: str | Promise,
    *,
    undoable: bool,
    undo: tuple[str, Mapping[str, object]] | None = None,
) -> str:
    context: dict[str, Any] = {"text": text, "tone": "ok"}
    if undo is not None:
        context["undo_url"], context["undo_fields"] = undo
    if undoable:
        context["undo_url"] = reverse("desk_undo", args=[question.reception.no, question.number])
        context["undo_fields"] = {"expect": question.version}
    return rack(context)


def rack(context: dict[str, Any]) -> str:
    """A toast for the page's rack, out of band."""
    return render_to_string("parts/desk_toast.html", context)
