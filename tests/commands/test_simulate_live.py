"""A rehearsal as a person calls it: what it says, what it refuses, how it stops, whom it connects."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from streams.common import clock
from streams.sources.models import Source
from tests.cast import make_cast
from tests.conftest import ROOT
from tests.patience import PATIENCE_S, eventually


def run(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("simulate_live", *args, "--linger", "0", stdout=out, no_color=True, **options)
    return out.getvalue()


@pytest.fixture
def comments(tmp_path: Path) -> Path:
    file = tmp_path / "comments.csv"
    file.write_text("text\n" + "".join(f"Сұрақ {n}\n" for n in range(40)), encoding="utf-8")
    return file


def test_it_says_what_to_enter_and_how_it_went(comments: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    said = run(
        *("--platform", "youtube", "--platform", "telegram", "--file", str(comments)),
        *("--rate", "0", "--duplicates", "10", "--end", "--record", str(record)),
    )
    assert "base_url       http://127.0.0.1:" in said
    assert "bot_token" in said
    assert "SOURCES_PRIVATE_NETWORKS=127.0.0.0/8" in said
    assert said.count("20 comments, 0 of them taken back") == 2
    rows = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert len({(row["platform"], row["comment"]) for row in rows if row["what"] == "sent"}) == 40
    assert any(row["again"] for row in rows)


def test_without_a_file_comments_are_invented() -> None:
    assert "12 comments" in run("--platform", "youtube", "--limit", "12", "--rate", "0")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (("--duplicates", "200"), "percentage"),
        (("--fault", "quota@soon"), "KIND@COMMENT"),
        (("--option", "youtube:colour=red"), "youtube knows"),
        (("--file", "/nowhere.csv"), "No such file"),
    ],
)
def test_what_is_wrong_is_said(wrong: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run("--platform", "youtube", *wrong)


@pytest.mark.django_db(transaction=True)
def test_connected_sources_lead_to_the_fakes_and_are_switched_off_after(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cast = make_cast()

    def run_once() -> str:
        return run(
            *("--platform", "youtube", "--platform", "telegram", "--connect", cast.district.code),
            *("--limit", "4", "--rate", "0", "--url", "http://127.0.0.1:9"),
        )

    assert run_once().count("LiveQA is to listen to it") == 2
    # No server runs here, as no server hears of us that may not call this machine.
    assert "LiveQA has not asked youtube, telegram for anything yet" in capsys.readouterr().err
    first = {source.platform: source for source in Source.objects.all()}
    assert set(first) == {"youtube", "telegram"}
    assert not any(source.is_enabled for source in first.values())
    assert first["youtube"].settings["base_url"].startswith("http://127.0.0.1:")
    assert first["youtube"].secrets["api_key"]
    # A quota that was spent in one rehearsal is there again in the next.
    Source.objects.update(health="quota", retry_at=clock.now() + timedelta(hours=5))
    run_once()
    assert not Source.objects.filter(retry_at__isnull=False).exists()
    assert Source.objects.count() == 2


def test_an_unknown_unit_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no unit"):
        run("--platform", "youtube", "--connect", "NOWHERE")


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "manage.py", "simulate_live", "--platform", "youtube", "--no-color"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--rate", "1"],
            cwd=ROOT,
            stdout=out,
            stderr=out,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    eventually(lambda: b"Ctrl-C" in log.read_bytes() or process.poll() is not None, log.read_text)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0, log.read_text()
    assert "Stopped before its end." in log.read_text()
    assert "Traceback" not in log.read_text()
