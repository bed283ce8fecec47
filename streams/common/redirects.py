"""After a form: the page that shows what became of it."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url


def see_other(to: str, *args: Any) -> HttpResponse:
    """303: a browser asks for `to` (an address, or a view's name with its arguments), and posts nothing again."""
    return HttpResponseRedirect(resolve_url(to, *args), status=303)
