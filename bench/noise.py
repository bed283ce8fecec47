"""The A/A pair: the same program twice. What differs between them is this machine, not a program."""

from __future__ import annotations

from contextlib import ExitStack

from bench import crowds
from bench.contender import NO_GAP_S
from bench.context import Context
from bench.stats import deviation

ROUNDS, FRAMES = 5, 15


def measure(ctx: Context) -> tuple[float | None, str]:
    """How far apart the pair is, in CPU or in time, whichever is more; None and why not."""
    with ExitStack() as stack:
        pair, absent = crowds.anchors(
            stack, ctx, ("C loop", "C loop again"), min(1000, ctx.sizes.viewers)
        )
        if absent:
            return None, absent[0]
        for contender in pair:
            contender.closed(FRAMES, NO_GAP_S)
        for number in range(ROUNDS):
            for contender in pair if number % 2 else reversed(pair):
                contender.rounds.append(contender.closed(FRAMES, NO_GAP_S))
        first, second = pair
        cpu = deviation([r.cpu_ms for r in first.rounds], [r.cpu_ms for r in second.rounds])
        last = deviation([r.last_ms for r in first.rounds], [r.last_ms for r in second.rounds])
        return max(cpu, last), f"CPU {cpu:.0%}, time to the last {last:.0%} apart"
