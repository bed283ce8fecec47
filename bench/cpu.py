"""What processes cost: CPU time on the kernel's nanosecond clocks, memory, and the core they run on."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """Seconds on a CPU, all threads, ended ones included. Raises OSError."""
    # The clock id of another process's CPU time, as clock_getcpuclockid(3) makes it.
    return time.clock_gettime((~pid << 3) | 2)


def family(root: int) -> list[int]:
    """The process and all below it, as far as they live."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue += parents.get(pid, [])
    return found


def of_families(roots: Iterable[int], without: Collection[int] = ()) -> float:
    """Seconds of these processes and all below them, those that have ended included."""
    total = 0.0
    for root in roots:
        for pid in family(root):
            if pid in without:
                continue
            try:
                total += of_process(pid)
            except OSError:
                continue  # it has just ended: its parent counts it from now on
            if fields := _stat(pid):
                total += (int(fields[13]) + int(fields[14])) * _TICK_S
    return total


def resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def command_of(pid: int) -> str:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode("utf-8", "replace").strip()


def pin(pid: int, core: int) -> None:
    """All threads of a process to one core; those they start stay there."""
    if core not in os.sched_getaffinity(0):
        return
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


class Meter:
    """CPU and wall time of some families from its making on, but for processes in `without`."""

    def __init__(
        self, roots: Mapping[str, Iterable[int]], without: Collection[int] = frozenset()
    ) -> None:
        self._roots = {name: list(pids) for name, pids in roots.items()}
        self._without = without
        self._began = time.monotonic()
        self._before = self._now()

    def read(self) -> tuple[dict[str, float], float]:
        """CPU seconds by name, and the seconds that passed."""
        now = self._now()
        spent = {name: now[name] - was for name, was in self._before.items()}
        return spent, time.monotonic() - self._began

    def _now(self) -> dict[str, float]:
        return {name: of_families(pids, self._without) for name, pids in self._roots.items()}


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …"""
    try:
        return (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return []
