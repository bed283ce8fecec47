"""While somebody types a question: who has asked it before, and where it is answered.

Only public texts, and never in the way of asking: a look that would have to wait is not taken.
"""

from __future__ import annotations

import threading

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from streams.common import text
from streams.questions import similar
from streams.receptions import queries as receptions
from streams.room import visitors

_SHOWN = 3
# Before there are so many letters there is nothing to compare.
_LETTERS = 12
_TYPED_MAX = 1_000
# Suggestions of one process at a time; asking, votes and the staff need the database more.
_turns = threading.BoundedSemaphore(4)


@require_POST
def like(request: HttpRequest, no: str) -> HttpResponse:
    """A list, or 204 where there is nothing to say. A POST: the words belong into no log of addresses."""
    typed = request.POST.get("text", "")[:_TYPED_MAX]
    if len(typed.strip()) < _LETTERS:
        return HttpResponse(status=204)
    visitor = visitors.of_request(request)
    if wait_s := visitors.wait_for_suggestions_s(visitor):
        return HttpResponse(status=429, headers={"Retry-After": str(wait_s)})
    if not _turns.acquire(blocking=False):
        return HttpResponse(status=204)
    try:
        return _answer(request, no, typed)
    except (OperationalError, InterfaceError):
        return HttpResponse(status=204)
    finally:
        _turns.release()


def _answer(request: HttpRequest, no: str, typed: str) -> HttpResponse:
    reception = get_object_or_404(receptions.receptions(), no=no)
    language = text.detect_language(typed, (get_language() or "")[:2])
    found = similar.to_asked(typed, reception_id=reception.pk, language=language, limit=_SHOWN)
    if not found:
        return HttpResponse(status=204)
    response = render(request, "parts/room_like.html", {"found": found, "reception": reception})
    response.headers["Cache-Control"] = "no-store"
    return response
