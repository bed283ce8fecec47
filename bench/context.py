"""What every scenario gets: how large, on which cores, and what is already known in this run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench.product import Product


@dataclass(frozen=True)
class Sizes:
    viewers: int = 3000
    many: int = 30_000
    rounds: int = 5
    frames: int = 20
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
    # A frame as the product sends it, for the anchors.
    frame: dict[str, Any] = field(default_factory=dict)
    # What one scenario found and another wants to know.
    found: dict[str, Any] = field(default_factory=dict)
    _home: ExitStack = field(default_factory=ExitStack)
    _product: Product | None = None

    @property
    def product(self) -> Product:
        """With the askers' limits off; started when it is first wanted."""
        if self._product is None:
            self.say("Starting the product as make run does …")
            self._product = self._home.enter_context(Product(core=self.server_core))
        return self._product

    def stop(self) -> None:
        """For scenarios that start one of their own: two would share the machine."""
        self._product = None
        self._home.close()
