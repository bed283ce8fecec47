import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house.servers import Held, held


@pytest.fixture
def data() -> Iterator[Path]:
    with _new_data() as path:
        yield path


@pytest.fixture(scope="module")
def open_house() -> Iterator[Held]:
    """Servers that run all the while, for tests that only look at them."""
    with _new_data() as path, held(path) as servers:
        yield servers


@contextmanager
def _new_data() -> Iterator[Path]:
    """A data directory that any account may walk to: pytest's own tmp_path is closed to others."""
    base = Path(tempfile.mkdtemp(prefix="liveqa-test-"))
    base.chmod(0o711)
    yield base / "data"
    lock = base / "data" / "services.lock"
    if lock.exists():
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # servers of a killed supervisor are still stopping
    shutil.rmtree(base)
