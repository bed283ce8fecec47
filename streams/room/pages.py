"""The room's page as it is answered: by who opens it, and by who sent a form that was refused."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from streams.common import clock
from streams.questions import labels
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.room import queries, snapshots, visitors
from streams.room.forms import AskForm


def room(
    request: HttpRequest, reception: Reception, form: AskForm, *, status: int = 200
) -> HttpResponse:
    """The live page with this form on it."""
    response = render(
        request,
        "room/room.html",
        {
            "reception": reception,
            "snapshot": snapshots.of(reception),
            "form": form,
            "takes_questions": receptions.takes_questions(reception, clock.now()),
            "window": queries.WINDOW,
            "question_max_chars": settings.QUESTION_MAX_CHARS,
            "decline_reasons": labels.DECLINE_REASONS.values(),
        },
        status=status,
    )
    visitors.remember(request, response)
    # It holds a form of this visitor; a browser may keep it for going back, nobody else.
    patch_cache_control(response, private=True, no_cache=True)
    return response
