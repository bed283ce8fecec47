"""Numbers from measurements. Pure."""

from __future__ import annotations

import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from typing_extensions import override


@dataclass(frozen=True)
class Spread:
    """Of one quantity over rounds."""

    median: float
    least: float
    most: float
    count: int

    @override
    def __str__(self) -> str:
        return f"{short(self.median)} [{short(self.least)}-{short(self.most)}]"


def spread(values: Iterable[float]) -> Spread | None:
    """None where nothing was measured."""
    found = sorted(values)
    if not found:
        return None
    return Spread(statistics.median(found), found[0], found[-1], len(found))


def short(value: float) -> str:
    """Three significant figures, without an exponent."""
    if value == 0 or abs(value) >= 1000:
        return f"{value:.0f}"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def quantile(values: Iterable[float], share: float) -> float:
    """The nearest rank; `share` from 0 to 1. Raises ValueError for nothing."""
    found = sorted(values)
    if not found:
        raise ValueError("a quantile of nothing")
    return found[min(len(found) - 1, max(0, round(share * (len(found) - 1))))]


def ratios(values: Sequence[float], anchors: Sequence[float]) -> list[float]:
    """Round by round. Raises ValueError where the rounds don't pair, or an anchor is 0."""
    if len(values) != len(anchors):
        raise ValueError(f"{len(values)} rounds beside {len(anchors)}")
    if any(anchor <= 0 for anchor in anchors):
        raise ValueError("an anchor that took nothing")
    return [value / anchor for value, anchor in zip(values, anchors, strict=True)]


def deviation(first: Sequence[float], second: Sequence[float]) -> float:
    """How far two runs of the same thing are apart: 0.1 is ten per cent. Raises ValueError."""
    one, other = statistics.median(first), statistics.median(second)
    if min(one, other) <= 0:
        raise ValueError("a run that took nothing")
    return max(one, other) / min(one, other) - 1


def merged_quantile(groups: Sequence[tuple[Sequence[float], int]], share: float) -> float:
    """Of all values behind `groups`: each the quantiles 0 to 100 of so many values.

    Exact to the hundredth part of a group, which is what the generator keeps of a frame.
    """
    weighted = sorted(
        (value, count / len(values)) for values, count in groups if count for value in values
    )
    if not weighted:
        raise ValueError("a quantile of nothing")
    sums, total = [], 0.0
    for _value, weight in weighted:
        total += weight
        sums.append(total)
    return weighted[min(len(weighted) - 1, bisect_left(sums, share * total))][0]
