"""One data directory, one pair of servers: who holds it, who shares it."""

import contextlib
import fcntl
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from liveqa.services.children import alive
from liveqa.services.console import say
from liveqa.services.errors import InUse, ServicesError
from liveqa.services.places import Places, data_dir, new_runtime_dir, open_places
from liveqa.services.servers import POLL_S, POSTGRES_PATIENCE_S, Postgres, Server, Valkey

VARIABLES = ("DATABASE_URL", "REDIS_URL")
# After a kill -9 of the holder its servers need a moment to go; until then they hold the lock.
ORPHANS_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Record:
    """What the holder writes down for other commands. `urls` is empty while it is starting."""

    pid: int
    command: str
    runtime: str
    urls: dict[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """The servers we started, in the order of their start, and how to reach them."""

    servers: tuple[Server, ...]
    urls: dict[str, str]


@contextlib.contextmanager
def provide(*, careless: bool = False) -> Iterator[None]:
    """DATABASE_URL and REDIS_URL in the environment: as given, else of the running servers of
    DATA_DIR, else of servers started for as long as the block lasts.
    """
    needed = missing()
    if not needed:
        yield
        return
    places = open_places(data_dir())
    with contextlib.ExitStack() as stack:
        try:
            pair = stack.enter_context(hold(places, needed, careless=careless, patient=True))
            urls = pair.urls
        except InUse:
            urls = stack.enter_context(_share(places, needed))
        stack.enter_context(environment(urls))
        yield


@contextlib.contextmanager
def throwaway() -> Iterator[None]:
    """Servers of their own in a temporary DATA_DIR, quick and careless, gone afterwards: for tests."""
    base = Path(tempfile.mkdtemp(prefix="liveqa-data-"))
    base.chmod(0o711)
    try:
        with environment({"DATA_DIR": str(base)}), provide(careless=True):
            yield
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextlib.contextmanager
def hold(
    places: Places, needed: tuple[str, ...], *, careless: bool = False, patient: bool = False
) -> Iterator[Pair]:
    """Take the data directory and run its servers. Raises InUse where somebody else has it.

    `patient`: at the end wait for the commands that share the servers, and only then stop them.
    """
    with _lock(places) as lock, _runtime(places) as runtime, contextlib.ExitStack() as stack:
        # Valkey first: it is then stopped last, after PostgreSQL.
        servers: list[Server] = []
        if "REDIS_URL" in needed:
            servers.append(Valkey(places, runtime, lock))
        if "DATABASE_URL" in needed:
            servers.append(Postgres(places, runtime, lock, careless=careless))
        for server in servers:
            stack.callback(server.stop)
            server.start()
        if patient:
            stack.callback(_wait_for_sharers, places)
        urls = {server.variable: server.url for server in servers}
        _write(places, Record(os.getpid(), _command(), str(runtime), urls))
        yield Pair(tuple(servers), urls)


@contextlib.contextmanager
def _runtime(places: Places) -> Iterator[Path]:
    """The directory of the sockets, and the record that tells others where it is."""
    # We hold the lock, so whoever wrote a record before us is gone; its sockets may not be.
    record = _read(places.record)
    if record and Path(record.runtime).name.startswith("liveqa-"):
        shutil.rmtree(record.runtime, ignore_errors=True)
    runtime = new_runtime_dir(places.account)
    try:
        _write(places, Record(os.getpid(), _command(), str(runtime), {}))
        yield runtime
    finally:
        places.record.unlink(missing_ok=True)
        shutil.rmtree(runtime, ignore_errors=True)


def find_running(data: Path) -> Record | None:
    """The pair that runs on this data directory now, if one does."""
    record = _read(data / "services.json")
    return record if record and record.urls and alive(record.pid) else None


def missing() -> tuple[str, ...]:
    """The variables that name no server: those servers are ours to run."""
    return tuple(name for name in VARIABLES if not os.environ.get(name, "").strip())


@contextlib.contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """These variables for as long as the block lasts, here and in every child."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _lock(places: Places) -> Iterator[int]:
    """The servers inherit the open file: the lock is free only when they are gone as well."""
    lock = os.open(places.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + ORPHANS_PATIENCE_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                _refuse_if_held(places, late=time.monotonic() > deadline)
                time.sleep(POLL_S)
        yield lock
    finally:
        os.close(lock)


def _refuse_if_held(places: Places, *, late: bool) -> None:
    record = _read(places.record)
    if record and alive(record.pid):
        raise InUse(
            f"{places.data} is in use by process {record.pid} ({record.command}). "
            "Stop it first, or set DATA_DIR to another directory."
        )
    if late:
        raise InUse(
            f"{places.data} is in use by servers whose starter is gone. "
            f"Look for postgres and valkey-server processes on it (`fuser {places.lock}`)."
        )


@contextlib.contextmanager
def _share(places: Places, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Use the holder's servers; it waits for us before it stops them, if it is a short command."""
    users = os.open(places.users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(users, fcntl.LOCK_SH)
        record = _wait_for_urls(places)
        if absent := [name for name in needed if name not in record.urls]:
            raise ServicesError(
                f"Process {record.pid} ({record.command}) runs on {places.data} with its own "
                f"{' and '.join(absent)}. Set the same here."
            )
        yield {name: record.urls[name] for name in needed}
    finally:
        os.close(users)


def _wait_for_urls(places: Places) -> Record:
    deadline = time.monotonic() + POSTGRES_PATIENCE_S
    while time.monotonic() < deadline:
        if (record := find_running(places.data)) is not None:
            return record
        time.sleep(POLL_S)
    raise ServicesError(f"The servers of {places.data} are being started or stopped; try again.")


def _wait_for_sharers(places: Places) -> None:
    users = os.open(places.users, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Other commands still use these servers; they stop after them (Ctrl-C: now).")
        with contextlib.suppress(KeyboardInterrupt):
            fcntl.flock(users, fcntl.LOCK_EX)
    finally:
        os.close(users)


def _write(places: Places, record: Record) -> None:
    draft = places.record.with_suffix(".new")
    draft.write_text(json.dumps(asdict(record)), encoding="utf-8")
    draft.chmod(0o600)
    draft.replace(places.record)


def _read(path: Path) -> Record | None:
    try:
        return Record(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, PermissionError, ValueError, TypeError):
        return None


def _command() -> str:
    program = Path(sys.argv[0])
    name = "liveqa.services" if program.name == "__main__.py" else program.name
    return " ".join([name, *sys.argv[1:3]])
