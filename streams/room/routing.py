"""Socket addresses of the room."""

from typing import Any

from django.urls import path

from streams.live.viewer import ViewerSocket
from streams.room import commands
from streams.room.frames import SCREEN

# The stubs of `path` know views only.
socket: Any = ViewerSocket(SCREEN.name, {"ask": commands.ask, "vote": commands.vote})
websocket_urlpatterns: list[Any] = [path("ws/receptions/<str:no>/", socket)]
