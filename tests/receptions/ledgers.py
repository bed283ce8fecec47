"""A reception with every kind of entry in its journal, and its ledger as published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from streams.common import clock
from streams.control import actions as control
from streams.questions import actions, drafts, marks, queries, running_order
from streams.questions.models import Question
from streams.questions.replay import Replay
from streams.questions.rules import Move
from streams.receptions import actions as reception_actions
from streams.receptions import journal, ledger
from streams.receptions.models import Entry, Reception
from streams.receptions.verify import Report, Walk
from tests.cast import ASKER, Cast, ask, make_move, make_reception


def full_reception(cast: Cast) -> Reception:
    """Sealed, with every move, undo, reopening, redaction and a promise kept after the seal."""
    now = clock.now()
    reception = make_reception(cast, now=now)
    later = make_reception(cast, now=now + timedelta(days=7), live=False)
    questions = [
        ask(reception, f"Вопрос жителя номер {n}: когда починят дорогу?") for n in range(12)
    ]
    by, second = cast.by, cast.by_second
    steps: list[tuple[int, Move, dict[str, Any]]] = [
        (0, Move.APPROVE, {}),
        (0, Move.QUEUE, {}),
        (0, Move.UNQUEUE, {}),
        (0, Move.QUEUE, {"first": True}),
        (0, Move.PUT_ON_AIR, {}),
        (0, Move.BACK_TO_QUEUE, {}),
        (0, Move.PUT_ON_AIR, {}),
        (0, Move.ANSWER_LIVE, {}),
        (0, Move.REOPEN, {}),
        (0, Move.ANSWER_LIVE, {}),
        (1, Move.ANSWER_TEXT, {}),
        (3, Move.FORWARD, {}),
        (4, Move.PROPOSE_DECLINE, {}),
        (4, Move.REFUSE_DECLINE, {}),
        (4, Move.PROPOSE_DECLINE, {}),
        (5, Move.MERGE, {"target": 1}),
        (7, Move.PROPOSE_ASIDE, {}),
        (8, Move.APPROVE, {}),
        (8, Move.HIDE, {}),
        (8, Move.APPROVE, {}),
    ]
    for index, move, given in steps:
        make_move(questions[index], move, by, **given)
    make_move(questions[4], Move.DECLINE, second)
    make_move(questions[7], Move.REFUSE_ASIDE, second)
    make_move(questions[7], Move.SET_ASIDE, by)
    for index in (9, 11):
        make_move(questions[index], Move.QUEUE, by)
    running_order.move(reception.pk, 12, running_order.Where.FIRST, by=by, now=clock.now())
    marks.set_cue(questions[11].pk, "План ремонта, пункт 4", by=by, now=clock.now())
    drafts.keep(questions[11].pk, "В мае.", "ru", for_chief=True, by=by, now=clock.now())
    undone = make_move(questions[9], Move.ANSWER_TEXT, by)
    undone = actions.undo(undone.pk, by=by, expect=undone.version, now=clock.now())
    marks.edit_text(
        undone.pk, "Вопрос жителя о дороге", by=by, expect=undone.version, now=clock.now()
    )
    marks.set_tags(undone.pk, ["roads"], by=by, now=clock.now())
    make_move(questions[9], Move.ANSWER_TEXT, by)
    make_move(questions[6], Move.WITHDRAW, ASKER)
    reception_actions.pause(reception.pk, by=by, now=clock.now())
    reception_actions.resume(reception.pk, by=by, now=clock.now())
    kept = promise(cast, questions[2])
    promise(cast, questions[10])
    reception_actions.end(reception.pk, by=by, now=clock.now())
    for index in (8, 11):
        make_move(questions[index], Move.CARRY_OVER, by, reception=later.no)
    marks.record_said(questions[0].pk, "Начнём в мае.", by=by, now=clock.now())
    reception_actions.seal(reception.pk, by=by, now=clock.now(), count=queries.for_seal)
    control.assign(
        kept, executor_name="Отдел дорог", instruction="Починить", by=cast.by_chief, now=clock.now()
    )
    control.answer(kept, text="Дорога починена.", language="ru", by=cast.by_chief, now=clock.now())
    control.remove(kept, result="done", by=cast.by_chief, now=clock.now())
    return Reception.objects.select_related("unit").get(pk=reception.pk)


def promise(cast: Cast, question: Question) -> int:
    question.refresh_from_db()
    now = clock.now()
    record = control.escalate(
        question.pk,
        promise="Починим до зимы",
        promised_by=cast.chief.full_name,
        owner_name="Отдел дорог",
        due_on=(now + timedelta(days=30)).date(),
        by=cast.by,
        expect=question.version,
        now=now,
    )
    return int(record.pk)


def entries_of(reception: Reception) -> list[dict[str, Any]]:
    found = Entry.objects.filter(reception=reception).select_related("reception").order_by("seq")
    return [journal.public(entry) for entry in found]


def check_entries(entries: Iterable[Mapping[str, Any]]) -> Report:
    """In the order in which they are kept."""
    walk = Walk(Replay())
    for entry in entries:
        walk.step(entry)
    return walk.finish()


def write(entries: list[dict[str, Any]], equation: Mapping[str, Any]) -> bytes:
    """The whole file at once."""
    writer = ledger.Writer()
    return writer.opening(entries[0]) + writer.body(entries) + writer.closing(equation)


def file_of(reception: Reception) -> bytes:
    return write(entries_of(reception), queries.equation(reception.pk).published())


@dataclass(frozen=True)
class Published:
    """What the public gets of a reception: it outlives the rows."""

    no: str
    head: str
    file: bytes

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The caller's own, to be tampered with."""
        return list(json.loads(self.file)["entries"])

    @property
    def sums(self) -> dict[str, Any]:
        return dict(json.loads(self.file)["closing"]["equation"])


def publish(reception: Reception) -> Published:
    return Published(reception.no, reception.last_hash, file_of(reception))
