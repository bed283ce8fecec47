"""What all tests share: a database that may be emptied between tests, the cast, a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import channels.testing.application
import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.db import OperationalError, close_old_connections, connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser
from psycopg.conninfo import make_conninfo

from liveqa.services.parts import WEB
from streams.receptions.models import Reception
from tests.browsers import launched
from tests.cast import Cast, make_cast, make_reception
from tests.patience import PATIENCE_S, eventually
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.load_profile("suite")
# Playwright's own event loop makes Django think that a test is async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Channels' test client swaps this function out while it waits. Two clients that wait at once swap it
# back in the wrong order, and from then on no socket's thread gives its connection back. Our socket
# tests commit for real, so the real function may stay.
channels.testing.application.no_op = close_old_connections

# The same in every test; a flush would write them anew.
_KEPT = frozenset({"django_content_type", "auth_permission"})
_flush = DatabaseOperations.execute_sql_flush


def _sql_flush(
    self: DatabaseOperations,
    style: object,
    tables: Iterable[str],
    *,
    reset_sequences: bool = False,
    allow_cascade: bool = False,
) -> list[str]:
    """Rows are deleted where Django truncates: a test leaves few, and an emptied file costs as much as
    a thousand of them. The lock waits for whoever still writes, as TRUNCATE would, and for no reader.
    """
    names = [self.quote_name(table) for table in tables if table not in _KEPT]
    emptied = "; ".join(f"DELETE FROM {name}" for name in names)  # noqa: S608 -- names of tables
    return [f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE; {emptied}"]


def _flush_guarded(self: DatabaseOperations, sql_list: list[str]) -> None:
    """Empty the tables between tests although their triggers refuse that to everybody.

    As a superuser of the test server only: production's role can't switch triggers off this way.
    """
    guarded = [
        "SET session_replication_role = replica",
        *sql_list,
        "RESET session_replication_role",
    ]
    for last_try in (False, False, False, True):
        try:
            _flush(self, guarded)
        except OperationalError:
            # A deadlock with a real server, whose last write takes the tables in another order.
            if last_try:
                raise
        else:
            return


DatabaseOperations.sql_flush = _sql_flush  # type: ignore[method-assign,assignment]
DatabaseOperations.execute_sql_flush = _flush_guarded  # type: ignore[method-assign,assignment]
flush.emit_post_migrate_signal = lambda *_args, **_kwargs: None  # type: ignore[attr-defined]


# What takes longest, in this order.
_LONG = (
    "tests/e2e/test_every_page.py",
    "tests/house/test_run.py",
    "tests/test_",
    "tests/sources/test_runner.py",
    "tests/sources/test_meta_doors.py",
    "tests/rehearsal/",
    "tests/demo/",
    "tests/live/test_wires.py",
    "tests/house/",
    "tests/e2e/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests begin first: with one of them left at the end a worker would be on its own with it."""

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(ROOT).as_posix()
        return next((n for n, long in enumerate(_LONG) if path.startswith(long)), len(_LONG))

    items.sort(key=place)


@pytest.fixture(autouse=True)
def _language_of_the_house() -> None:
    """A test client leaves the language of its last page behind."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def reception(cast: Cast) -> Reception:
    """On air since five minutes, of the cast's own district."""
    return make_reception(cast)


def environment_of_test_database(**more: str) -> dict[str, str]:
    """For processes of ours that a test starts."""
    values = connection.settings_dict
    address = make_conninfo(
        dbname=values["NAME"],
        host=values["HOST"] or None,
        port=values["PORT"] or None,
        user=values["USER"] or None,
        password=values["PASSWORD"] or None,
    )
    return os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "liveqa.settings_test",
        "PYTHONWARNINGS": "default",
        **more,
    }


class LiveServer:
    """A real server on the test database, our own if `command` names no other. `url` is its http address."""

    def __init__(self, log: Path, command: Sequence[str] = (), **environment: str) -> None:
        self.port = free_port()
        here = ("--host", "127.0.0.1", "--port", str(self.port))
        self.command = [one.format(port=self.port) for one in command] or [*WEB, *here]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.log = log
        self._environment = environment
        self.start()

    def start(self) -> None:
        self.environment = environment_of_test_database(PORT=str(self.port), **self._environment)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        eventually(self._answers, self.log.read_text)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/sign-in/", timeout=PATIENCE_S):  # noqa: S310
                return True
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_S)


@pytest.fixture(scope="session")
def _server(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path_factory.mktemp("daphne") / "log")
    yield server
    server.stop()


@pytest.fixture
def live_daphne(transactional_db: None, _server: LiveServer) -> LiveServer:
    """A real server on the test database, one process for the whole run."""
    return _server


def appeals() -> Path | None:
    """The file of real appeals, where the machine has one."""
    named = os.environ.get("LIVEQA_APPEALS_CSV")
    path = Path(named) if named else ROOT.parent / "shared" / "data" / "kz_appeals.csv"
    return path if path.is_file() else None


@pytest.fixture
def appeals_csv() -> Path:
    path = appeals()
    if path is None:
        pytest.skip("no file of real appeals here: set LIVEQA_APPEALS_CSV")
    return path


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that playwright can drive here."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine: browser tests are left out")
    node = compute_driver_executable()[0]
    tried = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"playwright's own Node does not start: {tried.stderr.strip()[-200:]}")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """For each module: playwright's loop must be gone before the next module's async tests."""
    with launched(chromium) as browser:
        yield browser
