"""In which order the queue could go on air, and why. A suggestion: a person takes it or leaves it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# What counts as much as one more minute of waiting.
MINUTES_PER_VOTE = 2
MINUTES_PER_ASKER = 5


@dataclass(frozen=True)
class Candidate:
    """A question of the queue. `also`: how many others asked the same and were merged into it."""

    number: int
    waited_s: float
    votes: int
    also: int
    is_urgent: bool

    @property
    def waited_min(self) -> int:
        return max(0, int(self.waited_s // 60))

    @property
    def points(self) -> int:
        """In minutes of waiting."""
        return self.waited_min + self.votes * MINUTES_PER_VOTE + self.also * MINUTES_PER_ASKER


def rank(candidates: Iterable[Candidate]) -> list[Candidate]:
    """What can't wait first, then by points; of two with the same, the one asked earlier."""
    return sorted(candidates, key=lambda one: (not one.is_urgent, -one.points, one.number))
