"""The bench's hand inside the product: a process with Django that does what colleagues would do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.build import HERE


class BackstageError(Exception):
    """What was asked of it failed; its log on stderr says why."""


@dataclass
class Reception:
    """`seq`: how far its journal has come by what the bench did."""

    id: int
    no: str
    seq: int


@dataclass(frozen=True)
class Change:
    """`at`: right after the commit and before the bell, in nanoseconds of the monotonic clock."""

    seq: int
    at: int
    number: int | None = None


class Backstage:
    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.backstage"],
            cwd=HERE.parent,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def do(self, what: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise BackstageError(f"{what}: it ended with {self._process.wait()}")
        answer = json.loads(line)
        if "failed" in answer:
            raise BackstageError(f"{what}: {answer['failed']}")
        return answer["done"]

    def reception(self, prepared: int = 40) -> Reception:
        """On air, with so many questions that can be changed again and again."""
        return Reception(**self.do("reception", prepared=prepared))

    def change(self, reception: Reception) -> Change:
        """A moderator's move of one question: one entry in the journal, one frame."""
        return self._noted(reception, self.do("change", reception=reception.id))

    def causing(self) -> tuple[int, ...]:
        """This process and that of its database connection."""
        return self.pid, int(self.do("connection"))

    def receive(self, reception: Reception, count: int) -> Change:
        """So many new questions in one transaction."""
        return self._noted(reception, self.do("receive", reception=reception.id, count=count))

    def _noted(self, reception: Reception, answer: dict[str, int]) -> Change:
        change = Change(**answer)
        reception.seq = change.seq
        return change

    def head(self, reception: Reception) -> int:
        return int(self.do("head", reception=reception.id))
