from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from streams.common import clock
from streams.sources import deliveries
from streams.sources.models import Source


class Command(BaseCommand):
    help = (
        "Reads what platforms sent once more, after a parser was mended. What is known already stays "
        "as it is."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", type=UUID, metavar="UUID", help="only this source's")
        parser.add_argument(
            "--all", action="store_true", help="also what was wholly understood the first time"
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        source = None
        if options["source"]:
            source = Source.objects.filter(uuid=options["source"]).first()
            if source is None:
                raise CommandError(f"There is no source {options['source']}.")
        states: Counter[str] = Counter()
        results: Counter[str] = Counter()
        again = deliveries.read_again(clock.now(), source=source, everything=options["all"])
        for delivery, read in again:
            states[str(delivery.state)] += 1
            results.update(one.result.value for one in read.done)
        self.stdout.write(
            f"Read {sum(states.values())} deliveries again: "
            f"{states['read']} understood, {states['partly']} in part, "
            f"{states['not_understood'] + states['failed']} not. "
            f"{results['created']} new messages, {results['changed']} changed, "
            f"{results['duplicate']} known before."
        )
