from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from streams.management import catalogues, extraction


class Command(BaseCommand):
    help = "Collects the texts to translate into locale/, or checks that all are translated."
    requires_system_checks = ()

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail on faults")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.LOCALE_PATHS[0])
        sources = extraction.collect(Path(settings.BASE_DIR))
        # The texts in the code are English already.
        languages = [code for code, _name in settings.LANGUAGES if code != "en"]
        if options["check"]:
            self._check(folder, sources, languages)
            return
        for language in languages:
            path = catalogues.path_of(folder, language)
            old = polib.pofile(str(path)) if path.exists() else None
            new = catalogues.merged(old, sources, language)
            catalogues.write(path, f"{new}\n".encode())
            waiting = len(new) - len(new.translated_entries())
            self.stdout.write(f"{language}: {len(new)} texts, {waiting} to translate")

    def _check(self, folder: Path, sources: list[extraction.Message], languages: list[str]) -> None:
        count = 0
        for language in languages:
            path = catalogues.path_of(folder, language)
            catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
            for fault in catalogues.faults(catalogue, sources, language):
                self.stderr.write(f"{language}: {fault}")
                count += 1
        if count:
            raise CommandError(
                f"{count} faults in locale/. `make messages` collects; translate what is left."
            )
        self.stdout.write(f"{len(sources)} texts, all translated into {', '.join(languages)}.")
