"""One in six clients never reads: what the others notice, and what it costs in memory."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack

from bench import checks
from bench.backstage_client import Reception
from bench.context import Context
from bench.cpu import resident_kb
from bench.crowd import Crowd, Share
from bench.stats import merged_quantile
from bench.verdicts import Bar, Outcome

NAME, TITLE = "stalled", "One in six clients never reads"
# What the server may keep for one that doesn't read (docs/protocol.md, Limits).
CAP_KB = 256
# News large enough that the kernel's own buffers don't hide who doesn't read.
CARDS, PER_S = 40, 3.0
P99 = Bar("healthy p99 ÷ without the stalled", 1.5, "×")
MEMORY = Bar("memory growth ÷ (cap × stalled)", 1.0, "×", relative=False)
COLUMNS = ("", "healthy", "stalled", "p50 ms", "p99 ms", "last ms", "growth MB", "stalled closed")


def run(ctx: Context) -> Outcome:
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    healthy = max(50, ctx.sizes.viewers // 6)
    stalled = healthy // 5
    seconds = 2 * ctx.sizes.seconds
    without: list[float] = []
    beside: list[float] = []
    growth: dict[bool, list[float]] = {False: [], True: []}
    with ExitStack() as stack:
        reception = ctx.product.backstage.reception()
        crowd = stack.enter_context(ctx.product.crowd(reception.no, core=ctx.crowd_core))
        crowd.join(healthy, seq=reception.seq, in_flight=200)
        _phase(ctx, outcome, reception, crowd, 0, seconds / 2)
        outcome.rows.clear()
        for turn in range(4):
            # Without, beside, beside, without: what drifts, drifts for both.
            some = stalled if turn in {1, 2} else 0
            p99, grown = _phase(ctx, outcome, reception, crowd, some, seconds)
            (beside if some else without).append(p99)
            growth[bool(some)].append(grown)
    ratio = statistics.mean(beside) / statistics.mean(without)
    apart = max(without) / min(without) - 1
    outcome.noise = apart
    outcome.measure(P99, ratio, f"without them twice: {apart:.0%} apart")
    # What it grows without them, it grows beside them too: new questions, fuller caches.
    grew = max(growth[True]) - statistics.mean(growth[False])
    told = f"{grew / 1024:.1f} MB beyond that without them; cap {CAP_KB} KB × {stalled}"
    outcome.measure(MEMORY, max(0.0, grew) / (CAP_KB * stalled), told)
    outcome.notes.append(f"{CARDS} new questions in one transaction, {PER_S:g} times a second.")
    return outcome


def _phase(
    ctx: Context,
    outcome: Outcome,
    reception: Reception,
    crowd: Crowd,
    stalled: int,
    seconds: float,
) -> tuple[float, float]:
    """The p99 of the healthy in milliseconds, and how many KB the server grew."""
    product = ctx.product
    with ExitStack() as stack:
        deaf: Crowd | None = None
        if stalled:
            deaf = stack.enter_context(product.crowd(reception.no, core=ctx.crowd_core))
            deaf.join(stalled, seq=reception.seq, in_flight=200)
        before = most = sum(map(resident_kb, product.web))
        if deaf is not None:
            deaf.tell(f"mute 0 {stalled}")
        crowd.mark()
        share = Share([crowd])
        due, start = {}, time.monotonic_ns()
        for index in range(int(PER_S * seconds)):
            at = start + int(index * 1e9 / PER_S)
            time.sleep(max(0.0, (at - time.monotonic_ns()) / 1e9))
            due[product.backstage.receive(reception, CARDS).seq] = at
            most = max(most, sum(map(resident_kb, product.web)))
        if behind := crowd.reach(reception.seq, 60):
            outcome.faults.append(f"{behind} of the healthy never came to the end")
        most = max(most, sum(map(resident_kb, product.web)))
        report = crowd.report()
        name = f"{'beside' if stalled else 'without'} the stalled"
        outcome.faults += checks.faults(report, name, each_seq=False)
        outcome.generator[name] = max(share.read(), outcome.generator.get(name, 0.0))
        closed = _closed(deaf)
    groups = list(checks.latencies(report, due).values())
    p99 = merged_quantile(groups, 0.99)
    outcome.rows.append(
        [
            name,
            str(report["open"]),
            str(stalled),
            f"{merged_quantile(groups, 0.5):.0f}",
            f"{p99:.0f}",
            f"{statistics.median(q[100] for q, _n in groups):.0f}",
            f"{(most - before) / 1024:.1f}",
            str(closed) if stalled else "",
        ]
    )
    return p99, float(most - before)


def _closed(deaf: Crowd | None) -> int:
    """How many of them the server has hung up on: they find out when they read again."""
    if deaf is None:
        return 0
    deaf.tell("listen")
    time.sleep(1.0)
    report = deaf.report()
    return int(report["size"] - report["open"])
