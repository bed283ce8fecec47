"""Every viewer's connection breaks at once: who is back, how soon, with what page, at what cost."""

from __future__ import annotations

import re
import time
from typing import Any

from bench import checks
from bench.build import MADE
from bench.context import Context
from bench.cpu import Meter
from bench.crowd import Share
from bench.product import Product
from bench.verdicts import Bar, Outcome

NAME, TITLE = "herd", "All viewers cut at once, and back"
SOON = Bar("cut → all equal to a fresh page", 10, "s", relative=False)
EQUAL = Bar("viewers whose page is not the fresh page", 0, relative=False)
# Ten times the viewers would be ten times the queries where each brought its own.
QUERIES = Bar("queries for all ÷ queries for a tenth", 2.0, "×", relative=False)
CHANGES, EVERY_S = 6, 0.3
# A backend that rests tells the database's counters about itself after ten seconds.
TELL_S = 11.0
COLUMNS = (
    "viewers",
    "all back s",
    "all equal s",
    "p50 ms",
    "p99 ms",
    "queries",
    "CPU s",
    "distinct paths",
)


def run(ctx: Context) -> Outcome:
    outcome = Outcome(NAME, TITLE, columns=COLUMNS)
    few, all_of_them = ctx.sizes.viewers // 10, ctx.sizes.viewers
    small = _cut(ctx, outcome, few)
    large = _cut(ctx, outcome, all_of_them)
    outcome.measure(SOON, large["equal_s"])
    outcome.measure(EQUAL, float(large["wrong"]))
    queries = large["queries"] / max(1, small["queries"])
    outcome.measure(QUERIES, queries, f"{small['queries']} and {large['queries']}")
    outcome.data |= {"few": small, "all": large}
    outcome.notes.append(
        f"{CHANGES} changes came while they were away; the screens compared are those of every distinct "
        f"path of frames. Queries: {large['counted']}."
    )
    return outcome


def _cut(ctx: Context, outcome: Outcome, viewers: int) -> dict[str, Any]:
    product = ctx.product
    reception = product.backstage.reception()
    address = f"/ru/receptions/{reception.no}/"
    old, fresh = MADE / "old.html", MADE / "fresh.html"
    old.write_text(product.get(address), encoding="utf-8")
    with product.crowd(reception.no, core=ctx.crowd_core) as crowd:
        crowd.join(viewers, seq=reception.seq, in_flight=200)
        product.backstage.change(reception)
        crowd.reach(reception.seq)
        # The worker's share of an earlier scenario would be counted as the viewers'.
        while product.backstage.do("index"):
            pass
        product.settle()
        counter = Counter(product)
        meter, share = Meter(product.roots()), Share([crowd])
        crowd.tell("cut")
        began = time.monotonic()
        crowd.begin(f"back 60000 {_spread_s(old.read_text(encoding='utf-8'))}")
        for _ in range(CHANGES):
            product.backstage.change(reception)
            time.sleep(EVERY_S)
        back = crowd.answer()
        back_s = time.monotonic() - began
        behind = crowd.reach(reception.seq, 60)
        equal_s = time.monotonic() - began
        spent, _seconds = meter.read()
        outcome.generator[f"{viewers} viewers"] = share.read()
        queries, counted = counter.read()
        report = crowd.report()
        fresh.write_text(product.get(address), encoding="utf-8")
        messages = crowd.frames(MADE / f"frames-{crowd.pid}")
    wrong = _wrong(ctx, outcome, report, messages, viewers, behind)
    outcome.rows.append(
        [
            str(viewers),
            f"{back_s:.1f}",
            f"{equal_s:.1f}",
            f"{back['ms']['50']:.0f}",
            f"{back['ms']['99']:.0f}",
            str(queries),
            f"{sum(spent.values()):.1f}",
            str(len(report["paths"])),
        ]
    )
    return {"equal_s": equal_s, "queries": queries, "wrong": wrong, "counted": counted}


def _wrong(
    ctx: Context,
    outcome: Outcome,
    report: dict[str, Any],
    messages: list[dict[str, Any]],
    viewers: int,
    behind: int,
) -> int:
    """Viewers who did not come back, or whose page differs from the fresh one."""
    outcome.faults += checks.faults(report, f"{viewers} viewers", each_seq=False)
    paths = report["paths"]
    away = viewers - report["open"]
    found = ctx.product.backstage.do(
        "screens",
        old=str(MADE / "old.html"),
        fresh=str(MADE / "fresh.html"),
        messages=messages,
        paths=[path["back"][::-1] for path in paths],
    )
    for name in ("old.html", "fresh.html"):
        (MADE / name).unlink()
    outcome.faults += [f"{viewers} viewers: {wrong}" for wrong in found["wrong"]]
    if away:
        outcome.faults.append(f"{away} of {viewers} are not back")
    strays = sum(int(paths[index]["clients"]) for index in found["paths"])
    return int(behind + away + strays)


def _spread_s(page: str) -> float:
    """Over how many seconds the page's scripts come back, as the page says."""
    found = re.search(r'data-spread="([\d.]+)"', page)
    return float(found[1]) if found else 0.5


class Counter:
    """Queries from its making on: statements where the server counts them, else transactions, which
    its backends tell of late."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._has_statements = bool(product.backstage.do("statements"))
        self._idle = self._idle_rate()
        self._at = time.monotonic()
        self._before = self._now()

    def read(self) -> tuple[int, str]:
        """How many more than in as long a time of rest, and what was counted."""
        seconds = time.monotonic() - self._at
        if not self._has_statements:
            time.sleep(TELL_S)
        more = self._now() - self._before
        seconds = time.monotonic() - self._at if not self._has_statements else seconds
        what = "statements" if self._has_statements else "transactions"
        return max(0, round(more - self._idle * seconds)), f"{what} beyond those of a quiet time"

    def _idle_rate(self) -> float:
        if not self._has_statements:
            time.sleep(TELL_S)
        before, began = self._now(), time.monotonic()
        time.sleep(3.0 if self._has_statements else TELL_S)
        return (self._now() - before) / (time.monotonic() - began)

    def _now(self) -> int:
        if self._has_statements:
            return int(sum(self._product.backstage.do("statements").values()))
        return int(self._product.backstage.do("transactions"))
