"""What somebody wrote in a form that could not be taken: it goes back to them, to be copied."""

from __future__ import annotations

from django.http import HttpRequest

from streams.common import htmx

# Parts of the names of fields that are nobody's words.
_NOT_WORDS = ("csrf", "password", "token", "secret", "key")


def words(request: HttpRequest) -> list[str]:
    """The texts of the form; none where another site sent it here."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return []
    return [
        value
        for name, values in request.POST.lists()
        for value in values
        if " " in value.strip() and not any(part in name for part in _NOT_WORDS)
    ]


def is_by_hand(request: HttpRequest) -> bool:
    """A page was asked for by a browser itself, and not by a script or a program."""
    wants_page = "text/html" in request.headers.get("Accept", "")
    return wants_page and not htmx.is_htmx(request)
