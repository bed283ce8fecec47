"""Where the numbers come from: the machine, its kernel, its disk, the versions of all parts."""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import build

LIBRARIES = (
    "django",
    "channels",
    "channels_redis",
    "daphne",
    "twisted",
    "autobahn",
    "psycopg",
    "redis",
)


def facts(folder: Path, files: int) -> dict[str, str]:
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {_memory()}, {_processor()}",
        "kernel": f"{platform.system()} {platform.release()}",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "fdatasync of 8 KB": f"{_sync_ms(folder):.2f} ms in {folder.parent.name}/",
        "open files": str(files),
        "Python": platform.python_version(),
        "libraries": ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
        "C compiler": _first_line(build.compiler(), "--version"),
        "Node": _first_line(shutil.which("node"), "--version"),
    }


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.0f} GiB"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "processor unknown"


def _sync_ms(folder: Path) -> float:
    """The median of a hundred appends that are on the disk before the next."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 8192)
            file.flush()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _first_line(program: str | None, *words: str) -> str:
    if program is None:
        return "none"
    try:
        done = subprocess.run(
            [program, *words], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return (done.stdout or done.stderr).splitlines()[0] if done.stdout or done.stderr else "none"
