"""Processes that are started again when they die."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from liveqa.services.errors import ServicesError
from liveqa.services.parts import FIRST_PAUSE_S, LONGEST_PAUSE_S, Kept, start
from tests.patience import eventually

STAY = (sys.executable, "-c", "import sys, time; print('up', flush=True); time.sleep(600)")
FAIL = (sys.executable, "-c", "raise SystemExit(3)")
FINISH = (sys.executable, "-c", "pass")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "part.log"


@pytest.fixture
def stays(log: Path) -> Iterator[Kept]:
    part = Kept("web", lambda: start(STAY, log))
    part.open()
    eventually(lambda: "up" in log.read_text())
    yield part
    part.close()


def test_a_healthy_part_is_left_alone(stays: Kept) -> None:
    before = stays.child

    stays.look()

    assert stays.child is before
    assert stays.due is None


def test_a_killed_part_is_started_again_after_a_pause(stays: Kept) -> None:
    before = stays.child
    assert before is not None
    before.kill()
    before.wait()

    stays.look()
    assert stays.due is not None
    assert stays.child is before  # not yet

    stays.due = 0.0
    stays.look()
    assert stays.child is not before
    assert stays.child is not None
    assert stays.child.poll() is None


def test_pauses_grow_up_to_a_limit(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    part = Kept("cron", lambda: start(FAIL, log))
    pauses = []
    for _ in range(8):
        part.open()
        assert part.child is not None
        part.child.wait()
        pauses.append(part.pause_s)
        part.look()

    assert pauses[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert pauses[-1] == LONGEST_PAUSE_S
    assert "cron ended with code 3; starting it again in 1 s" in capsys.readouterr().err


def test_a_part_that_may_end_is_not_started_again(log: Path) -> None:
    part = Kept("feed", lambda: start(FINISH, log), once=True)
    part.open()
    finished = part.child
    assert finished is not None
    finished.wait()

    part.look()

    assert part.child is None
    assert part.due is None


def test_a_part_that_cannot_start_is_tried_again_later(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> NoReturn:
        raise ServicesError("the disk is full")

    part = Kept("PostgreSQL", fail, due=0.0)

    part.look()

    assert part.due is not None
    assert part.due > 0
    assert "did not start: the disk is full" in capsys.readouterr().err


def test_closing_takes_the_children_of_a_part_along(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    holder = f"import time; pipe = open({str(pipe)!r}, 'w'); time.sleep(600)"
    grandchild = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {holder!r}])"
    part = Kept("worker", lambda: start((sys.executable, "-c", grandchild), tmp_path / "log"))
    part.open()
    with pipe.open() as end:  # opens when the grandchild has opened its side
        part.close()

        assert end.read() == ""  # ends when nobody holds the other side
