"""The last steps of one screen, rendered: who was away for a moment is caught up without the database."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

MAX_STEPS = 256
MAX_CHARS = 1024 * 1024


@dataclass(frozen=True)
class Step:
    """What changed after one place of the journal up to another; `cards` by language and id, encoded."""

    after: int
    upto: int
    cards: Mapping[str, Mapping[int, str]]
    drop: frozenset[int]
    counts: str

    @property
    def chars(self) -> int:
        return sum(len(card) for cards in self.cards.values() for card in cards.values())


class Ring:
    """Steps without a gap between them. A step may be taken twice or from its middle: frames are state."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._chars = 0

    @property
    def end(self) -> int:
        """-1 while it is empty."""
        return self._steps[-1].upto if self._steps else -1

    def add(self, step: Step) -> None:
        """Starts anew where `step` doesn't go on from the end."""
        if step.after != self.end:
            self.clear()
        self._steps.append(step)
        self._chars += step.chars
        while len(self._steps) > MAX_STEPS or (self._chars > MAX_CHARS and len(self._steps) > 1):
            self._chars -= self._steps.pop(0).chars

    def clear(self) -> None:
        self._steps, self._chars = [], 0

    def way(self, cursor: int, languages: Collection[str]) -> Sequence[Step]:
        """The steps from `cursor` to the end; none where they don't reach back so far."""
        if not self._steps or not self._steps[0].after <= cursor < self.end:
            return ()
        first = bisect_right(self._steps, cursor, key=lambda step: step.upto)
        steps = self._steps[first:]
        known = all(language in step.cards for step in steps for language in languages)
        return steps if known else ()
