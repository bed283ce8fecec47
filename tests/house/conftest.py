import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory that any account may walk to: pytest's own tmp_path is closed to others."""
    base = Path(tempfile.mkdtemp(prefix="liveqa-test-"))
    base.chmod(0o711)
    yield base / "data"
    lock = base / "data" / "services.lock"
    if lock.exists():
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # servers of a killed supervisor are still stopping
    shutil.rmtree(base)
