"""A minute of ten times as many questions as fit, from 50 addresses, while three moderators work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench import checks
from bench.backstage_client import Reception
from bench.build import MADE
from bench.context import Context
from bench.cpu import resident_kb
from bench.crowd import Crowd, Share
from bench.moderators import Shift, Worked
from bench.product import Product
from bench.stats import quantile
from bench.verdicts import Bar, Outcome

NAME, TITLE = "flood", "A flood of questions from 50 addresses, three moderators at work"
TIMES, ADDRESSES, MODERATORS, WATCHERS = 10, 50, 3, 200
# Where the scenario "intake" did not run before: questions a second.
GUESS = 3000
# A socket may say five things a second; the flood keeps to four on each, so it needs many.
PER_SOCKET, MOST_SOCKETS = 4, 10_000
QUESTIONS = 60
QUIET_S = 10.0
MISSING = Bar("acknowledged questions missing or wrong", 0, relative=False)
P99 = Bar("moderators' p99", 500, "ms", relative=False)
MEMORY = Bar("memory growth of the web process", 256, "MB", relative=False)
COLUMNS = ("", "moderators' p50 ms", "p99 ms", "most ms", "answers", "memory MB")


@dataclass
class Memory:
    """Looks at the web process's memory twice a second."""

    pids: list[int]
    seen_mb: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.seen_mb.append(self._now())
        threading.Thread(target=self._look, daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            self.seen_mb.append(self._now())

    def _now(self) -> float:
        return sum(map(resident_kb, self.pids)) / 1024


def run(ctx: Context) -> Outcome:
    """With the limits for askers that a new installation has: what they refuse is refused in words."""
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    ctx.stop()
    per_s = TIMES * float(ctx.found.get("intake", GUESS))
    sockets = int(min(per_s / PER_SOCKET, MOST_SOCKETS, ctx.files - 1000))
    with ExitStack() as stack:
        product = stack.enter_context(Product(limits=True, core=ctx.server_core))
        reception = product.backstage.reception(QUESTIONS)
        since = product.backstage.head(reception)
        watchers = stack.enter_context(product.crowd(reception.no, core=ctx.crowd_core))
        watchers.join(WATCHERS, seq=reception.seq, in_flight=100)
        cookies = product.backstage.do("sessions", count=MODERATORS)
        desks = [_desk(stack, product, reception, cookie) for cookie in cookies]
        flood = stack.enter_context(product.crowd(reception.no, core=ctx.crowd_core))
        flood.tell(f"addresses {ADDRESSES}")
        flood.join(sockets, in_flight=100)
        memory = Memory(product.web)
        watchers.mark()
        quiet = _shift(
            product, reception, cookies, lambda: time.sleep(min(QUIET_S, ctx.sizes.flood_seconds))
        )
        acks = MADE / f"acks-{flood.pid}"
        memory.start()
        share, done = Share([flood, watchers]), {}

        def pour() -> None:
            done.update(flood.tell(f"ask 0 0 {per_s} {ctx.sizes.flood_seconds} {acks}"))

        busy = _shift(product, reception, cookies, pour)
        memory.stop()
        outcome.generator["flood"] = share.read()
        _watched(outcome, product, reception, [watchers, *desks])
        found = product.backstage.do("audit", reception=reception.id, acks=str(acks), since=since)
        acks.unlink()
    _tell(outcome, quiet, busy, memory)
    _judge(outcome, found, busy, memory)
    refused = ", ".join(f"{times} {code}" for code, times in done["why"].items())
    outcome.notes += [
        f"Meant to ask {per_s:.0f}/s for {ctx.sizes.flood_seconds:.0f} s from {ADDRESSES} addresses over "
        f"{sockets} sockets; {done['asked']} got out ({done['asked'] / done['seconds']:.0f}/s).",
        f"{done['acks']} acknowledged, {done['refusals']} refused ({refused or 'none'}), {done['lost']} "
        f"on lines that broke, {done['unanswered']} unanswered; receipt p99 {done['ms']['99']:.0f} ms.",
        f"{found['stored']} stored, {found['unacknowledged']} of them never acknowledged (allowed: "
        f"the line broke, or they were there before); {found['entries']} entries re-computed.",
    ]
    outcome.data |= {"asked": done, "audit": found, "memory_mb": memory.seen_mb}
    return outcome


def _desk(stack: ExitStack, product: Product, reception: Reception, cookie: str) -> Crowd:
    """The live socket of a moderator's desk."""
    desk = stack.enter_context(
        Crowd(
            product.port,
            f"/ws/desk/{reception.no}/",
            origin=product.origin,
            cookie=cookie,
        )
    )
    desk.join(1, seq=reception.seq)
    return desk


def _shift(
    product: Product, reception: Reception, cookies: list[str], during: Callable[[], object]
) -> Worked:
    with Shift(product.port, reception.no, cookies, QUESTIONS) as shift:
        during()
    return shift.read()


def _watched(outcome: Outcome, product: Product, reception: Reception, crowds: list[Crowd]) -> None:
    """Viewers and desks come to the end of the journal, in order and without a break."""
    head = product.backstage.head(reception)
    for index, crowd in enumerate(crowds):
        who = f"desk {index}" if index else "the viewers"
        if behind := crowd.reach(head, 60):
            outcome.faults.append(f"{who}: {behind} never came to the end of the journal")
        outcome.faults += checks.faults(crowd.report(), who, each_seq=False)


def _tell(outcome: Outcome, quiet: Worked, busy: Worked, memory: Memory) -> None:
    for name, worked, seen in (("before", quiet, ""), ("flood", busy, _curve(memory.seen_mb))):
        times = worked.times or [0.0]
        outcome.rows.append(
            [
                name,
                f"{quantile(times, 0.5):.0f}",
                f"{quantile(times, 0.99):.0f}",
                f"{max(times):.0f}",
                str(len(worked.times)),
                seen,
            ]
        )
        outcome.faults += [f"moderators, {name}: {fault}" for fault in worked.faults[:5]]


def _judge(outcome: Outcome, found: dict[str, object], busy: Worked, memory: Memory) -> None:
    wrong = found["wrong"]
    assert isinstance(wrong, list)
    outcome.faults += [str(one) for one in wrong]
    outcome.measure(MISSING, float(str(found["faults"])), f"of {found['acknowledged']}")
    outcome.measure(P99, quantile(busy.times or [0.0], 0.99), f"{len(busy.times)} answers")
    growth = max(memory.seen_mb) - memory.seen_mb[0]
    outcome.measure(MEMORY, growth, f"{memory.seen_mb[0]:.0f} MB before")


def _curve(seen: list[float]) -> str:
    """At the beginning, after each third, and the most."""
    points = [seen[min(len(seen) - 1, len(seen) * third // 3)] for third in range(4)]
    return " → ".join(f"{point:.0f}" for point in points) + f", most {max(seen):.0f}"
