"""The desk's socket: who may sit at the desk hears what changes there, and is seen by colleagues."""

from __future__ import annotations

from collections.abc import Mapping

from channels.db import database_sync_to_async
from typing_extensions import override

from streams.common import clock
from streams.desk import presence
from streams.desk.presence import Sitting
from streams.live.conversation import Handler
from streams.live.staff import StaffSocket
from streams.people.rules import DESK


class DeskSocket(StaffSocket):
    screen = "desk"
    roles = DESK
    _sitting: Sitting | None = None

    @override
    def commands(self) -> Mapping[str, Handler]:
        return {"active": self._acted}

    @override
    async def arrived(self) -> None:
        self._sitting = await database_sync_to_async(presence.sit_down)(
            self.admitted.reception_id, self.admitted.user.pk, clock.now()
        )

    @override
    async def stayed(self) -> None:
        if self._sitting is None:
            await self.arrived()
        else:
            await database_sync_to_async(presence.stay)(self._sitting, clock.now())

    @override
    async def left(self) -> None:
        if self._sitting is not None:
            await database_sync_to_async(presence.get_up)(self._sitting, clock.now())

    async def _acted(self, _value: object) -> None:
        if self._sitting is not None:
            await database_sync_to_async(presence.act)(self._sitting, clock.now())
