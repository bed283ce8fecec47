"""python -m bench.backstage: reads a command a line, answers a line. Runs the product's own code."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")

import django

django.setup()

from django.db import transaction

from bench import backstage_checks, backstage_tables
from bench.backstage_checks import moderator
from streams.common import clock
from streams.people.models import Unit
from streams.questions import actions, intake, jobs
from streams.questions.models import Question
from streams.questions.receipts import Receipt
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import Kind

PREPARED = 40
TEXT = (
    "Когда починят дорогу и уличное освещение на улице Абая, между школой и поликлиникой? "
    "Дети ходят в темноте, обращались уже трижды. Вопрос {number}."
)
_prepared: dict[int, deque[Question]] = {}
T = TypeVar("T")


def reception(prepared: int = PREPARED) -> dict[str, Any]:
    by, now = moderator(), clock.now()
    start = now - timedelta(minutes=5)
    made = receptions.schedule(
        Unit.objects.get(code="BENCH"),
        Kind.WEDNESDAY,
        starts_at=start,
        intake_from=start - timedelta(days=1),
        host_name="Серик Омаров",
        by=by,
        now=start,
    )
    receptions.go_live(made.pk, by=by, now=start)
    if prepared:
        _receive(made.pk, prepared)
    questions = deque[Question]()
    for pk, version in Question.objects.filter(reception=made).values_list("pk", "version"):
        questions.append(actions.move(pk, Move.APPROVE, by=by, expect=version, now=clock.now()))
    _prepared[made.pk] = questions
    return {"id": made.pk, "no": made.no, "seq": head(made.pk)}


def change(reception: int) -> dict[str, int]:
    """Into the queue and out again: a move that never runs out. Nothing is read for it that a
    moderator's browser would not know already."""
    question = _prepared[reception].popleft()
    move = Move.UNQUEUE if question.status == "queued" else Move.QUEUE
    moved, at = _stamped(
        lambda: actions.move(
            question.pk, move, by=moderator(), expect=question.version, now=clock.now()
        )
    )
    _prepared[reception].append(moved)
    return {"seq": moved.reception.last_seq, "at": at, "number": moved.number}


def receive(reception: int, count: int) -> dict[str, int]:
    receipts, at = _stamped(lambda: _receive(reception, count))
    return {"seq": receipts[-1].seq, "at": at}


def head(reception: int) -> int:
    return Reception.objects.values_list("last_seq", flat=True).get(pk=reception)


def index() -> int:
    """What came in, as the worker does from time to time: how much there was to do."""
    return jobs.make_comparable()


def _receive(reception_id: int, count: int) -> list[Receipt]:
    asks = [
        intake.parse({"client_id": str(uuid.uuid4()), "text": TEXT.format(number=number)})
        for number in range(count)
    ]
    found = intake.receive_many(reception_id, asks, now=clock.now())
    return [receipt for receipt in found if isinstance(receipt, Receipt)]


def _stamped(act: Callable[[], T]) -> tuple[T, int]:
    """What came of it, and the moment of its commit."""
    stamps: list[int] = []
    with transaction.atomic():
        # Called in the order of their making: ours comes before the bell's.
        transaction.on_commit(lambda: stamps.append(time.monotonic_ns()))
        done = act()
    return done, stamps[0]


COMMANDS: dict[str, Callable[..., Any]] = {
    "reception": reception,
    "change": change,
    "receive": receive,
    "head": head,
    "index": index,
    **backstage_checks.COMMANDS,
    **backstage_tables.COMMANDS,
}


def main() -> None:
    for line in sys.stdin:
        given = json.loads(line)
        try:
            answer = {"done": COMMANDS[given.pop("do")](**given)}
        except Exception as error:  # noqa: BLE001 -- whoever asked must hear of it
            traceback.print_exc()
            answer = {"failed": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
