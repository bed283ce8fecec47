"""The public's sockets: bare ASGI. No session, no ORM, no thread for any message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from django.conf import settings

from streams.live import door, hub, wires
from streams.live.conversation import Answer, Conversation
from streams.live.directory import Found
from streams.live.line import Line

log = structlog.get_logger(__name__)
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Finder = Callable[[door.Scope], Awaitable[Found | None]]
VIEWER_COOKIE = "viewer"


class Viewer:
    """One viewer of one reception, as the handlers of commands see them."""

    def __init__(self, scope: door.Scope, found: Found, line: Line) -> None:
        self.address = door.address_of(scope)
        self.cookies = door.cookies_of(scope)
        self.reception_id = found.reception_id
        self.no = str(scope["url_route"]["kwargs"].get("no", ""))
        self._line = line
        self._conversation: Conversation | None = None

    @property
    def language(self) -> str:
        """As the page said with its first frame; until then the language of the house."""
        return self._line.language or settings.LANGUAGE_CODE

    async def send(self, message: Mapping[str, Any]) -> None:
        assert self._conversation is not None
        self._conversation.send(message)

    async def converse(
        self, screen: str, handlers: Mapping[str, Handler], receive: Receive
    ) -> None:
        self._conversation = Conversation(
            hub.here(),
            self._line,
            reception_id=self.reception_id,
            screen=screen,
            handlers={name: partial(handler, self) for name, handler in handlers.items()},
        )
        self._line.listen(self._conversation.hear)
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                self._conversation.hear(message.get("text"))
        finally:
            self._conversation.end()


Handler = Callable[[Viewer, Any], Awaitable[Answer]]


class ViewerSocket:
    """The application for a route with `no`. `handlers` are the commands beyond place and
    acknowledgement; each gets the viewer and the raw value and gives a message to answer with, or None.
    `find` looks up the reception of a route that names it in another way.
    """

    def __init__(
        self,
        screen: str,
        handlers: Mapping[str, Handler] | None = None,
        *,
        find: Finder | None = None,
    ) -> None:
        self._screen = screen
        self._handlers = handlers or {}
        self._find = find or _by_no

    async def __call__(self, scope: door.Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if not door.origin_allowed(scope):
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept"})
        found, code = await self._look_up(scope)
        if found is None:
            await send({"type": "websocket.close", "code": code})
            return
        line = Line(wires.open_wire(scope, send))
        await Viewer(scope, found, line).converse(self._screen, self._handlers, receive)

    async def _look_up(self, scope: door.Scope) -> tuple[Found | None, int]:
        """The reception, or the code to close with."""
        try:
            return await self._find(scope), door.GONE
        except Exception as error:  # noqa: BLE001 -- the database is away: the browser comes again
            log.warning("live.directory_away", error=type(error).__name__)
            return None, door.TRY_LATER


async def unknown(scope: door.Scope, receive: Receive, send: Send) -> None:
    """A socket at no address of ours: said with a code, or the browser would try for ever."""
    await receive()
    if door.origin_allowed(scope):
        await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": door.GONE})


async def _by_no(scope: door.Scope) -> Found | None:
    return await hub.here().directory.find(scope["url_route"]["kwargs"]["no"])
