"""The hub: what all live sockets of this process share. It lives while somebody watches."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer

from streams.live import reading, screens
from streams.live.directory import Directory
from streams.live.doorbell import Doorbell, Layer
from streams.live.feed import Feed
from streams.live.line import Line
from streams.live.ring import Ring
from streams.live.threads import Threads
from streams.receptions import bell

log = structlog.get_logger(__name__)
# How long a change can stay unseen while the bell is broken.
LOOK_EVERY_S = 1.0
# The state beside the journal has no number to look at: it is read again, rarely while the bell
# rings for it (a lease runs out without a ring), often while it can't.
SIDE_EVERY_S, DEAF_SIDE_EVERY_S = 10.0, 2.0
MAX_RINGS = 32


class Hub:
    def __init__(self) -> None:
        self.threads = Threads()
        self.directory = Directory(self.threads)
        self._feeds: dict[tuple[int, str], Feed] = {}
        # They outlive the feeds: when all viewers were cut at once, all come back.
        self._rings: OrderedDict[tuple[int, str], Ring] = OrderedDict()
        self._staff: dict[int, set[Callable[[], None]]] = {}
        self._doorbell = Doorbell(_layer, self._hear, self._look_at_once)
        self._look_now = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def watch(self, reception_id: int, screen: str, line: Line) -> None:
        """From its cursor on, `line` gets every frame of this screen."""
        key = (reception_id, screen)
        if key not in self._feeds:
            ring = self._ring(key)
            self._feeds[key] = Feed(screens.get(screen), reception_id, self.threads, ring)
        self._feeds[key].join(line)
        self._wake_up()

    def leave(self, reception_id: int, screen: str, line: Line) -> None:
        key = (reception_id, screen)
        feed = self._feeds.get(key)
        if feed is None:
            return
        feed.leave(line)
        if not feed.is_watched:
            feed.stop()
            del self._feeds[key]
            self._rest()

    def watch_rights(self, user_id: int, look_again: Callable[[], None]) -> None:
        """`look_again` is called whenever something changed in what this user may do."""
        self._staff.setdefault(user_id, set()).add(look_again)
        self._wake_up()

    def leave_rights(self, user_id: int, look_again: Callable[[], None]) -> None:
        watchers = self._staff.get(user_id, set())
        watchers.discard(look_again)
        if not watchers:
            self._staff.pop(user_id, None)
            self._rest()

    @property
    def is_deaf(self) -> bool:
        return self._doorbell.is_deaf

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def _is_needed(self) -> bool:
        return bool(self._feeds or self._staff)

    def _wake_up(self) -> None:
        if not self.is_running:
            self._task = asyncio.create_task(self._live())

    def _rest(self) -> None:
        if not self._is_needed:
            self._look_at_once()

    async def _live(self) -> None:
        loop = asyncio.get_running_loop()

        def hear(message: dict[str, Any]) -> None:
            with suppress(RuntimeError):  # The loop is closed.
                loop.call_soon_threadsafe(self._hear, message)

        with bell.heard_by(hear):
            await self._listen()

    async def _listen(self) -> None:
        while self._is_needed:
            listening = asyncio.create_task(self._doorbell.listen())
            try:
                while self._is_needed:
                    await self._look()
                    await self._wait()
            finally:
                # The layer and its client swallow a cancellation here and there: say it until it's heard.
                while not listening.done():
                    listening.cancel()
                    await asyncio.wait([listening], timeout=0.5)
                self.threads.stop()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._look_now.wait()
        except TimeoutError:
            return
        self._look_now.clear()

    def _look_at_once(self) -> None:
        self._look_now.set()

    async def _look(self) -> None:
        """What the bell may have failed to say, and who reads again or has stopped reading."""
        now = asyncio.get_running_loop().time()
        feeds = list(self._feeds.values())
        every_s = DEAF_SIDE_EVERY_S if self.is_deaf else SIDE_EVERY_S
        for feed in feeds:
            feed.look_aside(now)
            if now - feed.side_at >= every_s:
                feed.side_changed()
        try:
            heads = await self.threads.run(reading.heads, {feed.reception_id for feed in feeds})
        except Exception as error:  # noqa: BLE001 -- a supervisor: it looks again in a second
            log.warning("live.look_failed", error=type(error).__name__)
            return
        for feed in feeds:
            feed.heard(heads.get(feed.reception_id, -1))

    def _hear(self, message: dict[str, Any]) -> None:
        match message:
            case {
                "type": "journal.grew" | "journal.received" as kind,
                "reception": int(reception_id),
                "seq": int(seq),
            }:
                for feed in self._of(reception_id):
                    feed.heard(seq, only_received=kind == "journal.received")
            case {"type": "side.changed", "reception": int(reception_id)}:
                for feed in self._of(reception_id):
                    feed.side_changed()
            case {"type": "rights.changed", "user": int(user_id)}:
                for look_again in list(self._staff.get(user_id, ())):
                    look_again()
            case _:
                log.warning("live.strange_message", type=str(message.get("type"))[:40])

    def _ring(self, key: tuple[int, str]) -> Ring:
        ring = self._rings.setdefault(key, Ring())
        self._rings.move_to_end(key)
        if len(self._rings) > MAX_RINGS:
            self._rings.popitem(last=False)
        return ring

    def _of(self, reception_id: int) -> list[Feed]:
        return [feed for (pk, _), feed in self._feeds.items() if pk == reception_id]


def _layer() -> Layer:
    return cast("Layer", get_channel_layer())


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def here() -> Hub:
    """The hub of the running event loop, which is the hub of the process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
