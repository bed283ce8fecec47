"""The overlay's socket: let in by the token in its address, for as long as that is good."""

from __future__ import annotations

import asyncio

import structlog

from streams.live import door, hub
from streams.live.directory import Found
from streams.live.viewer import Receive, Send, ViewerSocket
from streams.overlay import queries
from streams.overlay.frames import SCREEN

log = structlog.get_logger(__name__)
CHECK_EVERY_S = 30.0


class OverlaySocket:
    """A viewer's socket with another key to its door."""

    def __init__(self) -> None:
        self._viewer = ViewerSocket(SCREEN.name, find=_find)

    async def __call__(self, scope: door.Scope, receive: Receive, send: Send) -> None:
        guard = asyncio.create_task(_stand_guard(scope, send))
        try:
            await self._viewer(scope, receive, send)
        finally:
            guard.cancel()


async def _find(scope: door.Scope) -> Found | None:
    token = str(scope["url_route"]["kwargs"]["token"])
    return await hub.here().threads.run(_look_up, token)


def _look_up(token: str) -> Found | None:
    overlay = queries.by_token(token)
    return Found(overlay.reception_id, "") if overlay else None


async def _stand_guard(scope: door.Scope, send: Send) -> None:
    """An address that was taken back closes what it had opened."""
    while True:
        await asyncio.sleep(CHECK_EVERY_S)
        try:
            if await _find(scope) is None:
                await send({"type": "websocket.close", "code": door.GONE})
                return
        except Exception as error:  # noqa: BLE001 -- the database is away: asked again at the next turn
            log.warning("overlay.guard_away", error=type(error).__name__)
