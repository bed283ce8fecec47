"""The processes of a running LiveQA beside its servers, and how each is kept alive."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from liveqa.services import children
from liveqa.services.console import say
from liveqa.services.errors import ServicesError
from liveqa.services.places import CHECKOUT, open_log

MANAGE = (sys.executable, str(CHECKOUT / "manage.py"))
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
# Whoever ran this long had started properly: its next crash is a new one.
SETTLED_S = 60.0

# Ours on daphne; the tests start the same. Host and port follow.
WEB = (sys.executable, "-m", "liveqa.web")


@dataclass(slots=True)
class Kept:
    """A process that is started again when it dies, after longer and longer pauses."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    once: bool = False  # may end by itself, with exit code 0
    child: subprocess.Popen[bytes] | None = None
    pause_s: float = FIRST_PAUSE_S
    started: float = field(default_factory=time.monotonic)
    due: float | None = None

    def open(self) -> None:
        self.started = time.monotonic()
        self.due = None
        self.child = self.start()

    def look(self) -> None:
        """Notice a death, and start again when the pause is over."""
        now = time.monotonic()
        if self.due is not None:
            if now >= self.due:
                self._open_again(now)
        elif self.child is not None and (code := self.child.poll()) is not None:
            if self.once and code == 0:
                self.child = None
            else:
                self._plan(now, f"ended with code {code}")

    def _open_again(self, now: float) -> None:
        try:
            self.open()
        except ServicesError as error:
            self._plan(now, f"did not start: {error}")

    def _plan(self, now: float, what: str) -> None:
        if now - self.started > SETTLED_S:
            self.pause_s = FIRST_PAUSE_S
        say(f"{self.name} {what}; starting it again in {self.pause_s:.0f} s")
        self.due = now + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)

    def ask_to_stop(self) -> None:
        if self.child is not None:
            self.child.send_signal(signal.SIGTERM)

    def close(self) -> None:
        if self.child is not None:
            # A job may run for some seconds; the worker finishes it before it goes.
            children.stop(self.child, (signal.SIGTERM, 15))


WORKER = (
    # Quiet: twelve lines a minute about its housekeeping would bury the failures.
    *(*MANAGE, "rqworker", "default", "-v", "0", "--with-scheduler", "--worker-ttl", "25"),
    *("--worker-class", "liveqa.worker.PromptWorker"),
    # rq's own choice is pickle: whoever could write to the queue could run code.
    *("--serializer", "rq.serializers.JSONSerializer"),
)


def parts(host: str, port: str, logs: Path, *, demo: bool) -> list[Kept]:
    web = (*WEB, "--host", host, "--port", port)
    cron = (*MANAGE, "rqcron", "liveqa.cron")
    connectors = (*MANAGE, "run_connectors")
    feed = (*MANAGE, "demo_feed")
    kept = [
        _kept("web", web, logs),
        _kept("worker", WORKER, logs),
        _kept("cron", cron, logs),
        _kept("connectors", connectors, logs),
    ]
    return [*kept, _kept("feed", feed, logs, once=True)] if demo else kept


def _kept(name: str, command: Sequence[str], logs: Path, *, once: bool = False) -> Kept:
    return Kept(name, lambda: start(command, logs / f"{name}.log"), once=once)


def start(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    with open_log(log) as output:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        return children.start(command, env=environment, cwd=CHECKOUT, output=output)
