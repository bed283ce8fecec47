"""Who asks for an answer: htmx, which puts parts into the page that stands, or a browser that shows a page."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def is_htmx(request: HttpRequest) -> bool:
    return bool(HtmxDetails(request))


def target(request: HttpRequest) -> str:
    """The id of the element that htmx will put the answer into; "" where it is none."""
    return HtmxDetails(request).target or ""
