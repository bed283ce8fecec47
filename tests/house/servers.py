"""A command under `python -m liveqa.services exec`, held open and watched from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE_S

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Says what it was given, then stays until its stdin closes.
STAY = "import os,sys;print(os.environ['DATABASE_URL'],os.environ['REDIS_URL'],flush=True);sys.stdin.read()"


class Held:
    def __init__(self, process: subprocess.Popen[str], data: Path) -> None:
        assert process.stdout is not None
        assert process.stdin is not None
        self.process = process
        self.data = data
        self.stdin = process.stdin
        words = process.stdout.readline().split()
        assert len(words) == 2, "the servers did not start"
        self.database_url, self.redis_url = words

    @property
    def runtime(self) -> Path:
        return Path(json.loads((self.data / "services.json").read_text())["runtime"])

    def release(self) -> int:
        self.stdin.close()
        return self.process.wait(PATIENCE_S)


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "liveqa.services", *words]


def environment(data: Path, **more: str) -> dict[str, str]:
    """Ours without the servers that this very test run may have been given."""
    ours = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return ours | {"DATA_DIR": str(data)} | more


def outcome(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run to the end."""
    return _done(command(*words), data, more)


def outcome_of_code(data: Path, code: str, **more: str) -> subprocess.CompletedProcess[str]:
    return _done([sys.executable, "-c", code], data, more)


def _done(words: list[str], data: Path, more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=CHECKOUT,
        env=environment(data, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@contextmanager
def held(data: Path) -> Iterator[Held]:
    """Servers that run for as long as the block lasts."""
    with subprocess.Popen(
        command("exec", "--", sys.executable, "-c", STAY),
        cwd=CHECKOUT,
        env=environment(data),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Held(process, data)
        finally:
            if process.stdin is not None and not process.stdin.closed:
                process.stdin.close()
            process.wait(PATIENCE_S)
