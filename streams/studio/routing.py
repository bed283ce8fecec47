"""Socket addresses of the studio."""

from typing import Any

from django.urls import path

from streams.studio.consumers import StudioSocket

# Channels routes applications; Django's types know views only.
socket: Any = StudioSocket.as_asgi()
websocket_urlpatterns: list[Any] = [path("ws/studio/<slug:no>/", socket)]
