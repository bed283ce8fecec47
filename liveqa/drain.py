"""Going without anybody noticing: SIGTERM makes a web process drain instead of dropping what it has.

It takes no new connections, asks its sockets to come back (to the other processes, a part of them in
each moment, so that these aren't stormed), finishes the pages and the questions it has begun, and ends.
A second SIGTERM, or SIGINT, ends it at once.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import structlog

from streams.live import door
from streams.room import intake_queue

log = structlog.get_logger(__name__)
# All sockets are asked to go within this time; few are asked sooner.
SPREAD_S = 10.0
SOCKETS_PER_S = 500
# What is still unanswered then was hanging anyway.
GRACE_S = 20.0
_STEP_S = 0.05


class Drain:
    """`server` is a daphne server; `ports` are what it listens on; `stop` ends the process."""

    def __init__(self, server: Any, ports: list[Any], stop: Callable[[], None]) -> None:
        self._server, self._ports, self._stop = server, ports, stop
        self._task: asyncio.Task[None] | None = None

    def on_sigterm(self) -> None:
        """From the running event loop, after Twisted has set its own handler."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.begin)

    def begin(self) -> None:
        if self._task is not None:
            self._stop()
            return
        self._task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        sockets = self._sockets()
        log.info("drain.begun", sockets=len(sockets))
        try:
            for port in self._ports:
                port.doRead()  # Who is in the queue of the door is let in; who knocks later is not.
                port.stopListening()
            await self._ask_to_go(sockets)
            async with asyncio.timeout(GRACE_S):
                await self._finish()
        except TimeoutError:
            log.warning("drain.cut", unfinished=self._unfinished())
        finally:
            self._stop()

    async def _ask_to_go(self, sockets: list[Any]) -> None:
        per_step = max(SOCKETS_PER_S * _STEP_S, len(sockets) * _STEP_S / SPREAD_S)
        due = 0.0
        while sockets:
            due += per_step
            while sockets and due >= 1:
                due -= 1
                _say_goodbye(sockets.pop())
            if sockets:
                await asyncio.sleep(_STEP_S)

    async def _finish(self) -> None:
        """Pages and questions under way; also sockets that opened just before the door was shut."""
        while self._unfinished():
            for socket in self._sockets():
                _say_goodbye(socket)
            await asyncio.sleep(_STEP_S)

    def _unfinished(self) -> int:
        busy = [intake_queue.asks.is_idle, intake_queue.ballots.is_idle].count(False)
        return busy + sum(_is_under_way(details) for details in self._server.connections.values())

    def _sockets(self) -> list[Any]:
        return [p for p in self._server.connections if hasattr(p, "sendClose")]


def _is_under_way(details: dict[str, Any]) -> bool:
    application = details.get("application_instance")
    return application is not None and not application.done() and "disconnected" not in details


def _say_goodbye(socket: Any) -> None:
    if socket.state == socket.STATE_OPEN:
        # A held one would not hear the answer to the close.
        socket.transport.resumeProducing()
        socket.sendClose(door.TRY_LATER)
