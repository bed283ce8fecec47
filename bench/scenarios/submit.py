"""From a viewer's tap to the last of 3,000 screens: question, durable commit, frame."""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from bench import crowds
from bench.contender import COLUMNS, NO_GAP_S, Contender, row
from bench.context import Context
from bench.stats import ratios
from bench.verdicts import Bar, Outcome

NAME, TITLE = "submit", "Submit → durable commit → the last viewer"
ROUNDS = 4
RATIO = Bar("submit → last viewer ÷ the broadcast alone", 1.3, "×")
SOON = Bar("submit → last viewer", 100, "ms")


def run(ctx: Context) -> Outcome:
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    viewers, product = ctx.sizes.viewers, ctx.product
    with ExitStack() as stack:
        reception = product.backstage.reception()
        crowd = crowds.watching(stack, ctx, reception, viewers)
        asking = crowds.asking(reception, crowd, viewers)
        submit = Contender("submit → last viewer", crowd, product.roots(), asking, ctx.sizes.frames)
        alone = Contender(
            "the broadcast alone",
            crowd,
            product.roots(),
            crowds.receiving(product, reception),
            ctx.sizes.frames,
            causing=product.backstage.causing(),
        )
        product.pin()
        for contender in (submit, alone):
            outcome.faults += contender.closed(min(20, ctx.sizes.warm_up), NO_GAP_S).faults
        for number in range(min(ROUNDS, ctx.sizes.rounds)):
            for contender in (submit, alone) if number % 2 else (alone, submit):
                contender.rounds.append(contender.closed(ctx.sizes.frames))
    for contender in (submit, alone):
        outcome.faults += [fault for r in contender.rounds for fault in r.faults]
        outcome.generator[contender.name] = max(r.share for r in contender.rounds)
        outcome.rows.append(row(contender.name, contender.rounds))
    last = [r.last_ms for r in submit.rounds]
    found = ratios(last, [r.last_ms for r in alone.rounds])
    outcome.measure(RATIO, statistics.median(found), f"by round {min(found):.2f}-{max(found):.2f}")
    outcome.measure(SOON, statistics.median(last), f"by round {min(last):.0f}-{max(last):.0f}")
    outcome.notes.append(
        "The broadcast alone: one question committed by another process, timed from its commit."
    )
    return outcome
