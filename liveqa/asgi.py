"""The ASGI application that daphne serves: pages by Django, sockets by route.

Each kind of socket guards its own door: viewers' sockets (streams.live.viewer) need no session, and
staff sockets (streams.live.staff) look it up themselves, again and again while they are open.
"""

import os
from typing import Any, cast

from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import re_path

from liveqa.pages import application as application_of_pages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")
# Before anything that imports models: it loads the apps.
pages = application_of_pages()

from liveqa.redaction import guard_access_log  # noqa: E402
from streams.desk import routing as desk  # noqa: E402
from streams.live.viewer import unknown  # noqa: E402
from streams.overlay import routing as overlay  # noqa: E402
from streams.room import routing as room  # noqa: E402
from streams.sources import routing as sources  # noqa: E402
from streams.studio import routing as studio  # noqa: E402

guard_access_log()
application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": URLRouter(
            [
                *room.websocket_urlpatterns,
                *desk.websocket_urlpatterns,
                *studio.websocket_urlpatterns,
                *overlay.websocket_urlpatterns,
                *sources.websocket_urlpatterns,
                # The stubs expect a view of pages here.
                re_path("", cast("Any", unknown)),
            ]
        ),
    }
)
