"""The real product, started as `make run` starts it, on data of its own that is gone afterwards."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench import build, cpu
from bench.backstage_client import Backstage
from bench.build import HERE
from bench.crowd import Crowd
from liveqa.services import children, parts
from liveqa.services.pair import environment

CHECKOUT = HERE.parent
START_S = 180.0
# One asker stands for thousands here, so the limits for one browser and address would end it.
NO_LIMITS = {
    "ASK_PER_VIEWER_PER_MIN": "1000000000",
    "ASK_PER_ADDRESS_PER_MIN": "1000000000",
    "VOTES_PER_ADDRESS_PER_MIN": "1000000000",
}


class ProductError(Exception):
    """It did not start."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Product:
    """`limits`: with the limits for askers that a new installation has."""

    def __init__(self, *, limits: bool = False, core: int | None = None) -> None:
        build.MADE.mkdir(exist_ok=True)
        build.MADE.chmod(0o755)
        self.data = Path(tempfile.mkdtemp(prefix="data-", dir=build.MADE))
        self.data.chmod(0o711)
        self.port = free_port()
        self.core = core
        self.settings = {} if limits else NO_LIMITS
        self._more: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        ours = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        }
        self.env = ours | {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
            "DEMO": "0",
            **self.settings,
        }
        self._log = (self.data / "run.log").open("wb")
        self._run = subprocess.Popen(
            [sys.executable, "-m", "liveqa.services", "run"],
            cwd=CHECKOUT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait()
            self.env |= json.loads((self.data / "services.json").read_text())["urls"]
            self.backstage = Backstage(self.env)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.web = [self._child(self._is_web)]
        self.postgres = self._child(lambda command: " -D " in command and "postgres" in command)
        self.valkey = self._child(lambda command: "valkey" in command or "redis-server" in command)
        self.pin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if hasattr(self, "backstage"):
            self.backstage.close()
        for child in self._more:
            children.stop(child, (15, 10))  # type: ignore[arg-type]
        self._run.terminate()
        try:
            self._run.wait(60)
        except subprocess.TimeoutExpired:
            self._run.kill()
        self._log.close()
        shutil.rmtree(self.data, ignore_errors=True)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the supervisor: everything but `add_web`'s processes is below it."""
        return self._run.pid

    def pin(self) -> None:
        if self.core is not None:
            for pid in self.web:
                cpu.pin(pid, self.core)

    def unpin(self) -> None:
        for pid in self.web:
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setaffinity(int(task.name), os.sched_getaffinity(0))

    def add_web(self) -> int:
        """One more web process beside the first, on a port of its own."""
        port = free_port()
        with environment(self.env):
            child = parts.parts("127.0.0.1", str(port), self.data / "log", demo=False)[0].start()
        self._more.append(child)
        self.web.append(child.pid)
        deadline = time.monotonic() + START_S
        while not _answers(port):
            if time.monotonic() > deadline or child.poll() is not None:
                raise ProductError("the second web process does not answer")
            time.sleep(0.1)
        return port

    def roots(self) -> dict[str, list[int]]:
        """For cpu.Meter: every process of the product, by what it is."""
        own = {self.postgres, self.valkey, *self.web}
        rest = [
            pid for pid in cpu.family(self.pid)[1:] if _parent(pid) == self.pid and pid not in own
        ]
        return {
            "web": list(self.web),
            "PostgreSQL": [self.postgres],
            "Valkey": [self.valkey],
            "worker, cron": rest,
        }

    def crowd(self, no: str, *, port: int = 0, core: int | None = None) -> Crowd:
        return Crowd(
            port or self.port,
            f"/ws/receptions/{no}/",
            origin=self.origin,
            core=core,
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        """A page. Raises ProductError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                "GET", path, headers={"Host": f"127.0.0.1:{self.port}", **(headers or {})}
            )
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise ProductError(f"{path} answers with {response.status}")
        return page

    def settle(self) -> None:
        """Until what it still had to do is done: its processes rest."""
        for _ in range(20):
            before = cpu.of_families([self.pid])
            time.sleep(0.25)
            if cpu.of_families([self.pid]) - before < 0.02:
                return

    def words(self, name: str, count: int = 12) -> str:
        """The end of one of its logs."""
        path = self.data / "log" / f"{name}.log"
        return (
            "\n".join(path.read_text(errors="replace").splitlines()[-count:])
            if path.exists()
            else ""
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        log = self.data / "run.log"
        while "Stop: Ctrl-C" not in (said := log.read_text(errors="replace")):
            if self._run.poll() is not None or time.monotonic() > deadline:
                raise ProductError(f"the product did not start:\n{said}")
            time.sleep(0.1)

    def _is_web(self, command: str) -> bool:
        return str(self.port) in command.split()

    def _child(self, is_it: Any) -> int:
        for pid in cpu.family(self.pid)[1:]:
            if _parent(pid) == self.pid and is_it(cpu.command_of(pid)):
                return pid
        raise ProductError("a process of the product is missing")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
