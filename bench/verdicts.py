"""Bars and what is claimed about them. Pure: a bar that was missed is said as loudly as one that was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from typing_extensions import override

from bench.stats import short

# An A/A pair further apart than this says that this machine can't tell such ratios now.
NOISE = 0.15
# A generator busier than this measures itself.
BUSIEST = 0.70


class Verdict(StrEnum):
    MET = "met"
    MISSED = "NOT MET"
    NOISY = "too noisy"
    VOID = "void"
    FAILED = "FAILED"
    LEFT_OUT = "left out"


@dataclass(frozen=True)
class Bar:
    """`limit` is the most allowed, or with `at_least` the least. A relative bar needs a quiet machine:
    it compares two measurements. An absolute one stands for itself."""

    what: str
    limit: float
    unit: str = ""
    at_least: bool = False
    relative: bool = True

    def holds(self, measured: float) -> bool:
        return measured >= self.limit if self.at_least else measured <= self.limit

    @override
    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {short(self.limit)}{_unit(self.unit)}"


@dataclass(frozen=True)
class Judged:
    bar: Bar
    measured: float | None
    verdict: Verdict
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.bar.what,
            "bar": str(self.bar),
            "limit": self.bar.limit,
            "measured": self.measured,
            "unit": self.bar.unit,
            "verdict": self.verdict.value,
            "why": self.why,
        }

    def shown(self) -> str:
        return "–" if self.measured is None else short(self.measured) + _unit(self.bar.unit)


@dataclass
class Outcome:
    """What a scenario found. `faults` are lost, doubled or reordered frames and closed sockets."""

    name: str
    title: str
    bars: list[tuple[Bar, float | None, str]] = field(default_factory=list)
    columns: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # The generator's part of a core while it counted, by the name of what it measured.
    generator: dict[str, float] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    # An A/A pair of its own, where it has one beside that of the whole run.
    noise: float | None = None

    def measure(self, bar: Bar, measured: float | None, why: str = "") -> None:
        """None: could not be measured, and `why`."""
        self.bars.append((bar, measured, why))


def judge(outcome: Outcome, noise: float | None) -> list[Judged]:
    """`noise`: how far the A/A pair was apart; None where there was none."""
    if noise is not None and outcome.noise is not None:
        noise = max(noise, outcome.noise)
    busy = {name: share for name, share in outcome.generator.items() if share > BUSIEST}
    return [
        _judge(bar, measured, why, faults=outcome.faults, busy=busy, noise=noise)
        for bar, measured, why in outcome.bars
    ]


def _judge(
    bar: Bar,
    measured: float | None,
    why: str,
    *,
    faults: Sequence[str],
    busy: dict[str, float],
    noise: float | None,
) -> Judged:
    if faults:
        return Judged(bar, measured, Verdict.FAILED, f"{len(faults)} faults: {faults[0]}")
    if measured is None:
        return Judged(bar, None, Verdict.LEFT_OUT, why)
    if busy:
        name, share = max(busy.items(), key=lambda pair: pair[1])
        return Judged(bar, measured, Verdict.VOID, f"the generator took {share:.0%} ({name})")
    if bar.relative and (noise is None or noise > NOISE):
        told = "no A/A pair" if noise is None else f"A/A pair {noise:.0%} apart"
        return Judged(bar, measured, Verdict.NOISY, told)
    return Judged(bar, measured, Verdict.MET if bar.holds(measured) else Verdict.MISSED, why)


def is_good(judged: Sequence[Judged]) -> bool:
    """Whether nothing was missed or went wrong. What was left out or too noisy is no failure."""
    return all(j.verdict not in {Verdict.MISSED, Verdict.FAILED, Verdict.VOID} for j in judged)


def _unit(unit: str) -> str:
    return f" {unit}" if unit and unit != "×" else ("×" if unit else "")
