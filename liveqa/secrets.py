"""Keys: taken from the environment, else made once and kept under DATA_DIR/secrets."""

import os
import secrets
import tempfile
from pathlib import Path

from liveqa.services.places import data_dir


def secret(name: str) -> str:
    """The variable `name`, else the generated file of that name, which only its owner may read."""
    value = os.environ.get(name, "").strip()
    return value or _kept(data_dir() / "secrets" / name)


def _kept(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _made(path)


def _made(path: Path) -> str:
    """Create the file whole or not at all; of two processes that try, the first one's key stands."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as draft:
        draft.write(secrets.token_urlsafe(50) + "\n")
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)
        except FileExistsError:
            return _kept(path)
    return path.read_text(encoding="ascii").strip()
