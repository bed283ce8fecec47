"""Runs the tests of the pure modules where the machine has Node."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def test_pure_modules_keep_their_promises() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on this machine: the tests of the pure modules are left out")
    files = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
