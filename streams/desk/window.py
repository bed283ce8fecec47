"""Which waiting questions stand on the desk. Of a broadcast all; of a month's register the oldest.

A register may have thousands that wait; a page of them all would be no help and no fun. Those after
the window move up by themselves as older ones get their outcome, and search finds every one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from streams.questions.models import Question
from streams.questions.rules import OPEN
from streams.receptions.models import Reception

SIZE = 200


@dataclass(frozen=True)
class Window:
    """`last` is the number of the last question that stands on the page; None: all do."""

    last: int | None = None

    def holds(self, question: Question) -> bool:
        return self.last is None or question.number <= self.last


def of(reception: Reception) -> Window:
    if not reception.is_standing:
        return Window()
    beyond = _open(reception).order_by("number")[SIZE - 1 : SIZE + 1]
    numbers = list(beyond.values_list("number", flat=True))
    return Window(numbers[0] if len(numbers) > 1 else None)


def edges(reception: Reception, window: Window, changed: int) -> frozenset[int]:
    """After `changed` questions changed: who may have come into the window, and who fell out of it.

    Each change lets at most one other question in or out, and those stand nearest to the edge; the
    changed ones may stand there too, hence twice as many.
    """
    if not reception.is_standing:
        return frozenset()
    numbers = _open(reception).values_list("number", flat=True)
    if window.last is None:
        # All fit: whoever was beyond is among the newest.
        return frozenset(numbers.order_by("-number")[: 2 * changed])
    inside = numbers.filter(number__lte=window.last).order_by("-number")[: 2 * changed]
    outside = numbers.filter(number__gt=window.last).order_by("number")[: 2 * changed]
    return frozenset(inside) | frozenset(outside)


def _open(reception: Reception) -> QuerySet[Question]:
    return Question.objects.filter(reception=reception, status__in=[s.value for s in OPEN])
