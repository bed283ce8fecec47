"""Socket addresses of sources."""

from typing import Any

from django.urls import path

from streams.sources.consumers import ingest

# The stubs of `path` know views only.
socket: Any = ingest
websocket_urlpatterns: list[Any] = [path("ws/ingest/<uuid:source>/", socket)]
