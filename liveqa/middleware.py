"""A stopped database is a pause, said plainly, and not a crash."""

from collections.abc import Callable

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from psycopg_pool import PoolTimeout

from liveqa import errors

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
