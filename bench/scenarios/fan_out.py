"""One change to 3,000 viewers: what a delivery costs, and when the last one has it."""

from __future__ import annotations

import random
import statistics
from contextlib import ExitStack

from bench import crowds
from bench.contender import COLUMNS, NO_GAP_S, Contender, row
from bench.context import Context
from bench.stats import ratios
from bench.verdicts import Bar, Outcome

NAME, TITLE = "fan-out", "One change to all viewers of one web process"
OPEN_PER_S, OPEN_S, OPEN_ROUNDS = 2.5, 8.0, 2
REST_S = 2.0
CPU = {
    "C loop": Bar("CPU per delivery ÷ C loop", 2.0, "×"),
    "Node ws": Bar("CPU per delivery ÷ warm Node ws", 1.3, "×"),
    "group_send": Bar("CPU per delivery ÷ plain group_send", 1 / 20, "×"),
}
LAST = {
    "C loop": Bar("time to the last viewer ÷ C loop", 2.0, "×"),
    "group_send": Bar("time to the last viewer ÷ plain group_send", 1 / 15, "×"),
}
OPEN_CPU = Bar("CPU per delivery ÷ warm Node ws, open loop", 1.3, "×")


def run(ctx: Context) -> Outcome:
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    viewers, product = ctx.sizes.viewers, ctx.product
    with ExitStack() as stack:
        found, absent = crowds.anchors(stack, ctx, ("C loop", "Node ws", "group_send"), viewers)
        outcome.notes += absent
        reception = product.backstage.reception()
        crowd = crowds.watching(stack, ctx, reception, viewers)
        ours = Contender(
            "LiveQA",
            crowd,
            product.roots(),
            crowds.moving(product, reception),
            ctx.sizes.frames,
            causing=product.backstage.causing(),
        )
        product.pin()
        everyone = [ours, *found]
        _warm_up(ctx, everyone, outcome)
        _closed(ctx, everyone, outcome)
        _open(ctx, [c for c in everyone if c.name in {"LiveQA", "Node ws"}], outcome)
    _judge(outcome, {c.name: c for c in everyone})
    return outcome


def _warm_up(ctx: Context, everyone: list[Contender], outcome: Outcome) -> None:
    for contender in everyone:
        frames = 1 if contender.name == "group_send" else ctx.sizes.warm_up
        ctx.say(f"  warming up {contender.name} with {frames} frames")
        outcome.faults += contender.closed(frames, NO_GAP_S).faults
        contender.look_at_rest(REST_S)


def _closed(ctx: Context, everyone: list[Contender], outcome: Outcome) -> None:
    for number in range(1, ctx.sizes.rounds + 1):
        for contender in random.sample(everyone, len(everyone)):
            measured = contender.closed(contender.frames)
            contender.rounds.append(measured)
            outcome.faults += measured.faults
            outcome.generator[contender.name] = max(
                measured.share, outcome.generator.get(contender.name, 0.0)
            )
        told = ", ".join(f"{c.name} {c.rounds[-1].cpu_ms:.1f}" for c in everyone)
        ctx.say(f"  round {number}: CPU ms per 1,000 deliveries: {told}")
    outcome.rows += [row(c.name, c.rounds) for c in everyone]
    rests = ", ".join(f"{c.name} {c.rest:.1%}" for c in everyone)
    outcome.notes.append(
        f"At rest, all clients connected, of a core: {rests}. It is in the CPU above. Not in it: what "
        f"causes our frame, a moderator's move with its commit in a process and a database connection of "
        f"their own, {everyone[0].cause_ms:.0f} ms."
    )


def _open(ctx: Context, some: list[Contender], outcome: Outcome) -> None:
    rounds: dict[str, list[float]] = {c.name: [] for c in some}
    for _ in range(min(OPEN_ROUNDS, ctx.sizes.rounds)):
        for contender in random.sample(some, len(some)):
            measured = contender.open(OPEN_PER_S, min(OPEN_S, 2 * ctx.sizes.seconds))
            rounds[contender.name].append(measured.cpu_ms)
            outcome.faults += measured.faults
            outcome.rows.append(row(f"{contender.name}, open {OPEN_PER_S}/s", [measured]))
    outcome.rows.sort(key=lambda shown: ", open" in shown[0])
    if "Node ws" in rounds:
        ratio = statistics.median(ratios(rounds["LiveQA"], rounds["Node ws"]))
        outcome.measure(OPEN_CPU, ratio)
    else:
        outcome.measure(OPEN_CPU, None, "no Node ws here")


def _judge(outcome: Outcome, everyone: dict[str, Contender]) -> None:
    ours = everyone["LiveQA"].rounds
    for name, bar in CPU.items():
        if name not in everyone:
            outcome.measure(bar, None, f"no {name} here")
            continue
        found = ratios([r.cpu_ms for r in ours], [r.cpu_ms for r in everyone[name].rounds])
        outcome.measure(bar, statistics.median(found), _by_round(found))
    for name, bar in LAST.items():
        if name not in everyone:
            outcome.measure(bar, None, f"no {name} here")
            continue
        found = ratios([r.last_ms for r in ours], [r.last_ms for r in everyone[name].rounds])
        outcome.measure(bar, statistics.median(found), _by_round(found))
    outcome.data["rounds"] = {
        name: [
            {"cpu_ms": dict(r.cpu), "p50_ms": r.p50_ms, "p99_ms": r.p99_ms, "last_ms": r.last_ms}
            for r in contender.rounds
        ]
        for name, contender in everyone.items()
    }


def _by_round(found: list[float]) -> str:
    return f"by round {min(found):.3g}-{max(found):.3g}"
