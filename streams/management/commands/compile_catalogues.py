from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from typing_extensions import override

from streams.management import catalogues


class Command(BaseCommand):
    help = (
        "Compiles the translations in locale/ that changed. Needs neither gettext nor a database."
    )
    requires_system_checks = ()

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = catalogues.compile_all(Path(folder) for folder in settings.LOCALE_PATHS)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        if options["verbosity"] > 0:
            for path in made:
                self.stdout.write(f"compiled {path}")
