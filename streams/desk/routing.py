"""Socket addresses of the desk."""

from typing import Any

websocket_urlpatterns: list[Any] = []
