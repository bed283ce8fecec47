"""Everybody opens the room at once: what one viewer's coming costs."""

from __future__ import annotations

import statistics
import time

from bench.context import Context
from bench.cpu import Meter, resident_kb
from bench.crowd import Share
from bench.verdicts import Bar, Outcome

NAME, TITLE = "joins", "All viewers open their sockets at once"
ROUNDS, IN_FLIGHT = 3, 1000
CPU = Bar("CPU of a viewer's join", 2.0, "ms", relative=False)
RATE = Bar("joins a second, one process", 1000, "/s", at_least=True, relative=False)
COLUMNS = ("round", "joins / s", "CPU ms / join", "p50 ms", "p99 ms", "KB / viewer", "of which")


def run(ctx: Context) -> Outcome:
    """A join: TCP, handshake with origin check and look-up of the room, hello, the first answer to it."""
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    product, viewers = ctx.product, ctx.sizes.viewers
    reception = product.backstage.reception()
    costs, rates = [], []
    for number in range(min(ROUNDS, ctx.sizes.rounds) + 1):
        product.settle()
        product.pin()
        with product.crowd(reception.no, core=ctx.crowd_core) as crowd:
            before = sum(map(resident_kb, product.web))
            meter, share = Meter(product.roots()), Share([crowd])
            joined = crowd.join(viewers, seq=reception.seq, in_flight=IN_FLIGHT)
            spent, _seconds = meter.read()
            busy = share.read()
            memory = (sum(map(resident_kb, product.web)) - before) / viewers
            report = crowd.report()
            if joined["failed"]:
                outcome.notes.append(f"{joined['failed']} had to knock again in round {number}.")
            if report["open"] < viewers:
                outcome.faults.append(f"{viewers - report['open']} were closed: {report['codes']}")
        if number == 0:
            continue  # the first crowd finds everything cold: memory, caches, connections
        cost, rate = sum(spent.values()) * 1000 / viewers, viewers / joined["seconds"]
        costs.append(cost)
        rates.append(rate)
        outcome.generator[f"round {number}"] = busy
        split = ", ".join(f"{k} {v * 1000 / viewers:.2f}" for k, v in spent.items() if v)
        quantiles = joined["ms"]
        outcome.rows.append(
            [
                str(number),
                f"{rate:.0f}",
                f"{cost:.2f}",
                f"{quantiles['50']:.0f}",
                f"{quantiles['99']:.0f}",
                f"{memory:.0f}",
                split,
            ]
        )
        time.sleep(1)
    outcome.measure(CPU, statistics.median(costs), f"by round {min(costs):.2f}-{max(costs):.2f}")
    outcome.measure(RATE, statistics.median(rates), f"by round {min(rates):.0f}-{max(rates):.0f}")
    outcome.notes.append(
        f"{IN_FLIGHT} on their way at a time, by the generator on the same machine; "
        "memory of later rounds is what the process had kept free from the first."
    )
    return outcome
