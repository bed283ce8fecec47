"""Socket addresses of the studio."""

from typing import Any

websocket_urlpatterns: list[Any] = []
