"""Answers for people where Django has none: a stopped database is a pause, said plainly, and the
address of a form leads to the page that holds it.
"""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import is_valid_path
from psycopg_pool import PoolTimeout

from liveqa import errors
from streams.common import typed

log = structlog.get_logger(__name__)
RETRY_AFTER_S = 5


class _Unavailable:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """503 with Retry-After where the database is away; every other error goes its usual way."""
        if not isinstance(error, OperationalError | InterfaceError | PoolTimeout):
            return None
        log.warning("database.unavailable", path=request.path, error=type(error).__name__)
        return errors.unavailable(request, retry_after_s=RETRY_AFTER_S)


def unavailable(get_response: Callable[[HttpRequest], HttpResponse]) -> _Unavailable:
    return _Unavailable(get_response)


def way_back(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """An address that only takes forms is opened by hand after a new sign-in, in another language or
    from the history. Instead of an empty page the one above it comes: `/control/TAU-2026-0001/` for
    `/control/TAU-2026-0001/answer/`.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_form = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if is_form and request.method == "GET" and typed.is_by_hand(request):
            return redirect(_above(request.path))
        return response

    return answer


def _above(path: str) -> str:
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return path
