"""What can be run, what it is called, and what the pieces below it promise."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import cpu, show
from bench.backstage_tables import _literal
from bench.build import HERE
from bench.context import FULL, QUICK
from bench.scenarios import BY_NAME, DEFAULT, LONG
from bench.verdicts import BUSIEST, NOISE

README = (HERE / "README.md").read_text(encoding="utf-8")


def test_every_scenario_is_explained() -> None:
    for name in BY_NAME:
        assert f"| `{name}` |" in README


def test_the_long_ones_run_by_name_only() -> None:
    assert BY_NAME.keys() >= LONG
    assert not LONG & set(DEFAULT)


def test_the_rules_of_claiming_are_those_of_the_readme() -> None:
    assert f"{NOISE:.0%}".replace("%", " %") in README
    assert f"{BUSIEST:.0%}".replace("%", " %") in README


def test_claims_need_the_sizes_that_the_bars_speak_of() -> None:
    assert FULL.is_full
    assert not QUICK.is_full


def test_an_unknown_scenario_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--only", "fan-out,nothing"],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no scenario nothing" in done.stdout


def test_cpu_time_of_a_process() -> None:
    before = cpu.of_process(os.getpid())
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert cpu.of_process(os.getpid()) - before >= 0.05


def test_a_family_is_counted_after_its_members_end() -> None:
    before = cpu.of_families([os.getpid()])
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert cpu.of_families([os.getpid()]) - before > 0.02


def test_a_meter_leaves_out_whom_it_is_told_to() -> None:
    meter = cpu.Meter({"us": [os.getpid()]}, without={os.getpid()})
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert meter.read()[0]["us"] < 0.05


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "NULL"),
        ("Мира, 5", "E'Мира, 5'"),
        ("it's", "E'it''s'"),
        ("05:12:44", "E'05\\x3A12\\x3A44'"),
        ("\\x00ff", "E'\\\\x00ff'"),
        ("two\nlines", "E'two\\nlines'"),
    ],
)
def test_no_literal_looks_like_a_variable_to_pgbench(value: str | None, literal: str) -> None:
    assert _literal(value) == literal
    assert ":" not in _literal(value)


def test_a_table_stands_straight() -> None:
    lines = show.table(("", "ms"), [["ours", "9"], ["theirs", "100"]])
    assert lines == ["         ms", "ours      9", "theirs  100"]


def test_nothing_of_a_run_is_kept_in_the_repository() -> None:
    ignored = (HERE.parent / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".bench/" in ignored
    assert str(show.RESULTS.relative_to(HERE.parent)) in ignored
    lock = Path(HERE / "anchors" / "node" / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in lock
