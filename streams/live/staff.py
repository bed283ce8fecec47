"""The base of the staff's sockets: let in by session and role, and asked again while it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, ClassVar, cast

import structlog
from asgiref.sync import ThreadSensitiveContext
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from typing_extensions import override

from streams.live import door, hub, wires
from streams.live.admission import Admitted, Refused, admit
from streams.live.conversation import Conversation, Handler
from streams.live.line import Line
from streams.people.rules import Role

log = structlog.get_logger(__name__)
CHECK_EVERY_S = 30.0


class StaffSocket(AsyncWebsocketConsumer):
    """A subclass names its `screen` and the `roles` that may see it; its route has `no`."""

    screen: ClassVar[str]
    roles: ClassVar[Collection[Role]]
    # The name of no layer: news come from the hub, and a socket must live when Redis doesn't.
    channel_layer_alias = "none"
    _conversation: Conversation | None = None
    _guard: asyncio.Task[None] | None = None

    @override
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not door.origin_allowed(scope):
            await receive()
            await send({"type": "websocket.close"})
            return
        # A thread of its own: one slow query of a colleague must not stop everybody's sockets.
        async with ThreadSensitiveContext():
            try:
                await super().__call__(scope, receive, send)
            finally:
                await self._end()

    @override
    async def connect(self) -> None:
        self._doubt = asyncio.Event()
        await self.accept()
        self._line = Line(wires.open_wire(self.scope, cast("wires.Send", self.base_send)))
        try:
            self.admitted = await self._admit()
        except Refused as refused:
            self._line.hang_up(refused.code)
        except Exception as error:  # noqa: BLE001 -- the database is away: the browser comes again
            log.warning("live.admission_away", error=type(error).__name__)
            self._line.hang_up(door.TRY_LATER)
        else:
            self._begin()

    @override
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._conversation is not None:
            self._conversation.hear(text_data)

    def commands(self) -> Mapping[str, Handler]:
        """What this socket understands beside its place in the journal."""
        return {}

    async def arrived(self) -> None:
        """The person is let in."""

    async def stayed(self) -> None:
        """They were let in again, CHECK_EVERY_S later or earlier."""

    async def left(self) -> None:
        """The socket of somebody who was let in is gone."""

    def _begin(self) -> None:
        here = hub.here()
        self._conversation = Conversation(
            here,
            self._line,
            reception_id=self.admitted.reception_id,
            screen=self.screen,
            handlers=self.commands(),
        )
        here.watch_rights(self.admitted.user.pk, self._doubt.set)
        self._guard = asyncio.create_task(self._stand_guard())

    async def _end(self) -> None:
        if self._guard is not None:
            self._guard.cancel()
        if self._conversation is not None:
            self._conversation.end()
            hub.here().leave_rights(self.admitted.user.pk, self._doubt.set)
            await self._report(self.left)

    async def _report(self, news: Callable[[], Awaitable[None]]) -> None:
        """To the subclass. A socket must live when the database doesn't."""
        try:
            await news()
        except Exception as error:  # noqa: BLE001 -- said again at the next turn
            log.warning("live.report_lost", news=news.__name__, error=type(error).__name__)

    async def _stand_guard(self) -> None:
        """Every CHECK_EVERY_S and whenever rights change: is this person still let in?"""
        await self._report(self.arrived)
        while self._line.is_open:
            try:
                async with asyncio.timeout(CHECK_EVERY_S):
                    await self._doubt.wait()
            except TimeoutError:
                pass
            self._doubt.clear()
            try:
                await self._admit()
            except Refused as refused:
                # Who was in knows that the reception is there.
                code = door.NO_RIGHT if refused.code == door.GONE else refused.code
                self._line.hang_up(code)
            except Exception as error:  # noqa: BLE001 -- asked again at the next turn
                log.warning("live.admission_away", error=type(error).__name__)
            else:
                await self._report(self.stayed)

    async def _admit(self) -> Admitted:
        session_key = door.cookies_of(self.scope).get(settings.SESSION_COOKIE_NAME, "")
        no = str(self.scope["url_route"]["kwargs"]["no"])
        return await database_sync_to_async(admit)(session_key, no, self.roles)
