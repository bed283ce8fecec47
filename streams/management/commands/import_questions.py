from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm
from typing_extensions import override

from streams.common import clock
from streams.management.options import add_columns, columns_of
from streams.questions import files, importing, intake
from streams.questions.importing import Found
from streams.receptions import queries
from streams.receptions.models import Reception

BATCH = 200
SHOWN_FAULTS = 50
REFUSALS = {
    "closed": "the reception stopped taking questions",
    "reused": "imported before with another text; it stays as it was",
}


class Command(BaseCommand):
    help = (
        "Receives the questions of a CSV or JSON Lines file into a reception. See docs/import.md."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        add_columns(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="read and check, receive nothing"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        reception = queries.receptions().filter(no=options["reception"]).first()
        if reception is None:
            raise CommandError(f"There is no reception {options['reception']}.")
        if not queries.takes_questions(reception, clock.now()):
            raise CommandError(f"Reception {reception.no} takes no questions ({reception.state}).")
        path = Path(options["file"])
        try:
            table = files.read(path, encoding=options["encoding"], delimiter=options["delimiter"])
            columns = columns_of(options, table)
        except (files.BadFile, importing.BadColumns) as error:
            raise CommandError(f"{path}: {error}.") from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        self.stderr.write(f"{path}: {table.form}, {table.encoding}")
        found = importing.Reader(reception, columns).asks(table)
        counts = self._receive(reception, found, dry_run=options["dry_run"])
        self._report(reception, counts, dry_run=options["dry_run"])

    def _receive(
        self, reception: Reception, found: Iterable[Found], *, dry_run: bool
    ) -> Counter[str]:
        counts: Counter[str] = Counter()
        # Quiet where nobody watches.
        with tqdm(unit=" questions", disable=None) as bar:
            for batch in _batches(found):
                good = [one for one in batch if one.ask is not None]
                for one in batch:
                    if one.ask is None:
                        self._fault(counts, one.line, one.fault)
                if dry_run:
                    self._look(reception, good, counts)
                else:
                    self._send(reception, good, counts)
                bar.update(len(batch))
        return counts

    def _look(self, reception: Reception, good: list[Found], counts: Counter[str]) -> None:
        asks = [one.ask for one in good if one.ask is not None]
        known = importing.known(reception, asks)
        repeated = sum(ask.client_id in known for ask in asks)
        counts["repeated"] += repeated
        counts["received"] += len(asks) - repeated

    def _send(self, reception: Reception, good: list[Found], counts: Counter[str]) -> None:
        asks = [one.ask for one in good if one.ask is not None]
        results = intake.receive_many(reception.pk, asks, now=clock.now())
        for one, result in zip(good, results, strict=True):
            if isinstance(result, intake.Refusal):
                self._fault(counts, one.line, REFUSALS[result.code])
            else:
                counts["repeated" if result.repeated else "received"] += 1

    def _fault(self, counts: Counter[str], line: int, why: str) -> None:
        counts["faults"] += 1
        if counts["faults"] <= SHOWN_FAULTS:
            tqdm.write(f"line {line}: {why}", file=self.stderr)  # above the bar, not through it
        elif counts["faults"] == SHOWN_FAULTS + 1:
            tqdm.write("… more faults are only counted", file=self.stderr)

    def _report(self, reception: Reception, counts: Counter[str], *, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"Reception {reception.no}: {counts['received']} {would}received, "
            f"{counts['repeated']} were there already, {counts['faults']} faults."
        )
        if counts["faults"]:
            raise CommandError("Not everything could be read: see the lines above.")


def _batches(found: Iterable[Found]) -> Iterator[list[Found]]:
    rest = iter(found)
    while batch := list(islice(rest, BATCH)):
        yield batch
