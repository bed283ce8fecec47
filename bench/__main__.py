"""python -m bench [--only NAME,…]: measure, show, save. See bench/README.md."""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from bench import build, crowd, machine, noise, show
from bench.anchors.servers import Absent
from bench.backstage_client import BackstageError
from bench.build import MADE
from bench.context import FULL, QUICK, Context, Sizes
from bench.crowd import CrowdError
from bench.product import ProductError
from bench.scenarios import BY_NAME, DEFAULT
from bench.verdicts import Bar, Judged, Outcome, Verdict, is_good, judge

FILES = 65_536


def main() -> int:
    # Told to stop, in whichever way, it stops what it has started first.
    for told in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(told, _leave)
    arguments = _parser().parse_args()
    if arguments.list:
        for name, scenario in BY_NAME.items():
            say(f"{name:16} {'' if name in DEFAULT else '(by name only) '}{scenario.TITLE}")
        return 0
    names = [name.strip() for name in arguments.only.split(",") if name.strip()] or list(DEFAULT)
    if unknown := [name for name in names if name not in BY_NAME]:
        say(f"no scenario {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
        return 2
    return _run(names, _sizes(arguments))


def _leave(told: int, _frame: object) -> None:
    sys.exit(128 + told)


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _run(names: Sequence[str], sizes: Sizes) -> int:
    began, files = time.monotonic(), crowd.raise_limit(FILES)
    MADE.mkdir(exist_ok=True)
    facts = machine.facts(MADE, files)
    facts["when"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    for name, fact in facts.items():
        say(f"{name:>18}  {fact}")
    found: list[tuple[Outcome, list[Judged], float]] = []
    apart: dict[str, float | str | None] = {}
    with ExitStack() as stack:
        ctx = _context(stack, sizes, files)
        if build.compiler() is None:
            say(
                "No C compiler: the C loop is left out, and the crowd is a slower program in Python."
            )
        worst, told = noise.measure(ctx)
        say(f"A/A pair: {told}")
        for name in names:
            say(f"\n{name} …")
            at = time.monotonic()
            outcome = _outcome(name, ctx)
            found.append((outcome, judge(outcome, worst), time.monotonic() - at))
            show.scenario(outcome, found[-1][2], say)
        again, told_again = noise.measure(ctx)
        say(f"\nA/A pair at the end: {told_again}")
        apart = {"before": worst, "after": again, "told": told}
        worst = None if worst is None or again is None else max(worst, again)
    found = [(outcome, judge(outcome, worst), seconds) for outcome, _judged, seconds in found]
    if not sizes.is_full:
        say("\nSmaller than the bars speak of (--viewers, --rounds, --frames, --quick): no claims.")
    show.bars({outcome.name: judged for outcome, judged, _seconds in found}, say)
    path = show.save(show.as_json(facts, dataclasses.asdict(sizes), apart, found))
    say(f"\n{time.monotonic() - began:.0f} s. Everything is in {path}.")
    return _code([j for _outcome, judged, _seconds in found for j in judged])


def _outcome(name: str, ctx: Context) -> Outcome:
    """A scenario that can't go on is a fault of its own; the others still run."""
    try:
        return BY_NAME[name].run(ctx)
    except (CrowdError, BackstageError, ProductError, Absent) as error:
        outcome = Outcome(name, BY_NAME[name].TITLE, faults=[str(error)])
        outcome.measure(Bar("the scenario could be run", 1, at_least=True, relative=False), 0.0)
        return outcome


def _code(judged: Sequence[Judged]) -> int:
    missed = [j for j in judged if j.verdict is not Verdict.MET]
    if missed:
        say(f"{len(judged) - len(missed)} of {len(judged)} bars met.")
    return 0 if is_good(judged) else 1


def _context(stack: ExitStack, sizes: Sizes, files: int) -> Context:
    server, generator = crowd.cores()
    say()
    ctx = Context(sizes, say, files, server, generator)
    stack.callback(ctx.stop)
    product = ctx.product
    reception = product.backstage.reception()
    with product.crowd(reception.no) as one:
        one.join(1, seq=reception.seq)
        one.mark()
        one.reach(product.backstage.change(reception).seq)
        ctx.frame = one.frames(MADE / "frame")[0]
        size = one.report()["variants"][0]["bytes"]
    say(
        f"A frame of one changed question: {size} bytes, uncompressed. Product on core {server}, crowds on core {generator}."
    )
    return ctx


def _sizes(arguments: argparse.Namespace) -> Sizes:
    base = QUICK if arguments.quick else FULL
    given = {
        name: value
        for name in (
            "viewers",
            "many",
            "rounds",
            "frames",
            "warm_up",
            "long_seconds",
            "flood_seconds",
        )
        if (value := getattr(arguments, name)) is not None
    }
    return dataclasses.replace(base, **given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME,…", help="these scenarios")
    parser.add_argument("--list", action="store_true", help="the scenarios")
    parser.add_argument(
        "--quick", action="store_true", help="small and short: to see that it works"
    )
    parser.add_argument("--viewers", type=int)
    parser.add_argument("--many", type=int, help="of the scenario thirty-thousand")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--frames", type=int, help="in each round")
    parser.add_argument("--warm-up", type=int, dest="warm_up")
    parser.add_argument("--long-seconds", type=float, help="of the scenario thirty-thousand")
    parser.add_argument("--flood-seconds", type=float)
    return parser


if __name__ == "__main__":
    sys.exit(main())
