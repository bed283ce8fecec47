from __future__ import annotations

import asyncio
import statistics
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm
from typing_extensions import override

from streams.common import clock
from streams.management.options import add_columns, columns_of
from streams.questions import files, importing
from streams.questions import queries as questions
from streams.questions.importing import Reader
from streams.receptions import queries
from streams.receptions.models import Reception
from streams.rehearsal import audit
from streams.rehearsal.door import Door, Gone, Unreachable, is_loopback
from streams.rehearsal.play import Played, play

SHOWN_FAULTS = 40


class Command(BaseCommand):
    help = (
        "Plays a file of questions into a reception's room, as many viewers at once, and checks "
        "every acknowledgement. See docs/rehearsal.md."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        add_columns(parser)
        parser.add_argument(
            "--rate",
            type=_positive,
            default=20.0,
            help="questions a second; 0: as fast as answered",
        )
        parser.add_argument("--viewers", type=_count, default=200, help="connected at once")
        parser.add_argument("--limit", type=_count, help="only the first so many questions")
        parser.add_argument(
            "--repeat-every",
            type=int,
            default=10,
            metavar="N",
            help="send every Nth question twice, which must not count twice; 0: none",
        )
        parser.add_argument("--url", default=f"http://127.0.0.1:{settings.PORT}")
        parser.add_argument(
            "--origin", default="", help="the allowed origin, where it isn't the url"
        )
        parser.add_argument("--i-own-this-server", action="store_true")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loopback(options["url"]) and not options["i_own_this_server"]:
            raise CommandError(
                f"{options['url']} is not this machine. A rehearsal is a load and leaves its questions: "
                "say --i-own-this-server if you may do that there."
            )
        reception = queries.receptions().filter(no=options["reception"]).first()
        if reception is None:
            raise CommandError(f"There is no reception {options['reception']}.")
        if not queries.takes_questions(reception, clock.now()):
            raise CommandError(f"Reception {reception.no} takes no questions ({reception.state}).")
        payloads = self._payloads(reception, options)
        since = reception.last_seq
        played = self._play(reception, payloads, options)
        faults = list(audit.faults(reception, played, since=since))
        self._report(reception, played)
        self._judge(faults)

    def _payloads(self, reception: Reception, options: dict[str, Any]) -> list[dict[str, str]]:
        path = Path(options["file"])
        try:
            table = files.read(path, encoding=options["encoding"], delimiter=options["delimiter"])
            columns = columns_of(options, table)
        except (files.BadFile, importing.BadColumns) as error:
            raise CommandError(f"{path}: {error}.") from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        payloads = []
        for found in Reader(reception, columns).asks(table):
            if found.ask is None:
                self.stderr.write(f"line {found.line} is left out: {found.fault}")
                continue
            ask = found.ask
            fields = {"name": ask.name, "district": ask.district, "contact": ask.contact}
            payloads.append({"text": ask.text, **fields})
        if not payloads:
            raise CommandError(f"{path} holds no question.")
        return payloads[: options["limit"]]

    def _play(
        self, reception: Reception, payloads: list[dict[str, str]], options: dict[str, Any]
    ) -> Played:
        door = Door(options["url"], reception.no, origin=options["origin"])
        with tqdm(total=len(payloads), unit=" questions", disable=None) as bar:
            try:
                return asyncio.run(
                    play(
                        door,
                        payloads,
                        viewers=options["viewers"],
                        rate=options["rate"],
                        repeat_every=options["repeat_every"],
                        on_answer=lambda _asked: bar.update(),
                    )
                )
            except Gone as error:
                raise CommandError(f"{options['url']} shows no reception {error}.") from error
            except Unreachable as error:
                raise CommandError(f"{options['url']}: {error}. Is it running?") from error

    def _report(self, reception: Reception, played: Played) -> None:
        sums = audit.sums(played)
        equation = questions.equation(reception.pk)
        times = sorted(one.ms for one in played.asked if one.ack) or [0.0]
        rows = {
            "asked": sums.asked,
            "acknowledged": sums.acknowledged,
            "refused": f"{sums.refused} {_listed(audit.refusals(played))}".strip(),
            "sent twice on purpose": sums.repeated,
            "sendings in all": sums.sendings,
            "told to wait": sums.waits,
            "lines broken": sums.lines_broken,
            "seen by the watcher": f"{sums.seen} in {sums.frames} frames",
            "seconds": f"{played.seconds:.1f} ({sums.acknowledged / played.seconds:.1f} a second)",
            "sending to receipt": ", ".join(
                f"{name} {value:.0f} ms" for name, value in _spread(times).items()
            ),
            "captured": f"{equation.captured} = {equation.received} received "
            f"+ {equation.not_questions} not questions",
            "received": f"{equation.received} = {_listed(equation.buckets)}",
        }
        width = max(map(len, rows))
        for name, value in rows.items():
            self.stdout.write(f"{name:>{width}}  {value}")

    def _judge(self, faults: list[str]) -> None:
        for fault in islice(faults, SHOWN_FAULTS):
            self.stderr.write(f"FAULT {fault}")
        if faults:
            raise CommandError(f"{len(faults)} faults.")
        self.stdout.write(
            "Every acknowledged question is in the database once and in the journal, with its text, "
            "number, entry and digest; numbers follow the journal; the watcher saw them all."
        )


def _spread(times: list[float]) -> dict[str, float]:
    """Of sorted milliseconds."""
    cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return {"median": cuts[49], "95 %": cuts[94], "99 %": cuts[98], "most": times[-1]}


def _listed(counts: Mapping[str, int]) -> str:
    return " + ".join(f"{n} {name.replace('_', ' ')}" for name, n in counts.items() if n)


def _positive(raw: str) -> float:
    value = float(raw)
    if not 0 <= value <= 10_000:
        raise ArgumentTypeError("from 0 to 10000")
    return value


def _count(raw: str) -> int:
    value = int(raw)
    if not 1 <= value <= 100_000:
        raise ArgumentTypeError("from 1 to 100000")
    return value
