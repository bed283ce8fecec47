"""manage.py verify_ledger 2026-0147 | file.json: does the journal hold, and if not, where does it break?"""

import re
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from streams.archive.audit import audit
from streams.questions.replay import Replay
from streams.receptions.models import Reception
from streams.receptions.verify import Report, check_file

_NUMBER = re.compile(r"[0-9]{4}-[0-9]{4,}")
_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check a reception's journal: in the database by its number, or as a published file alone, "
        "for which the database is not asked. Exit code 0: it holds. 1: it does not."
    )
    requires_system_checks = ()

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subject", metavar="RECEPTION|FILE", help="2026-0147 or ledger.json")
        parser.add_argument(
            "--expect-head",
            metavar="HASH",
            default="",
            help="a head noted earlier (on a receipt, in print): shows whether the end was cut off",
        )

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        expected = options["expect_head"].strip().lower()
        if expected and not re.fullmatch(r"[0-9a-f]{64}", expected):
            raise CommandError("--expect-head takes the 64 digits of a hash.")
        report = self._check(options["subject"], expected)
        for finding in report.findings[:_SHOWN]:
            mark = "note" if finding.is_note else "FAIL"
            self.stdout.write(f"{mark}  {finding}")
        if len(report.findings) > _SHOWN:
            self.stdout.write(f"      … and {len(report.findings) - _SHOWN} more.")
        if not report.holds:
            first = next(finding for finding in report.findings if not finding.is_note)
            self.stdout.write(f"The ledger does NOT hold. It first breaks here: {first.place}.")
            sys.exit(1)
        self._praise(report, expected)

    def _check(self, subject: str, expected: str) -> Report:
        path = Path(subject)
        if path.is_file():
            with path.open("rb") as file:
                return check_file(file, Replay(), expect_head=expected)
        if not _NUMBER.fullmatch(subject):
            raise CommandError(
                f"There is no file {subject}, and it is not the number of a reception."
            )
        try:
            return audit(subject, expect_head=expected)
        except Reception.DoesNotExist:
            raise CommandError(f"There is no reception {subject}.") from None

    def _praise(self, report: Report, expected: str) -> None:
        self.stdout.write(
            f"The ledger of reception {report.reception} holds: {report.entries} entries without a gap, "
            "every hash true, every step possible, and the sums re-counted from the entries agree."
        )
        if report.equation is not None:
            parts = {name: n for name, n in report.equation["buckets"].items() if n}
            right = " + ".join(f"{n} {name.replace('_', ' ')}" for name, n in parts.items()) or "0"
            self.stdout.write(f"received {report.equation['received']} = {right}")
        self.stdout.write(f"head {report.head}")
        if expected:
            self.stdout.write("The head noted earlier is in it.")
