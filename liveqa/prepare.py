"""Everything between "the servers answer" and "the pages can be served", in one process.

One process and not four commands: each start of Django costs a second on a small machine.
"""

import argparse
import hashlib
import os
import sys
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command


def main() -> None:
    arguments = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")
    try:
        django.setup()
        _knock()
    except ImproperlyConfigured as error:
        sys.exit(f"error: {error}")
    call_command("compile_catalogues", verbosity=0)
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if arguments.demo:
        call_command("demo")


def _knock() -> None:
    """Django's pool would only say that it waited in vain."""
    try:
        psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=5).close()
    except psycopg.OperationalError as error:
        raise ImproperlyConfigured(f"DATABASE_URL leads to no database: {error}") from None


def collect_static() -> bool:
    """Collect and hash the static files, unless nothing that feeds them changed since."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    state = _static_state()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == state:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state, encoding="ascii")
    return True


def _static_state() -> str:
    """Our files by size and time; the libraries' by the pinned requirements."""
    digest = hashlib.sha256()
    base = Path(settings.BASE_DIR)
    digest.update((base / "requirements" / "prod.txt").read_bytes())
    for path in sorted((base / "static").rglob("*")):
        facts = path.stat()
        digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo")
    return parser.parse_args()


if __name__ == "__main__":
    main()
