"""The demo's living audience: every few seconds somebody opens the room, asks, votes and watches."""

from __future__ import annotations

import asyncio
import random
import uuid
from contextlib import suppress
from dataclasses import dataclass

import structlog
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections

from streams.common import clock
from streams.demo import season
from streams.demo.texts.feed import question
from streams.questions.models import Question
from streams.receptions import queries
from streams.rehearsal.door import Door, Gone, Unreachable
from streams.rehearsal.viewer import Asked, Lost, Viewer

log = structlog.get_logger(__name__)
EVERY_S = 8.0
# Where nothing is on air, or the server is away, look again after so long.
IDLE_S = 5.0
MOST = 150
_NAMESPACE = uuid.UUID("c9a1c9c8-64a5-4f0e-8a57-2c2b8f1d0a11")
_VOTES = 3


@dataclass(frozen=True)
class Turn:
    """The next question for the reception on air."""

    no: str
    index: int


@dataclass
class Feed:
    """`origin`: one that the server allows, where it doesn't allow `url`."""

    url: str
    origin: str = ""
    every_s: float = EVERY_S
    most: int = MOST
    asked: int = 0

    async def run(self, *, turns: int | None = None) -> None:
        """For ever, or so many turns. Whatever is away now may be there the next time."""
        while turns is None or self.asked < turns:
            if not await self._look():
                await asyncio.sleep(IDLE_S)

    async def _look(self) -> bool:
        """Play one turn, where there is one. A visit is over when the next one begins."""
        try:
            turn = await sync_to_async(next_turn, thread_sensitive=False)(self.most)
            if turn is None:
                return False
            async with asyncio.timeout(60):
                await self._visit(turn)
        except (Unreachable, Gone, Lost, TimeoutError, OperationalError, InterfaceError) as error:
            log.info("feed.waits", error=type(error).__name__)
            return False
        self.asked += 1
        return True

    async def _visit(self, turn: Turn) -> None:
        said = question(turn.no, turn.index)
        seen: set[int] = set()
        door = Door(self.url, turn.no, origin=self.origin, language=said.language)
        async with Viewer(
            door, on_page=lambda ticket: seen.update(ticket.votable), patience_s=IDLE_S
        ) as viewer:
            await viewer.ready()
            payload = {
                "client_id": str(client_id(turn)),
                "text": said.text,
                "name": said.name,
                "district": said.district,
            }
            asked = await viewer.ask(Asked(payload))
            if asked.refused:
                log.warning("feed.refused", code=asked.refused.get("code"))
            log.info("feed.asked", reception=turn.no, turn=turn.index)
            await asyncio.sleep(self.every_s / 2)
            await self._vote(viewer, seen)
            await asyncio.sleep(self.every_s / 2)

    async def _vote(self, viewer: Viewer, seen: set[int]) -> None:
        some = random.sample(sorted(seen), min(len(seen), random.randint(1, _VOTES)))  # noqa: S311
        with suppress(Lost, TimeoutError):
            for number in some:
                await viewer.vote(number)


def client_id(turn: Turn) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"{turn.no}/{turn.index}")


def next_turn(most: int) -> Turn | None:
    """None where nothing is on air or enough has been asked."""
    close_old_connections()
    try:
        reception = season.on_air()
        if reception is None or not queries.takes_questions(reception, clock.now()):
            return None
        turns = [Turn(reception.no, index) for index in range(most)]
        asked = set(
            Question.objects.filter(
                reception=reception, client_id__in=[client_id(turn) for turn in turns]
            ).values_list("client_id", flat=True)
        )
        return next((turn for turn in turns if client_id(turn) not in asked), None)
    finally:
        close_old_connections()
