"""Make .venv hold exactly the pinned requirements: `python3 requirements/install.py prod|dev`.

Needs nothing but Python and its venv module. Done before and nothing changed: returns at once.
"""

from __future__ import annotations  # an old Python must get as far as the sentence about it

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
# dev.txt contains prod.txt.
COVERS = {"prod": ("prod",), "dev": ("dev", "prod")}


def main(which: str) -> None:
    if sys.version_info < OLDEST:
        sys.exit(f"error: LiveQA needs Python 3.11 or newer, this is {sys.version.split()[0]}.")
    if _stamp(which).is_file() and _stamp(which).read_text() == _state(which):
        return
    began = time.monotonic()
    _ensure_venv()
    _say(f"Installing requirements/{which}.txt …")
    requirements = CHECKOUT / "requirements" / f"{which}.txt"
    if not _with_uv(requirements):
        _with_pip(requirements)
    for name in COVERS[which]:
        _stamp(name).write_text(_state(name))
    _say(f"Installed in {time.monotonic() - began:.0f} s.")


def _stamp(which: str) -> Path:
    return VENV / f"{which}.installed"


def _state(which: str) -> str:
    return hashlib.sha256((CHECKOUT / "requirements" / f"{which}.txt").read_bytes()).hexdigest()


def _ensure_venv() -> None:
    if PYTHON.exists() and _ran([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]):
        return
    _say("Making .venv …")
    if not _ran([sys.executable, "-m", "venv", "--clear", VENV]):
        sys.exit("error: Python cannot make .venv. On Debian: apt-get install python3-venv")


def _with_uv(requirements: Path) -> bool:
    uv = _find_uv()
    if uv is None:
        return False
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--python",
        PYTHON,
    ]
    return _ran([*command, "-r", requirements], env=_uv_environment())


def _find_uv() -> str | None:
    """The machine's, else one of our own by pip; None where neither is to be had."""
    found = shutil.which("uv") or shutil.which("uv", path=PYTHON.parent)
    if found is None and _pip(CHECKOUT / "requirements" / "uv.txt"):
        found = shutil.which("uv", path=PYTHON.parent)
    return found


def _uv_environment() -> dict[str, str]:
    """uv does not read pip's settings: where they name another package index, say so to uv."""
    environment = dict(os.environ)
    answer = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True,
        text=True,
        check=False,
    )
    index = os.environ.get("PIP_INDEX_URL") or answer.stdout.strip()
    if index:
        environment.setdefault("UV_DEFAULT_INDEX", index)
    return environment


def _with_pip(requirements: Path) -> None:
    _say("Without uv, by pip: slower.")
    if not _pip(requirements):
        sys.exit(
            "error: The packages could not be installed; pip says why above. Behind a proxy or with "
            "a package index of your own, set that up for pip (pip config), then run this again."
        )


def _pip(requirements: Path) -> bool:
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
    ]
    return _ran([*command, "--no-compile", "--require-hashes", "-r", requirements])


def _ran(command: list[str | Path], env: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, env=env, check=False).returncode == 0
    except OSError:
        return False


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    if sys.argv[1:] not in (["prod"], ["dev"]):
        sys.exit(__doc__)
    main(sys.argv[1])
