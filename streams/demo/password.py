"""The demo's password: made once, kept under DATA_DIR, printed at every start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

# Without letters and digits that look alike on a printed page.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def password() -> tuple[str, bool]:
    """The password, and whether it was made just now."""
    path = Path(settings.DATA_DIR) / "secrets" / "demo_password"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip(), False
    made = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made + "\n")
    return made, True
