"""The generator: a process full of viewers, told what to do line by line."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench import build, cpu
from bench.build import HERE

PAGE_SOCKET = HERE.parent / "static" / "js" / "lib" / "live-socket.js"
# Addresses of this machine are dealt to crowds in turns of so many.
ADDRESSES = 64
_dealt = 2


class CrowdError(Exception):
    """The generator could not do what it was told."""


@cache
def ack_ms() -> int:
    """How long a page waits before it acknowledges, by its own script. Raises CrowdError."""
    script = PAGE_SOCKET.read_text(encoding="utf-8")
    every = re.search(r"ACK_EVERY_MS = ([\d_]+);", script)
    if every is None:
        raise CrowdError(f"{PAGE_SOCKET} does not say when a page acknowledges")
    return int(every[1].replace("_", ""))


class Crowd:
    """Viewers of one server, who acknowledge where it asks for that, as the page does."""

    def __init__(
        self,
        port: int,
        path: str = "/",
        *,
        origin: str = "http://127.0.0.1",
        cookie: str = "",
        core: int | None = None,
        native: bool = True,
    ) -> None:
        """`native`: the C program, where it can be built."""
        global _dealt
        program = build.program("crowd") if native else None
        command: list[str] = [str(program)] if program else [sys.executable, "-m", "bench.crowd_py"]
        self.is_native = program is not None
        words = ("127.0.0.1", port, path, origin, "ru", ack_ms(), _dealt, cookie)
        _dealt += ADDRESSES
        self._process = subprocess.Popen(
            [*command, *map(str, words)],
            cwd=HERE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        if core is not None:
            cpu.pin(self.pid, core)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def join(
        self, count: int, *, seq: int = -1, in_flight: int = 500, timeout_s: float = 120
    ) -> dict[str, Any]:
        """Raises CrowdError where not all got in."""
        answer = self.tell(f"join {count} {in_flight} {timeout_s * 1000:.0f} {seq}")
        if answer["joined"] < count:
            said = self.report()
            raise CrowdError(
                f"{answer['joined']} of {count} got in: {said['sample']} {said['codes']}"
            )
        return answer

    def say(self, index: int, message: object) -> int:
        """The moment it was sent, in nanoseconds of the monotonic clock."""
        answer = self.tell(f"say {index} {json.dumps(message, ensure_ascii=False)}")
        if not answer["said"]:
            raise CrowdError("the socket did not take it")
        return int(answer["at"])

    def reach(self, seq: int, timeout_s: float = 30) -> int:
        """How many have not come to this place in time."""
        return int(self.tell(f"reach {seq} {timeout_s * 1000:.0f}")["behind"])

    def begin(self, command: str) -> None:
        """Give a command whose answer comes later, by `answer`."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise CrowdError(f"the generator ended with {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise CrowdError(str(found["error"]))
        return found

    def tell(self, command: str) -> dict[str, Any]:
        self.begin(command)
        return self.answer()

    def mark(self) -> None:
        self.tell("mark")

    def report(self) -> dict[str, Any]:
        return self.tell("report")

    def frames(self, path: Path) -> list[dict[str, Any]]:
        """Every distinct message since `mark`, in the order of the report's `variants`."""
        self.tell(f"dump {path}")
        lines = path.read_text(encoding="utf-8").splitlines()
        path.unlink()
        return [json.loads(line.partition(" ")[2]) for line in lines]

    def cpu(self) -> float:
        return cpu.of_process(self.pid)


class Share:
    """What part of a core crowds took since this was made: to be kept under the bar."""

    def __init__(self, crowds: Sequence[Crowd]) -> None:
        self._crowds = crowds
        self._cpu = [crowd.cpu() for crowd in crowds]
        self._at = time.monotonic()

    def read(self) -> float:
        spent = [crowd.cpu() - was for crowd, was in zip(self._crowds, self._cpu, strict=True)]
        return max(spent) / max(1e-9, time.monotonic() - self._at)


def raise_limit(wanted: int) -> int:
    """Open files allowed from now on, here and in children: as many as wanted, where we may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return soft


def cores() -> tuple[int | None, int | None]:
    """One core for the server, one for the generator; none where there is one only."""
    ours = sorted(os.sched_getaffinity(0))
    return (ours[0], ours[1]) if len(ours) > 1 else (None, None)
