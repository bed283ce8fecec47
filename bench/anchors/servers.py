"""The servers beside the product: what each sends is the frame that the product sent."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import build, cpu
from bench.build import HERE, MADE
from bench.product import CHECKOUT, free_port

NODE = HERE / "anchors" / "node"
START_S = 60.0
INSTALL_S = 120.0
# The times of our own server, in daphne's words.
SOCKETS = (
    *("--ping-interval", "20", "--ping-timeout", "20"),
    *("--websocket_connect_timeout", "20", "--websocket_timeout", "28800"),
)


class Absent(Exception):
    """This anchor can't be had here; the message says why."""


@contextlib.contextmanager
def serving(
    command: Sequence[object], port: int, *, env: Mapping[str, str], core: int | None
) -> Iterator[int]:
    """The pid, once the port answers. Raises Absent."""
    log = MADE / f"anchor-{port}.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(word) for word in command],
            cwd=CHECKOUT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + START_S
        while not _answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise Absent(f"it did not start: {log.read_text(errors='replace')[-400:]}")
            time.sleep(0.05)
        if core is not None:
            cpu.pin(child.pid, core)
        yield child.pid
    finally:
        child.kill()
        child.wait()
        log.unlink(missing_ok=True)


@contextlib.contextmanager
def c_loop(frame: Mapping[str, Any], core: int | None) -> Iterator[tuple[int, int]]:
    """Port and pid. Raises Absent."""
    program = build.program("fanout")
    if program is None:
        raise Absent("no C compiler")
    port = free_port()
    path = MADE / f"frame-{port}.json"
    path.write_text(_with_seq(frame, '"%SEQ%"').replace('"%SEQ%"', "%SEQ%"), encoding="utf-8")
    try:
        with serving([program, port, path], port, env=os.environ, core=core) as pid:
            yield port, pid
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def node_ws(frame: Mapping[str, Any], core: int | None) -> Iterator[tuple[int, int]]:
    """Raises Absent."""
    node = shutil.which("node")
    if node is None:
        raise Absent("no Node")
    home, port = _node_home(), free_port()
    path = MADE / f"frame-{port}.json"
    path.write_text(json.dumps(frame, ensure_ascii=False), encoding="utf-8")
    try:
        command = [node, home / "server.mjs", port, path]
        with serving(command, port, env=os.environ, core=core) as pid:
            yield port, pid
    finally:
        path.unlink(missing_ok=True)


def _node_home() -> Path:
    """The pinned `ws`, installed beside a copy of the server. Raises Absent."""
    home = MADE / "node"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("server.mjs", "package.json", "package-lock.json"):
        shutil.copyfile(NODE / name, home / name)
    stamp, wanted = home / "installed", (NODE / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return home
    npm = shutil.which("npm")
    if npm is None:
        raise Absent("no npm")
    try:
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Absent(f"npm took longer than {INSTALL_S:.0f} s") from None
    if done.returncode != 0:
        raise Absent(f"npm could not install ws: {done.stderr.strip()[-200:]}")
    stamp.write_text(wanted)
    return home


@contextlib.contextmanager
def plain_channels(
    frame: Mapping[str, Any], redis_url: str, core: int | None
) -> Iterator[tuple[int, int]]:
    """`group_send` on daphne, with the product's own channel layer. Raises Absent."""
    port = free_port()
    path = MADE / f"frame-{port}.json"
    path.write_text(json.dumps(frame, ensure_ascii=False), encoding="utf-8")
    env = {**os.environ, "REDIS_URL": redis_url, "BENCH_FRAME": str(path)}
    try:
        with serving(daphne("bench.anchors.plain", port), port, env=env, core=core) as pid:
            yield port, pid
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def one_by_one(
    env: Mapping[str, str], reception_id: int, core: int | None
) -> Iterator[tuple[int, int]]:
    """One ORM transaction for each question, in a Channels consumer on daphne."""
    port = free_port()
    env = {**env, "BENCH_RECEPTION": str(reception_id)}
    with serving(daphne("bench.anchors.one_by_one", port), port, env=env, core=core) as pid:
        yield port, pid


def daphne(module: str, port: int) -> list[object]:
    """With a listen backlog that a storm fits in; daphne's own would only make the anchor slower."""
    endpoint = f"tcp:port={port}:interface=127.0.0.1:backlog=4096"
    return [
        sys.executable,
        "-m",
        "daphne",
        "-e",
        endpoint,
        "-v",
        "0",
        *SOCKETS,
        f"{module}:application",
    ]


def _with_seq(frame: Mapping[str, Any], seq: str) -> str:
    """Compact, as the product encodes."""
    text = json.dumps({**frame, "seq": json.loads(seq)}, ensure_ascii=False, separators=(",", ":"))
    assert text.startswith('{"v":1,"seq":')
    return text


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
