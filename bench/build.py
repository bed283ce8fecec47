"""The C programs, compiled on the spot where a compiler is."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "c"
# Everything that is made here; git doesn't see it.
MADE = HERE.parent / ".bench"


def compiler() -> str | None:
    for name in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        if name and (found := shutil.which(name)):
            return found
    return None


def program(name: str) -> Path | None:
    """The program made from c/NAME.c; None where there is no compiler or it fails."""
    cc = compiler()
    if cc is None:
        return None
    MADE.mkdir(exist_ok=True)
    made = MADE / name
    newest = max(path.stat().st_mtime for path in SOURCES.iterdir())
    if made.exists() and made.stat().st_mtime > newest:
        return made
    done = subprocess.run(
        [cc, "-O2", "-o", str(made), str(SOURCES / f"{name}.c"), "-lm"],
        capture_output=True,
        text=True,
        check=False,
    )
    return made if done.returncode == 0 else None
