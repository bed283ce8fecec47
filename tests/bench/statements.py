# ruff: noqa: E402, T201 -- a program of its own: Django first, then what needs it
"""What a rehearsal costs the database, statement by statement; start-up, the latency of a job, a click.

    make profile                 # ARGS="QUESTIONS VIEWERS", by default 400 150

On servers of its own: a reception, its viewers on real sockets, a moderator's move for every fourth question. Then
what moderators do, one by one (`clicks.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")
os.environ["ASK_PER_VIEWER_PER_MIN"] = os.environ["ASK_PER_ADDRESS_PER_MIN"] = "100000"

import django

django.setup()

import django_rq
from django.core.management import call_command
from django.db import connection

from liveqa.services.parts import MANAGE, WEB
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.bench import clicks
from tests.cast import Cast, make_cast, make_move, make_reception
from tests.ports import free_port

TOP = 16
REPORT = """
SELECT calls, total_plan_time + total_exec_time AS total_ms, rows, query
FROM pg_stat_statements JOIN pg_database ON dbid = pg_database.oid
WHERE datname = current_database() AND query NOT LIKE '%%pg_stat_statements%%'
ORDER BY total_ms DESC LIMIT %s
"""


def execute(sql: str, *parameters: int | str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def main() -> None:
    questions, viewers = (*map(int, sys.argv[1:]), *(400, 150)[len(sys.argv) - 1 :])
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    execute("ALTER SYSTEM SET pg_stat_statements.track_planning = on")
    execute("SELECT pg_reload_conf()")
    cast = make_cast()
    reception = make_reception(cast)
    with web() as (url, started_s):
        execute("SELECT pg_stat_statements_reset()")
        rehearse(reception, questions, viewers, url)
        moves = moderate(cast, reception)
    print(f"\nStart-up until the first page: {started_s:.1f} s")
    print(f"Job, from enqueueing to its end: {job_latency_ms():.0f} ms (median of 20)")
    print(f"\n{questions} questions, {viewers} viewers, {moves} moves of a moderator")
    print(f"{'calls':>7} {'ms':>9} {'ms each':>8} {'rows':>8}  statement")
    for calls, total_ms, rows, query in execute(REPORT, TOP):
        assert isinstance(calls, int)
        assert isinstance(total_ms, float)
        words = " ".join(str(query).split())[:96]
        print(f"{calls:7} {total_ms:9.1f} {total_ms / calls:8.3f} {rows:8}  {words}")
    clicks.measure(make_reception(cast), cast).tell()


class web:  # noqa: N801 -- reads as what it gives
    """A web process of ours; its address, and how long it took to answer."""

    def __enter__(self) -> tuple[str, float]:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        began = time.monotonic()
        environment = os.environ | {"PORT": str(port), "ALLOWED_ORIGINS": url, "LOG_LEVEL": "ERROR"}
        self._process = subprocess.Popen([*WEB, "--port", str(port)], env=environment)
        while True:
            try:
                with urllib.request.urlopen(f"{url}/sign-in/", timeout=5):  # noqa: S310
                    return url, time.monotonic() - began
            except OSError:
                assert self._process.poll() is None, "the web process ended"

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=40)


def rehearse(reception: Reception, questions: int, viewers: int, url: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as script:
        script.write("text\n")
        script.writelines(
            f"Вопрос {n}: когда починят дорогу на улице Мира?\n" for n in range(questions)
        )
        script.flush()
        call_command(
            "rehearse", script.name, reception=reception.no, url=url, viewers=viewers, rate=50
        )


def moderate(cast: Cast, reception: Reception) -> int:
    chosen = Question.objects.filter(reception=reception, number__in=range(1, 10_000, 4))
    for question in chosen:
        make_move(question, Move.APPROVE, cast.by)
    return len(chosen)


def job_latency_ms() -> float:
    command = [
        *MANAGE,
        "rqworker",
        "default",
        "-v",
        "0",
        "--worker-class",
        "liveqa.worker.PromptWorker",
    ]
    worker = subprocess.Popen(
        [*command, "--serializer", "rq.serializers.JSONSerializer"], cwd=Path.cwd()
    )
    taken: list[float] = []
    try:
        for _ in range(21):
            began = time.monotonic()
            job = django_rq.get_queue().enqueue("time.time")
            while not job.is_finished:
                assert not job.is_failed
                time.sleep(0.002)
            taken.append((time.monotonic() - began) * 1000)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    return sorted(taken[1:])[10]  # the first one also waits for the worker's start


if __name__ == "__main__":
    main()
