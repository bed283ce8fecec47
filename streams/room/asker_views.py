""" "My question": open to whoever has the secret link, and to nobody's cache or search engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from streams.common import clock, crypto, numbers
from streams.common.redirects import see_other
from streams.people.actors import ASKER
from streams.questions import actions, reasons, receipts, service_clock, urgent
from streams.questions import queries as questions
from streams.questions.models import Question
from streams.questions.rules import IllegalMove, Move, Outcome, Status, is_legal
from streams.receptions.models import Entry
from streams.room import queries, replies
from streams.room.story import is_final, story


def _private(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """The address is the key: it must not be kept, indexed or told to another site."""

    @wraps(view)
    def answer(request: HttpRequest, secret: str) -> HttpResponse:
        response = view(request, secret)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        return response

    return answer


@require_safe
@_private
def my_question(request: HttpRequest, secret: str) -> HttpResponse:
    return render(request, "room/my_question.html", _context(secret))


@require_http_methods(["GET", "HEAD", "POST"])
@_private
def withdraw(request: HttpRequest, secret: str) -> HttpResponse:
    """Asks once more; a POST withdraws."""
    question = _question(secret)
    if request.method == "POST":
        return _withdraw(request, question, secret)
    if not _may_withdraw(question):
        return see_other(replies.link(secret))
    response = render(request, "room/withdraw.html", {"question": question, "secret": secret})
    # With no-referrer a browser hides the form's origin from us too, and the CSRF check needs it.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@require_safe
@_private
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """What proves that the question is in the journal, as a file to keep."""
    question = _question(secret)
    entry = Entry.objects.get(
        reception=question.reception, question_number=question.number, kind="receive"
    )
    proof = replies.ack(receipts.again(question, entry))
    del proof["client_id"], proof["repeated"]
    proof["link"] = request.build_absolute_uri(proof["link"])
    proof["reception"] = question.reception.no
    proof["text"] = question.original_text
    proof["how_to_check"] = _(
        "digest is HMAC-SHA256 of the text (UTF-8) under the key (hexadecimal). The public journal of "
        "the reception holds it in its entry seq, as data.text; hash is the hash of that entry."
    )
    response = JsonResponse(proof, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"receipt-{question.public_no}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _withdraw(request: HttpRequest, question: Question, secret: str) -> HttpResponse:
    expect = numbers.read(request.POST.get("version", "")) or 0
    try:
        actions.move(question.pk, Move.WITHDRAW, by=ASKER, expect=expect, now=clock.now())
    except (actions.Stale, IllegalMove):
        question = _question(secret)
        if question.outcome == Outcome.WITHDRAWN:  # the second click of a double one
            return see_other(replies.link(secret))
        # It was answered or moved on meanwhile: show what became of it and let the asker decide.
        context = _context(secret) | {"overtaken": True}
        return render(request, "room/my_question.html", context, status=409)
    return see_other(replies.link(secret))


def _question(secret: str) -> Question:
    return get_object_or_404(questions.by_secret(secret))


def _context(secret: str) -> dict[str, object]:
    question = _question(secret)
    numbers = [question.number]
    if question.merged_into is not None:
        numbers.append(question.merged_into.number)
    # Of the question that speaks for this one only the newest place counts: the page looks again.
    entries = list(
        Entry.objects.filter(reception=question.reception, question_number__in=numbers).order_by(
            "seq"
        )
    )
    own = [entry for entry in entries if entry.question_number == question.number]
    shown = queries.shown([question])[0]
    return {
        "secret": secret,
        "question": question,
        "shown": shown,
        "story": story(question, own, reasons.of(question.reception.unit)),
        "version": entries[-1].seq,
        "target": _target(question),
        "carried_link": _carried_link(shown),
        "may_withdraw": _may_withdraw(question),
        "is_final": is_final(question),
        "call": _call(question),
        "due": _due(question),
    }


def _call(question: Question) -> str:
    """Where to call at once, as long as the question waits."""
    if not question.urgent or not question.is_open:
        return ""
    return replies.call_now(urgent.numbers(question.urgent, question.reception.unit))


def _due(question: Question) -> service_clock.Due | None:
    """By when the unit promised an answer, and how that day was counted."""
    clock_of = service_clock.of(question.reception, clock.now())
    return clock_of.due(question) if clock_of else None


def _target(question: Question) -> queries.Shown | None:
    """The question that speaks for this one, where it was merged."""
    if question.merged_into is None:
        return None
    found = queries.of_numbers(question.reception_id, frozenset({question.merged_into.number}))
    return found[0]


def _carried_link(shown: queries.Shown) -> str:
    """The asker's page in the reception that received the question again; "" where none did."""
    if shown.next is None:
        return ""
    secret = crypto.question_secret(shown.next.reception_id, str(shown.next.client_id))
    return replies.link(secret)


def _may_withdraw(question: Question) -> bool:
    outcome = Outcome(question.outcome) if question.outcome else None
    status = Status(question.status)
    return is_legal(Move.WITHDRAW, status, outcome, question.reception.stage)
