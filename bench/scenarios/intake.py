"""Questions over the room's socket, 32 unanswered at a time, each acknowledged after its commit."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from bench.anchors import pgbench, servers
from bench.anchors.servers import Absent
from bench.build import MADE
from bench.context import Context
from bench.cpu import Meter
from bench.crowd import Crowd, Share
from bench.stats import deviation, ratios
from bench.verdicts import Bar, Outcome

NAME, TITLE = "intake", "Durable questions over the room's socket, 32 askers"
ASKERS, ROUNDS = 32, 3
# The server allows a socket five messages a second: the askers take turns on so many.
SOCKETS = 3000
LIMIT = Bar("questions a second ÷ pgbench of the same rows", 0.5, "×", at_least=True)
ORM = Bar("questions a second ÷ one ORM transaction each", 4.0, "×", at_least=True)
COLUMNS = ("", "questions / s", "p50 ms", "p99 ms", "CPU µs each", "generator", "of which")


@dataclass
class Way:
    """A way of getting questions into the database; `go` gives questions a second."""

    name: str
    go: Callable[[], float]
    rates: list[float] = field(default_factory=list)


def run(ctx: Context) -> Outcome:
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    product = ctx.product
    reception = product.backstage.reception()
    other = product.backstage.reception()
    # The anchor's row is the last one: as it comes in, before anybody decides on it.
    product.backstage.receive(other, 1)
    statement = product.backstage.do("anchor_tables")
    with ExitStack() as stack:
        ours = stack.enter_context(product.crowd(reception.no, core=ctx.crowd_core))
        ours.join(min(SOCKETS, ctx.files - 500), in_flight=100)
        ways = [Way("LiveQA", lambda: _socket(ctx, outcome, "LiveQA", ours, reception.id))]
        ways += [
            Way(name, partial(_pgbench, ctx, outcome, name, statement))
            for name in ("pgbench", "pgbench again")
        ]
        port, _pid = stack.enter_context(servers.one_by_one(product.env, other.id, ctx.server_core))
        theirs = stack.enter_context(Crowd(port, core=ctx.crowd_core))
        theirs.join(min(SOCKETS, ctx.files - 500) // 3, in_flight=100)
        name = "one ORM transaction each"
        roots = {"server": [_pid], "PostgreSQL": [product.postgres]}
        ways.append(
            Way(name, lambda: _socket(ctx, outcome, name, theirs, other.id, roots, audit=False))
        )
        product.pin()
        _rounds(ctx, outcome, ways)
    _judge(ctx, outcome, {way.name: way for way in ways})
    return outcome


def _rounds(ctx: Context, outcome: Outcome, ways: list[Way]) -> None:
    # One round to warm up.
    for number in range(min(ROUNDS, ctx.sizes.rounds) + 1):
        for way in random.sample(ways, len(ways)):
            try:
                rate = way.go()
            except Absent as why:
                outcome.notes.append(f"{way.name}: left out, {why}")
                ways.remove(way)
                continue
            if number:
                way.rates.append(rate)
        if not number:
            outcome.rows.clear()
            outcome.generator.clear()
        ctx.say(
            f"  round {number}: "
            + ", ".join(f"{w.name} {w.rates[-1]:.0f}" for w in ways if w.rates)
        )
    outcome.rows.sort(key=lambda row: row[0])


def _socket(
    ctx: Context,
    outcome: Outcome,
    name: str,
    crowd: Crowd,
    reception_id: int,
    roots: dict[str, list[int]] | None = None,
    *,
    audit: bool = True,
) -> float:
    path = MADE / f"acks-{crowd.pid}"
    since = ctx.product.backstage.do("head", reception=reception_id)
    meter, share = Meter(roots or ctx.product.roots()), Share([crowd])
    done = crowd.tell(f"ask 0 {ASKERS} 0 {ctx.sizes.seconds} {path}")
    spent, _seconds = meter.read()
    busy = share.read()
    rate = done["acks"] / max(1e-9, done["seconds"])
    outcome.generator[name] = max(busy, outcome.generator.get(name, 0.0))
    for what in ("refusals", "lost", "unanswered", "mixed_up"):
        if done[what]:
            outcome.faults.append(f"{name}: {done[what]} {what.replace('_', ' ')} {done['why']}")
    if audit:
        found = ctx.product.backstage.do(
            "audit", reception=reception_id, acks=str(path), since=since
        )
        outcome.faults += [f"{name}: {wrong}" for wrong in found["wrong"]]
    path.unlink(missing_ok=True)
    each = {part: used * 1e6 / max(1, done["acks"]) for part, used in spent.items()}
    split = ", ".join(f"{part} {cost:.0f}" for part, cost in each.items() if cost >= 1)
    outcome.rows.append(
        [
            name,
            f"{rate:.0f}",
            f"{done['ms']['50']:.1f}",
            f"{done['ms']['99']:.1f}",
            f"{sum(each.values()):.0f}",
            f"{busy:.0%}",
            split,
        ]
    )
    if done["short_of_sockets"] > done["acks"] / 10:
        outcome.notes.append(
            f"{name}: the askers had too few sockets ({done['short_of_sockets']} times)"
        )
    return float(rate)


def _pgbench(ctx: Context, outcome: Outcome, name: str, statement: str) -> float:
    meter = Meter({"PostgreSQL": [ctx.product.postgres]})
    url = ctx.product.env["DATABASE_URL"]
    rate, latency = pgbench.per_second(url, statement, clients=ASKERS, seconds=ctx.sizes.seconds)
    spent, _ = meter.read()
    cost = sum(spent.values()) * 1e6 / max(1.0, rate * round(ctx.sizes.seconds))
    outcome.rows.append([name, f"{rate:.0f}", f"{latency:.1f} avg", "", f"{cost:.0f}", "", ""])
    return rate


def _judge(ctx: Context, outcome: Outcome, ways: dict[str, Way]) -> None:
    ours = ways["LiveQA"].rates
    ctx.found["intake"] = statistics.median(ours)
    if "pgbench" in ways and "pgbench again" in ways:
        found = ratios(ours, ways["pgbench"].rates)
        apart = deviation(ways["pgbench"].rates, ways["pgbench again"].rates)
        outcome.noise = apart
        told = f"by round {min(found):.2f}-{max(found):.2f}, pgbench twice {apart:.0%} apart"
        outcome.measure(LIMIT, statistics.median(found), told)
    else:
        outcome.measure(LIMIT, None, "no pgbench here")
    found = ratios(ours, ways["one ORM transaction each"].rates)
    outcome.measure(ORM, statistics.median(found), f"by round {min(found):.1f}-{max(found):.1f}")
    outcome.notes.append(
        f"{ASKERS} questions unanswered at a time, over {SOCKETS} sockets that don't watch; every receipt "
        "checked against database and journal afterwards."
    )
