"""Socket addresses of the desk."""

from typing import Any

from django.urls import path

from streams.desk.consumers import DeskSocket

socket: Any = DeskSocket.as_asgi()
websocket_urlpatterns: list[Any] = [path("ws/desk/<slug:no>/", socket)]
