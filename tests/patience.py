"""Waiting for a fact. What is right is right a little later, too: machines that run tests are busy."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120.0
# Between two looks. Looking without a pause would take the core that the other side needs.
_PAUSE_S = 0.02


def eventually(
    holds: Callable[[], object],
    why: Callable[[], str] = lambda: "it did not come to be",
    *,
    patience_s: float = PATIENCE_S,
) -> None:
    """Look until it is so; `why` tells what to say where it never is."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, why()
        time.sleep(_PAUSE_S)
