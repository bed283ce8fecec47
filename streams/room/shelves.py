"""The questions of a finished reception, put on the shelves of its equation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.questions import labels
from streams.questions.rules import BUCKETS, Outcome
from streams.room.queries import Shown


@dataclass(frozen=True)
class Shelf:
    bucket: str
    label: object
    questions: Sequence[Shown]


def shelves(shown: Sequence[Shown]) -> list[Shelf]:
    """Every bucket that holds something, in the order of the equation; what was no question last."""
    filled: dict[str, list[Shown]] = {}
    for item in shown:
        filled.setdefault(item.question.bucket, []).append(item)
    order = (*BUCKETS, Outcome.NOT_A_QUESTION.value)
    return [Shelf(b, labels.BUCKETS[b], filled[b]) for b in order if b in filled]
