"""Socket addresses of the room."""

from typing import Any

websocket_urlpatterns: list[Any] = []
