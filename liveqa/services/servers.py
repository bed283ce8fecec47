"""The two servers: create their data, start, wait until they answer, stop."""

import contextlib
import locale
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import psycopg

from liveqa.services import binaries, children
from liveqa.services.errors import ServicesError
from liveqa.services.places import Places, give, open_log

DATABASE = "liveqa"
# Recovery after a power cut replays the write-ahead log before the server answers.
POSTGRES_PATIENCE_S = 120.0
VALKEY_PATIENCE_S = 60.0
POLL_S = 0.02
STATISTICS = "pg_stat_statements"
# Sound only for data nobody will miss: tests.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Server(Protocol):
    name: str
    variable: str
    child: subprocess.Popen[bytes] | None

    @property
    def url(self) -> str: ...

    def start(self) -> subprocess.Popen[bytes]:
        """Create the data if need be, start, and return when it answers."""

    def stop(self) -> None: ...


class Postgres:
    name = "PostgreSQL"
    variable = "DATABASE_URL"

    def __init__(self, places: Places, runtime: Path, lock: int, *, careless: bool = False) -> None:
        """`lock`: the open file that the server inherits, and thereby holds locked while it lives."""
        self.places = places
        self.runtime = runtime
        self.lock = lock
        self.careless = careless
        self.programs = binaries.postgres(places)
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        # The port is part of the socket's name; said here, a PGPORT of the caller changes nothing.
        return f"postgresql://{DATABASE}@/{DATABASE}?host={quote(str(self.runtime))}&port=5432"

    @property
    def log(self) -> Path:
        return self.places.logs / "postgres.log"

    def start(self) -> subprocess.Popen[bytes]:
        self._refuse_other_major()
        if not self.places.postgres.exists():
            self._create()
        options = [
            "listen_addresses=",
            "port=5432",
            f"unix_socket_directories={self.runtime}",
            "unix_socket_permissions=0700",
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            *(CARELESS if self.careless else ()),
        ]
        if self.programs.has_library(STATISTICS):
            # What each statement costs, for `make profile` and for whoever wonders later.
            options.append(f"shared_preload_libraries={STATISTICS}")
        account = self.places.account
        with open_log(self.log) as log:
            self.child = children.start(
                [
                    self.programs / "postgres",
                    "-D",
                    self.places.postgres,
                    *(word for option in options for word in ("-c", option)),
                ],
                env=_bare_environment(),
                last_signal=signal.SIGINT,
                output=log,
                run_as=(account.uid, account.gid) if account else None,
                keep_open=[self.lock],
            )
        _wait(self, self.child, self._answers, POSTGRES_PATIENCE_S)
        self._create_database()
        return self.child

    def stop(self) -> None:
        if self.child is not None:
            # Fast: sessions are cut, everything committed is kept. Immediate only if that hangs.
            children.stop(self.child, (signal.SIGINT, 30), (signal.SIGQUIT, 10))

    def _refuse_other_major(self) -> None:
        mark = self.places.postgres / "PG_VERSION"
        if not self.places.postgres.exists():
            return
        try:
            major = mark.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise ServicesError(
                f"{self.places.postgres} is there but holds no PostgreSQL data (no PG_VERSION). "
                "Move it away, or set DATA_DIR to another directory."
            ) from None
        if major != str(self.programs.major):
            raise ServicesError(
                f"{self.places.postgres} was written by PostgreSQL {major}, and the programs here "
                f"are {self.programs.version}: another major version cannot read it. Dump it with "
                f"the old version and restore it with the new one "
                f"(docs/operations.md, Major versions), or set DATA_DIR to another directory."
            )

    def _create(self) -> None:
        """Made beside its place and moved there whole: an interrupted initdb leaves nothing."""
        account = self.places.account
        draft = self.places.postgres.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if account is not None:
            os.chown(draft, *account.named)
        command: list[str | Path] = [
            self.programs / "initdb",
            "--pgdata=" + str(draft),
            "--username=" + DATABASE,
            "--auth=trust",  # nobody but the owner can reach the socket
            "--encoding=UTF8",
            "--locale=C",
            "--lc-ctype=" + _letters(),
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            *(["--no-sync"] if self.careless else []),
        ]
        with open_log(self.log) as log:
            code = children.start(
                command,
                env=_bare_environment(),
                output=log,
                run_as=account.named if account else None,
            ).wait()
        if code != 0:
            raise ServicesError(f"PostgreSQL could not create its data. {last_words(self.log)}")
        for folder, _, files in os.walk(draft):
            give(Path(folder), account)
            for name in files:
                give(Path(folder) / name, account)
        draft.rename(self.places.postgres)

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, dbname="postgres", connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _create_database(self) -> None:
        with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")


class Valkey:
    name = "Valkey"
    variable = "REDIS_URL"

    def __init__(self, places: Places, runtime: Path, lock: int) -> None:
        self.places = places
        self.lock = lock
        self.program = binaries.valkey(places)
        self.socket = runtime / "valkey.sock"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket))}?db=0"

    @property
    def log(self) -> Path:
        return self.places.logs / "valkey.log"

    def start(self) -> subprocess.Popen[bytes]:
        account = self.places.account
        if not self.places.valkey.is_dir():
            self.places.valkey.mkdir(mode=0o700)
            give(self.places.valkey, account)
        with open_log(self.log) as log:
            self.child = children.start(
                [
                    self.program,
                    *("--port", "0"),
                    *("--unixsocket", self.socket),
                    *("--unixsocketperm", "700"),
                    *("--dir", self.places.valkey),
                    *("--appendonly", "yes"),
                    *("--save", ""),
                    *("--maxmemory-policy", "noeviction"),  # jobs live here
                    *("--hz", "2"),  # its housekeeping: there is little to keep
                    *("--daemonize", "no"),
                ],
                env=_bare_environment(),
                output=log,
                run_as=(account.uid, account.gid) if account else None,
                keep_open=[self.lock],
            )
        _wait(self, self.child, self._answers, VALKEY_PATIENCE_S)
        return self.child

    def stop(self) -> None:
        if self.child is not None:
            children.stop(self.child, (signal.SIGTERM, 20))

    def _answers(self) -> bool:
        # By hand: the client library takes half a second to import, more than the server to start.
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(64).startswith(b"+PONG")  # "-LOADING" while it reads its file
            except OSError:
                return False


def _letters() -> str:
    """The character types for what does not ask the built-in locale: pg_trgm sees no Cyrillic in C."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _bare_environment() -> dict[str, str]:
    """Nothing of the caller's PG*, LC_* and TZ: the data must not depend on who started it first."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _wait(
    server: Postgres | Valkey,
    child: subprocess.Popen[bytes],
    answers: Callable[[], bool],
    patience_s: float,
) -> None:
    deadline = time.monotonic() + patience_s
    while not answers():
        if child.poll() is not None:
            raise ServicesError(f"{server.name} stopped while starting. {last_words(server.log)}")
        if time.monotonic() > deadline:
            raise ServicesError(
                f"{server.name} does not answer after {patience_s:.0f} s; see {server.log}."
            )
        time.sleep(POLL_S)


def last_words(log: Path, lines: int = 4) -> str:
    """The end of a log, for an error that would otherwise only say where to look."""
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in text)])
