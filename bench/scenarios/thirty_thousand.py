"""30,000 viewers on two web processes, one change a second, for five minutes."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack
from typing import Any

from bench import checks
from bench.build import MADE
from bench.contender import Trigger
from bench.context import Context
from bench.cpu import Meter, resident_kb
from bench.crowd import Crowd, Share
from bench.product import Product
from bench.verdicts import Bar, Outcome

NAME, TITLE = "thirty-thousand", "30,000 viewers on two web processes, one change a second"
# Beside its viewers a process has some files of its own.
SPARE_FILES = 400
LAST = Bar("median time to the last viewer", 0.5, "s", relative=False)
LOST = Bar("frames lost and sockets closed", 0, "", relative=False)
MEMORY = Bar("memory per viewer", 40, "KB", relative=False)
COLUMNS = ("minute", "changes", "last s, median", "last s, most", "p99 s, most")


def run(ctx: Context) -> Outcome:
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    each = min(ctx.sizes.many // 2, ctx.files - SPARE_FILES)
    if 2 * each < ctx.sizes.many:
        outcome.notes.append(
            f"This account may open {ctx.files} files: {2 * each} viewers instead of {ctx.sizes.many}."
        )
    ctx.stop()
    with ExitStack() as stack:
        product = stack.enter_context(Product())
        ports = [product.port, product.add_web()]
        reception = product.backstage.reception()
        product.settle()
        empty = sum(map(resident_kb, product.web))
        crowds = [stack.enter_context(product.crowd(reception.no, port=port)) for port in ports]
        began = time.monotonic()
        for crowd in crowds:
            crowd.begin(f"join {each} 500 120000 {reception.seq}")
        joined = [crowd.answer() for crowd in crowds]
        if any(answer["joined"] < each for answer in joined):
            outcome.faults.append(f"not all got in: {joined}")
            return outcome
        took = time.monotonic() - began
        outcome.notes.append(f"{2 * each} joined in {took:.1f} s ({2 * each / took:.0f} a second).")
        product.settle()
        caused = _play(ctx, product, crowds, reception, outcome)
        memory = (sum(map(resident_kb, product.web)) - empty) / (2 * each)
        _judge(outcome, crowds, caused, memory)
    if 2 * each < 30_000:
        outcome.notes.append(f"The bars speak of 30,000 viewers; these were {2 * each}.")
    return outcome


def _play(
    ctx: Context, product: Product, crowds: list[Crowd], reception: Any, outcome: Outcome
) -> list[Trigger]:
    for crowd in crowds:
        crowd.mark()
    meter, share = Meter(product.roots()), Share(crowds)
    caused: list[Trigger] = []
    start = time.monotonic_ns()
    for index in range(int(ctx.sizes.long_seconds)):
        due = start + index * 10**9
        time.sleep(max(0.0, (due - time.monotonic_ns()) / 1e9))
        change = product.backstage.change(reception)
        caused.append(Trigger(change.seq, due, change.number))
        if index % 60 == 59:
            ctx.say(f"  minute {index // 60 + 1}")
    for crowd in crowds:
        if behind := crowd.reach(caused[-1].seq, 60):
            outcome.faults.append(f"{behind} never came to the end")
    spent, seconds = meter.read()
    outcome.generator["the busier of two"] = share.read()
    split = ", ".join(f"{name} {used / seconds:.2f}" for name, used in spent.items())
    outcome.notes.append(f"CPU, in cores: {split}.")
    return caused


def _judge(outcome: Outcome, crowds: list[Crowd], caused: list[Trigger], memory: float) -> None:
    began = {trigger.seq: trigger.at for trigger in caused}
    last: dict[int, float] = dict.fromkeys(began, 0.0)
    p99: dict[int, float] = dict.fromkeys(began, 0.0)
    for number, crowd in enumerate(crowds, 1):
        report = crowd.report()
        who = f"process {number}"
        outcome.faults += checks.faults(report, who, each_seq=False)
        messages = crowd.frames(MADE / f"frames-{crowd.pid}")
        wanted = [(t.seq, t.number) for t in caused if t.number is not None]
        outcome.faults += checks.uncovered(report, messages, wanted, who)
        for seq, (quantiles, _count) in checks.latencies(report, began).items():
            last[seq] = max(last[seq], quantiles[100] / 1000)
            p99[seq] = max(p99[seq], quantiles[99] / 1000)
        outcome.notes.append(f"{who}: {len(report['frames'])} frames for {len(caused)} changes")
    times, late = list(last.values()), list(p99.values())
    for minute in range(0, len(times), 60):
        some, tail = times[minute : minute + 60], late[minute : minute + 60]
        outcome.rows.append(
            [
                str(minute // 60 + 1),
                str(len(some)),
                f"{statistics.median(some):.3f}",
                f"{max(some):.3f}",
                f"{max(tail):.3f}",
            ]
        )
    outcome.measure(LAST, statistics.median(times), f"worst {max(times):.2f} s")
    outcome.measure(LOST, float(len(outcome.faults)))
    outcome.measure(MEMORY, memory)
