"""What every scenario gets: how large, on which cores, and what is already known in this run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.product import Product


@dataclass(frozen=True)
class Sizes:
    viewers: int = 3000
    many: int = 30_000
    rounds: int = 5
    frames: int = 25
    warm_up: int = 100
    seconds: float = 5.0
    long_seconds: float = 300.0
    flood_seconds: float = 60.0

    @property
    def is_full(self) -> bool:
        """Whether the bars speak of these sizes. Rounds may be fewer, frames must be enough."""
        return (
            self.viewers >= FULL.viewers
            and self.rounds * self.frames >= FULL.warm_up
            and self.warm_up >= FULL.warm_up
        )


FULL = Sizes()
QUICK = Sizes(
    viewers=300,
    many=1000,
    rounds=2,
    frames=10,
    warm_up=20,
    seconds=2,
    long_seconds=10,
    flood_seconds=10,
)


@dataclass
class Context:
    sizes: Sizes
    say: Callable[[str], None]
    # Open files that each process may have.
    files: int
    server_core: int | None
    crowd_core: int | None
    # The started product with the askers' limits off; scenarios that need another start their own.
    product: Product
    # A frame as the product sends it, for the anchors.
    frame: dict[str, Any]
    found: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
