"""`manage.py run_connectors` as a real process on the test database."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from streams.common import clock
from streams.sources.models import Source
from tests import patience
from tests.conftest import ROOT, environment_of_test_database
from tests.patience import PATIENCE_S


class Runner:
    def __init__(self, folder: Path, owner: str, **environment: str) -> None:
        self.log = folder / f"{owner}.log"
        self.owner = owner
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "run_connectors", "--owner", owner],
                cwd=ROOT,
                env=environment_of_test_database(**environment),
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """As the machine's failure would: nothing is said to anybody."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self) -> int:
        """As an operator would; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(folder: Path, owner: str = "one", **environment: str) -> Iterator[Runner]:
    runner = Runner(folder, owner, **environment)
    try:
        yield runner
    finally:
        if runner.process.poll() is None:
            runner.kill()


def eventually(holds: Callable[[], object], *logs: Runner, patience_s: float = PATIENCE_S) -> None:
    """Look until it is so; else say what the runners did."""

    def why() -> str:
        return "\n".join(runner.log.read_text()[-4000:] for runner in logs)

    patience.eventually(holds, why, patience_s=patience_s)


def let_leases_expire() -> None:
    """As if half a minute had gone by."""
    Source.objects.update(lease_until=clock.now() - timedelta(seconds=1))
