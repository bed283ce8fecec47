"""What a live screen is to the hub. Each screen's package has one in its `frames.py` and registers it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Card:
    """`id` is the question's number, or 0 for the head card of the screen; `key` sorts within `list`."""

    id: int
    list: str
    key: str
    data: object


@dataclass(frozen=True)
class News:
    """What a screen shows now: `cards` with their place, and the ids in `drop`, which it doesn't show."""

    seq: int
    cards: Sequence[Card]
    drop: Collection[int]
    counts: Mapping[str, int]


class Screen(Protocol):
    """Its three methods run in a worker thread of the hub, many for one instance at a time."""

    @property
    def name(self) -> str: ...

    @property
    def tick_s(self) -> float:
        """At most one frame in so many seconds; 0 sends every change at once."""

    def read(self, reception_id: int, numbers: frozenset[int] | None) -> News:
        """The head card and the cards of these questions, or with None all that the page shows.

        `seq` is read first, then the lists. No language enters here.
        """

    def html(self, card: Card) -> str:
        """In the active language, from the same template part as the page."""

    def side(self, reception_id: int) -> Mapping[str, object]:
        """The small state outside the journal (votes, claims), whole."""


_screens: dict[str, Screen] = {}


def register(screen: Screen) -> None:
    _screens[screen.name] = screen


def get(name: str) -> Screen:
    """Raises KeyError for a screen that nobody registered."""
    return _screens[name]
