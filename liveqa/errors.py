"""Error pages in plain words. None of them touches the database: it may be the thing that failed."""

from django.http import HttpRequest, HttpResponse
from django.template import loader

from streams.common import typed


def _page(template: str, status: int, **context: object) -> HttpResponse:
    return HttpResponse(loader.get_template(template).render(context, None), status=status)


def unavailable(request: HttpRequest, *, retry_after_s: int) -> HttpResponse:
    response = _page("503.html", 503)
    response["Retry-After"] = str(retry_after_s)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or cookies are off: say so, how to go on, and what was written."""
    return _page("csrf.html", 403, typed=typed.words(request))
