"""The hub's ear on the channel layer, which loses messages without a word when its server goes away.

So it listens for its own heartbeat: unheard, or impossible to send, it subscribes anew, for ever.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import structlog
from redis.exceptions import RedisError

from streams.receptions import bell

log = structlog.get_logger(__name__)
BEAT_EVERY_S = 5.0
DEAF_AFTER_S = 15.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 10.0
_PATIENCE_S = 3.0
_LOST = (RedisError, OSError, TimeoutError)


class Layer(Protocol):
    async def new_channel(self) -> str: ...
    async def group_add(self, group: str, channel: str) -> None: ...
    async def receive(self, channel: str) -> dict[str, Any]: ...
    async def flush(self) -> None: ...


class Unheard(Exception):
    """The layer took our heartbeats and brought none of them."""


class Doorbell:
    def __init__(
        self,
        layer: Callable[[], Layer],
        hear: Callable[[dict[str, Any]], None],
        back: Callable[[], None],
    ) -> None:
        """`hear` gets every message of other processes but the heartbeats; `back` is called after each
        subscribing."""
        self.is_deaf = True
        self._layer, self._hear, self._back = layer, hear, back
        self._name = secrets.token_hex(8)
        self._heard_at = 0.0

    async def listen(self) -> None:
        """Until cancelled."""
        pause_s = FIRST_PAUSE_S
        while True:
            layer = self._layer()
            try:
                await self._subscribed(layer)
            except (*_LOST, Unheard) as error:
                if not self.is_deaf:
                    pause_s = FIRST_PAUSE_S
                self.is_deaf = True
                log.warning("live.bell_lost", error=type(error).__name__, again_s=pause_s)
            finally:
                await _flush(layer)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _subscribed(self, layer: Layer) -> None:
        """Raises one of _LOST or Unheard."""
        async with asyncio.timeout(_PATIENCE_S):
            channel = await layer.new_channel()
            await layer.group_add(bell.GROUP, channel)
        self.is_deaf = False
        self._heard_at = asyncio.get_running_loop().time()
        self._back()
        await _first_end(layer, self._receive(layer, channel), self._beat())

    async def _receive(self, layer: Layer, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            if message.get("type") == "hub.heartbeat":
                if message.get("sender") == self._name:
                    self._heard_at = asyncio.get_running_loop().time()
            elif not bell.is_ours(message):
                self._hear(message)

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await bell.heartbeat(self._name)
            await asyncio.sleep(BEAT_EVERY_S)
            if loop.time() - self._heard_at > DEAF_AFTER_S:
                raise Unheard


async def _first_end(layer: Layer, *works: Coroutine[Any, Any, None]) -> None:
    """Run all until one ends; end the others and raise what it raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Before cancelling: a cancelled `receive` would unsubscribe over a connection that is dead.
        await _flush(layer)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for result in ended:
        if isinstance(result, Exception):
            raise result


async def _flush(layer: Layer) -> None:
    """Forget all subscriptions and connections of this event loop."""
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await layer.flush()
    except _LOST as error:
        log.warning("live.bell_flush", error=type(error).__name__)
