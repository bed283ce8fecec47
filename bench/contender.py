"""A server with its crowd, and how one round of frames to it is measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench import checks
from bench.build import MADE
from bench.cpu import Meter
from bench.crowd import Crowd, Share
from bench.stats import merged_quantile

# After a frame: five times what it took, at least this, so that our viewers' pace (a frame in so many
# milliseconds) is not taken for slowness. For every contender alike.
GAP_S, LONGEST_GAP_S = 0.25, 0.5
# Where only the work matters and not when it is done: in warming up, and between a server and itself.
NO_GAP_S = 0.02
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Trigger:
    """A frame was caused: its place, when, and for the product the question that it must speak of."""

    seq: int
    at: int
    number: int | None = None


@dataclass(frozen=True)
class Round:
    """`cpu`: milliseconds for a thousand deliveries, by part."""

    cpu: Mapping[str, float]
    last_ms: float
    p50_ms: float
    p99_ms: float
    bytes: int
    deliveries: int
    share: float
    faults: list[str]

    @property
    def cpu_ms(self) -> float:
        return sum(self.cpu.values())


@dataclass
class Contender:
    """`cause` makes the server send one frame. `roots`: the processes it costs, by name."""

    name: str
    crowd: Crowd
    roots: Mapping[str, list[int]]
    cause: Callable[[], Trigger]
    frames: int
    each_seq: bool = True
    # Processes that cause the frames and are none of the server's: shown, not counted.
    causing: tuple[int, ...] = ()
    rounds: list[Round] = field(default_factory=list)
    # CPU of the causing for a frame, and at rest with all clients connected, of a core.
    cause_ms: float = 0.0
    rest: float = 0.0

    def closed(self, frames: int, gap_s: float = GAP_S) -> Round:
        """The next frame some time after the last client had the one before."""
        watch = Watch(self)
        caused: list[Trigger] = []
        for _ in range(frames):
            began = time.monotonic()
            caused.append(self.cause())
            if behind := self.crowd.reach(caused[-1].seq, PATIENCE_S):
                return self._read(watch, caused, [f"{behind} waited {PATIENCE_S:.0f} s"])
            took = time.monotonic() - began
            time.sleep(min(LONGEST_GAP_S, max(gap_s, 5 * took if gap_s == GAP_S else 0)))
        return self._read(watch, caused, [])

    def look_at_rest(self, seconds: float) -> None:
        meter = Meter(self.roots, self.causing)
        time.sleep(seconds)
        spent, passed = meter.read()
        self.rest = sum(spent.values()) / passed

    def open(self, per_s: float, seconds: float) -> Round:
        """A frame is due every so often, whatever has become of the last; timed from when it was due."""
        watch = Watch(self)
        caused: list[Trigger] = []
        start = time.monotonic_ns()
        for index in range(int(per_s * seconds)):
            due = start + int(index * 1e9 / per_s)
            time.sleep(max(0.0, (due - time.monotonic_ns()) / 1e9))
            trigger = self.cause()
            caused.append(Trigger(trigger.seq, due, trigger.number))
        behind = self.crowd.reach(caused[-1].seq, PATIENCE_S)
        late = [f"{behind} never came to the end"] if behind else []
        return self._read(watch, caused, late, each_seq=False)

    def _read(
        self,
        watch: Watch,
        caused: list[Trigger],
        faults: list[str],
        *,
        each_seq: bool = True,
    ) -> Round:
        spent, busy = watch.read(len(caused))
        report = self.crowd.report()
        each = each_seq and self.each_seq
        faults = faults + checks.faults(
            report, self.name, each_seq=each, seqs=[trigger.seq for trigger in caused]
        )
        if any(trigger.number is not None for trigger in caused):
            messages = self.crowd.frames(MADE / f"frames-{self.crowd.pid}")
            wanted = [(t.seq, t.number) for t in caused if t.number is not None]
            faults += checks.uncovered(report, messages, wanted, self.name)
        times = checks.latencies(report, {trigger.seq: trigger.at for trigger in caused})
        deliveries = checks.deliveries(report)
        groups = list(times.values())
        if not groups:
            return Round({}, 0, 0, 0, 0, 0, busy, [*faults, f"{self.name}: no frame came"])
        sizes = [v["bytes"] for v in report["variants"]]
        return Round(
            {name: cpu * 1e6 / deliveries for name, cpu in spent.items()},
            statistics.median(quantiles[100] for quantiles, _count in groups),
            merged_quantile(groups, 0.50),
            merged_quantile(groups, 0.99),
            int(statistics.median(sizes)),
            deliveries,
            busy,
            faults,
        )


class Watch:
    """What is looked at during a round, from its making on."""

    def __init__(self, contender: Contender) -> None:
        contender.crowd.mark()
        self._contender = contender
        self._meter = Meter(contender.roots, contender.causing)
        self._cause = Meter({"cause": contender.causing})
        self._share = Share([contender.crowd])

    def read(self, frames: int) -> tuple[dict[str, float], float]:
        """CPU seconds by part, and the generator's part of a core."""
        spent, _seconds = self._meter.read()
        caused, _seconds = self._cause.read()
        self._contender.cause_ms = caused["cause"] * 1000 / frames
        return spent, self._share.read()


def row(name: str, rounds: list[Round]) -> list[str]:
    """A line of the table: medians over rounds, with the least and the most of the CPU time."""
    cpu = sorted(r.cpu_ms for r in rounds)
    parts = {part for r in rounds for part in r.cpu}
    split = {part: statistics.median(r.cpu.get(part, 0.0) for r in rounds) for part in parts}
    shown = ", ".join(
        f"{part} {value:.1f}"
        for part, value in sorted(split.items(), key=lambda kv: -kv[1])
        if value >= 0.05
    )
    return [
        name,
        f"{statistics.median(cpu):.1f} [{cpu[0]:.1f}-{cpu[-1]:.1f}]",
        f"{statistics.median(r.p50_ms for r in rounds):.0f}",
        f"{statistics.median(r.p99_ms for r in rounds):.0f}",
        f"{statistics.median(r.last_ms for r in rounds):.0f}",
        f"{statistics.median(r.bytes for r in rounds):.0f}",
        f"{max(r.share for r in rounds):.0%}",
        shown if len(split) > 1 else "",
    ]


COLUMNS = ("", "CPU ms / 1,000", "p50 ms", "p99 ms", "last ms", "bytes", "generator", "of which")
