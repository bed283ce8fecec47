"""Socket addresses of the overlay."""

from typing import Any

from django.urls import path

from streams.overlay.consumers import OverlaySocket

# The stubs of `path` know views only.
socket: Any = OverlaySocket()
websocket_urlpatterns: list[Any] = [path("ws/overlay/<str:token>/", socket)]
