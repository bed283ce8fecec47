"""The account of one socket: what was sent to it and not yet acknowledged.

A server's send never waits for the network, so a client that stopped reading would fill our memory
unnoticed. Its acknowledgements are the only thing that tells.
"""

from collections import deque

LIMIT_BYTES = 256 * 1024
PATIENCE_S = 10.0
# A socket this far behind is not given the time.
LAST_BYTES = 4 * 1024 * 1024


class Backlog:
    def __init__(self) -> None:
        self.bytes = 0
        self._sent: deque[tuple[int, int]] = deque()
        self._over_since: float | None = None

    def sent(self, seq: int, size: int, now: float) -> None:
        self._sent.append((seq, size))
        self.bytes += size
        if self.bytes > LIMIT_BYTES and self._over_since is None:
            self._over_since = now

    def acknowledged(self, seq: int) -> None:
        """Everything sent up to `seq` has arrived."""
        while self._sent and self._sent[0][0] <= seq:
            self.bytes -= self._sent.popleft()[1]
        if self.bytes <= LIMIT_BYTES:
            self._over_since = None

    def is_stuck(self, now: float) -> bool:
        if self.bytes > LAST_BYTES:
            return True
        return self._over_since is not None and now - self._over_since > PATIENCE_S
