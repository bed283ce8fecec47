"""Several fake platforms on one evening: they serve, they play, and somebody is told how it goes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

from streams.sources.fakes.base import Fake

Tell = Callable[[], None]


async def opened(fakes: Sequence[Fake], stack: AsyncExitStack, first_port: int) -> None:
    """All of them serve until the stack is closed. Port 0: any free ones. Raises OSError."""
    for place, fake in enumerate(fakes):
        await stack.enter_async_context(fake.serving(first_port + place if first_port else 0))


@contextmanager
def interruptible() -> Iterator[asyncio.Event]:
    """Ctrl-C and SIGTERM set the event and interrupt nothing. Before anybody is told of Ctrl-C."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def play(
    fakes: Sequence[Fake],
    stopped: asyncio.Event,
    *,
    tell: Tell,
    every_s: float = 5.0,
    linger_s: float | None = None,
) -> bool:
    """Until all of the scripts have happened and `linger_s` after that, or until `stopped` (then False).

    `linger_s` None: until `stopped`.
    """
    telling = asyncio.create_task(_tell_often(tell, every_s))
    playing = asyncio.create_task(_play_all(fakes))
    stopping = asyncio.create_task(_wait_for(stopped))
    try:
        await asyncio.wait([playing, stopping], return_when=asyncio.FIRST_COMPLETED)
        if stopped.is_set():
            return False
        playing.result()
        await asyncio.wait([stopping], timeout=linger_s)
        return not stopped.is_set()
    finally:
        for task in (telling, playing, stopping):
            task.cancel()
        await asyncio.gather(telling, playing, stopping, return_exceptions=True)


async def _play_all(fakes: Sequence[Fake]) -> None:
    await asyncio.gather(*(fake.play() for fake in fakes))


async def _wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def _tell_often(tell: Tell, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        tell()
