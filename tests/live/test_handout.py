"""A frame to many: others get their turn meanwhile, and what they take is not the handout's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from streams.live.handout import Handout
from streams.live.line import Line
from streams.live.parcel import Parcel
from streams.live.wires.generic import GenericWire

# More than get their turn at once.
MANY = 600


async def test_all_get_it_and_the_time_of_others_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    got: list[str] = []
    have_all = asyncio.Event()
    loop, now = asyncio.get_running_loop(), 0.0

    async def send(message: dict[str, Any]) -> None:
        got.append(message["text"])
        if len(got) == MANY:
            have_all.set()

    def work_for_long() -> None:
        nonlocal now
        now += 60.0

    monkeypatch.setattr(loop, "time", lambda: now)
    wires = [GenericWire(send) for _ in range(MANY)]
    handout = Handout()
    loop.call_soon(work_for_long)
    await handout.give([Line(wire) for wire in wires], Parcel("news"), 1)
    assert now == 60.0
    assert handout.wrote_s == 0.0
    await have_all.wait()
    for wire in wires:
        wire.give_up(1000)
