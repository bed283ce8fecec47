"""What a socket says once it is let in, for viewers and staff alike: its place, and commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from django.conf import settings

from streams.common.limits import Buckets
from streams.live import door, frames, inbound
from streams.live.hub import Hub
from streams.live.inbound import Command, Place, Unclear
from streams.live.line import Line

log = structlog.get_logger(__name__)
Answer = Mapping[str, Any] | None
Handler = Callable[[object], Awaitable[Answer]]

FRAMES_PER_S = 5
FRAMES_AT_ONCE = 10
MISTAKES = 3
COMMANDS_AT_ONCE = 8
# Above this, nothing more is read from the socket until one is answered: a crowd then asks as fast as
# questions are written and no faster, and waits in the network's buffers and not in ours.
COMMANDS_UNHURRIED = 2


class Conversation:
    def __init__(
        self,
        hub: Hub,
        line: Line,
        *,
        reception_id: int,
        screen: str,
        handlers: Mapping[str, Handler],
    ) -> None:
        self.line = line
        self._hub = hub
        self._reception_id, self._screen = reception_id, screen
        self._handlers = handlers
        self._pace = Buckets(FRAMES_PER_S * 60, burst=FRAMES_AT_ONCE)
        self._mistakes = 0
        self._watches = False
        self._commands: set[asyncio.Task[None]] = set()

    def hear(self, text: str | None) -> None:
        """One frame from the client; None is a binary one. Never raises, never waits."""
        if not self.line.is_open:
            return
        if self._pace.wait_s("all"):
            self.line.hang_up(door.TOO_OFTEN)
        elif text is not None and inbound.size(text) > inbound.max_bytes():
            self.line.hang_up(door.TOO_BIG)
        else:
            self._understand(text)

    def send(self, message: Mapping[str, Any]) -> None:
        self.line.say(frames.encode(message))

    def end(self) -> None:
        """The socket is gone. Commands on their way are finished: they may be in the database."""
        if self._watches:
            self._hub.leave(self._reception_id, self._screen, self.line)
            self._watches = False
        self.line.drop()

    def _understand(self, text: str | None) -> None:
        try:
            if text is None:
                raise Unclear("binary")
            said = inbound.parse(text, self._handlers)
        except Unclear as unclear:
            self._mistakes += 1
            self.send(unclear.message())
            if self._mistakes >= MISTAKES:
                self.line.hang_up(door.UNCLEAR)
            return
        match said:
            case Place():
                self._place(said)
            case Command():
                self._command(said)

    def _place(self, place: Place) -> None:
        if self._watches:
            self.line.acknowledged(place.seq)
            return
        self._watches = True
        self.line.cursor = place.seq
        self.line.language = place.language or settings.LANGUAGE_CODE
        if self.line.ack_after:
            self.send({"acks": self.line.ack_after})
        self._hub.watch(self._reception_id, self._screen, self.line)

    def _command(self, command: Command) -> None:
        if len(self._commands) >= COMMANDS_AT_ONCE:
            self.send(Unclear("busy", command.name).message())
            return
        task = asyncio.create_task(self._answer(command))
        self._commands.add(task)
        task.add_done_callback(self._answered)
        if len(self._commands) == COMMANDS_UNHURRIED:
            self.line.hold(True)

    def _answered(self, task: asyncio.Task[None]) -> None:
        if len(self._commands) == COMMANDS_UNHURRIED:
            self.line.hold(False)
        self._commands.discard(task)

    async def _answer(self, command: Command) -> None:
        try:
            answer = await self._handlers[command.name](command.value)
            if answer is not None:
                self.send(answer)
        except Exception:
            log.exception("live.command_failed", command=command.name)
            self.send(Unclear("failed", command.name).message())
