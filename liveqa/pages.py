"""Pages by Django: the whole of a request in one thread, and people who are signed in go first.

Django's own way under ASGI passes a request to and fro between the event loop and a thread, once for each
change between middleware of the two kinds. All views and middleware here are plain functions; each
passage costs a turn of a loop that may have thousands of sockets to look after.
"""

from __future__ import annotations

from typing import Any

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from typing_extensions import override

from streams.common.precedence import STAFF


class Pages(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self._session = f"{settings.SESSION_COOKIE_NAME}=".encode()

    @override
    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    @override
    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(
            request
        )
        return response

    @override
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Only staff have a session; whoever invents one holds up batches of questions a little."""
        if any(name == b"cookie" and self._session in value for name, value in scope["headers"]):
            with STAFF.first():
                await super().__call__(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def application() -> Pages:
    django.setup(set_prefix=False)
    return Pages()
