"""What the desk has done by the clock."""

from __future__ import annotations

from streams.common import clock
from streams.desk import upload


def purge_uploads() -> int:
    return upload.purge(clock.now())
