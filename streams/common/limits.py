"""Token buckets in the memory of a process: they need no server, so no server's failure opens them."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Buckets:
    """One bucket for each key: `per_minute` on average, `burst` at once.

    The least recently used keys are forgotten beyond `max_keys`, which bounds the memory.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        burst: int | None = None,
        max_keys: int = 50_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate_s = per_minute / 60
        self._burst = float(burst or max(1, per_minute // 2))
        self._max_keys = max_keys
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: Hashable, *, take: bool = True) -> int:
        """0 and one token taken; or the whole seconds until the next one, and nothing taken.

        Without `take`: only a look.
        """
        now = self._clock()
        level, at = self._levels.get(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate_s)
        allowed = level >= 1
        if not take:
            return 0 if allowed else self._until_next_s(level)
        self._levels[key] = (level - 1 if allowed else level, now)
        self._levels.move_to_end(key)
        if len(self._levels) > self._max_keys:
            self._levels.popitem(last=False)
        return 0 if allowed else self._until_next_s(level)

    def _until_next_s(self, level: float) -> int:
        return int((1 - level) / self._rate_s) + 1
