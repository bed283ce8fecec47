"""Error pages in plain words. None of them touches the database: it may be the thing that failed."""

from django.http import HttpRequest, HttpResponse
from django.template import loader


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return HttpResponse(loader.get_template(template).render({}, None), status=status)


def unavailable(request: HttpRequest, *, retry_after_s: int) -> HttpResponse:
    response = _page(request, "503.html", 503)
    response["Retry-After"] = str(retry_after_s)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or cookies are off: say so, and how to go on."""
    return _page(request, "csrf.html", 403)
