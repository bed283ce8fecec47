"""Plays a script into a reception: through the real door and the real moves, with the times of its day."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from streams.common import clock, text
from streams.control import actions as control
from streams.control.models import ControlRecord
from streams.demo import script
from streams.demo.script import Asked
from streams.people.actors import ASKER, Actor
from streams.questions import actions, intake, marks, votes
from streams.questions.intake import Ask
from streams.questions.models import Question
from streams.questions.receipts import Receipt
from streams.questions.rules import Move
from streams.receptions.models import Reception

_NAMESPACE = uuid.UUID("0b5c9a58-1c1c-4a54-9f0e-3c3d8a1e6c55")
# How long a question is on air.
_TURN = timedelta(minutes=2)
Do = Callable[[datetime], object]


@dataclass(frozen=True)
class Crew:
    moderator: Actor
    second: Actor
    host: Actor
    controller: Actor


class Play:
    """Cues are put down in any order and performed in that of their times."""

    def __init__(self, reception: Reception, crew: Crew, *, start: datetime, now: datetime) -> None:
        self._reception, self._crew = reception, crew
        self._start, self._now = start, now
        self._cues: list[tuple[datetime, int, Do]] = []
        self._ids: dict[str, int] = {}

    def cue(self, at: datetime, do: Do) -> None:
        assert at <= self._now, (at, do)
        self._cues.append((at, len(self._cues), do))

    def perform(self) -> None:
        for at, _place, do in sorted(self._cues, key=lambda cue: cue[:2]):
            do(at)

    def ask(self, questions: Sequence[Asked], *, first: timedelta, every: timedelta) -> None:
        """Put down the questions and all that becomes of them; they come in from start + `first`."""
        for index, asked in enumerate(questions):
            at = self._start + first + index * every
            self.cue(at, partial(self._receive, asked))
            if _is_published(asked):
                self.cue(at + _minutes(1), partial(self._approve, asked))
                self.cue(at + _minutes(2), partial(self._vote, asked))
            _FATES[type(asked.fate)](self, asked, asked.fate, at)

    # --- What happens ---

    def _receive(self, asked: Asked, at: datetime) -> None:
        ask = Ask(
            client_id=uuid.uuid5(_NAMESPACE, f"{self._reception.no}/{asked.key}"),
            text=text.clean(asked.text, max_chars=2000),
            name=asked.name,
            district=asked.district,
            contact=asked.contact,
        )
        (receipt,) = intake.receive_many(self._reception.pk, [ask], now=at)
        assert isinstance(receipt, Receipt)
        found = Question.objects.get(reception=self._reception, number=receipt.number)
        self._ids[asked.key] = found.pk

    def _approve(self, asked: Asked, at: datetime) -> None:
        pk, by = self._ids[asked.key], self._crew.moderator
        if asked.tags:
            marks.set_tags(pk, asked.tags, by=by, now=at)
        if asked.public:
            marks.edit_text(pk, asked.public, by=by, expect=self._version(pk), now=at)
        self._move(asked, Move.APPROVE, by, {}, at)

    def _vote(self, asked: Asked, at: datetime) -> None:
        number = Question.objects.values_list("number", flat=True).get(pk=self._ids[asked.key])
        voters = [
            hashlib.sha256(f"{asked.key} {n}".encode()).hexdigest() for n in range(asked.votes)
        ]
        votes.vote_many(self._reception.pk, [(number, voter) for voter in voters])

    def _will(
        self, at: datetime, asked: Asked, move: Move, *, by: Actor | None = None, **given: Any
    ) -> None:
        """Cue a move, by the moderator where nobody else is named."""
        self.cue(at, partial(self._move, asked, move, by or self._crew.moderator, given))

    def _move(
        self, asked: Asked, move: Move, by: Actor, given: dict[str, Any], at: datetime
    ) -> None:
        pk = self._ids[asked.key]
        actions.move(pk, move, by=by, expect=self._version(pk), now=at, **given)

    def _version(self, pk: int) -> int:
        return Question.objects.values_list("version", flat=True).get(pk=pk)

    def _air(self, asked: Asked, minute: int, received: datetime) -> datetime:
        """On air from that minute; the moment the answer is over."""
        at = self._start + _minutes(minute)
        self._will(received + _minutes(3), asked, Move.QUEUE)
        self._will(at, asked, Move.PUT_ON_AIR)
        return at + _TURN

    # --- Fates ---

    def _live(self, asked: Asked, fate: script.Live, at: datetime) -> None:
        over = self._air(asked, fate.minute, at)
        code = fate.minute * 60
        self._will(over, asked, Move.ANSWER_LIVE, time_code_s=code, text=fate.said)

    def _text(self, asked: Asked, fate: script.Text, at: datetime) -> None:
        language = text.detect_language(fate.text)
        self._will(at + _minutes(10), asked, Move.ANSWER_TEXT, text=fate.text, language=language)

    def _on_control(self, asked: Asked, fate: script.OnControl, at: datetime) -> None:
        self.cue(self._air(asked, fate.minute, at), partial(self._escalate, asked, fate))
        for step in fate.steps:
            self.cue(self._now - timedelta(days=step.days_ago), partial(self._step, asked, step))

    def _escalate(self, asked: Asked, fate: script.OnControl, at: datetime) -> None:
        pk = self._ids[asked.key]
        today = clock.local_date(self._now, self._reception.unit.timezone)
        control.escalate(
            pk,
            promise=fate.promise,
            promised_by=self._reception.host_name,
            owner_name=fate.owner,
            due_on=today + timedelta(days=fate.due_in),
            by=self._crew.moderator,
            expect=self._version(pk),
            now=at,
            time_code_s=fate.minute * 60,
        )

    def _step(self, asked: Asked, step: script.Step, at: datetime) -> None:
        record = ControlRecord.objects.get(question_id=self._ids[asked.key])
        by = self._crew.controller
        match step.kind:
            case "assign":
                control.assign(
                    record.pk, executor_name=step.executor, instruction=step.text, by=by, now=at
                )
            case "answer":
                language = text.detect_language(step.text)
                control.answer(record.pk, text=step.text, language=language, by=by, now=at)
            case "remove":
                control.remove(record.pk, result=step.text, by=self._crew.host, now=at)
            case _:
                raise AssertionError(step.kind)

    def _forwarded(self, asked: Asked, fate: script.Forwarded, at: datetime) -> None:
        self._will(at + _minutes(8), asked, Move.FORWARD, body=fate.body, reason=fate.reason)

    def _declined(self, asked: Asked, fate: script.Declined, at: datetime) -> None:
        given: dict[str, Any] = {"reason": fate.reason, "text": fate.text}
        self._will(at + _minutes(4), asked, Move.PROPOSE_DECLINE, **given)
        if not fate.is_open:
            self._will(at + _minutes(7), asked, Move.DECLINE, by=self._crew.second, **given)

    def _same(self, asked: Asked, fate: script.Same, at: datetime) -> None:
        self.cue(at + _minutes(3), partial(self._merge, asked, fate.key))

    def _merge(self, asked: Asked, key: str, at: datetime) -> None:
        target = Question.objects.values_list("number", flat=True).get(pk=self._ids[key])
        self._move(asked, Move.MERGE, self._crew.moderator, {"target": target}, at)

    def _withdrawn(self, asked: Asked, fate: script.Withdrawn, at: datetime) -> None:
        self._will(at + _minutes(5), asked, Move.WITHDRAW, by=ASKER)

    def _carried(self, asked: Asked, fate: script.Carried, at: datetime) -> None:
        """Stays open: whoever ends the reception carries it over."""

    def _aside(self, asked: Asked, fate: script.Aside, at: datetime) -> None:
        given: dict[str, Any] = {"reason": fate.reason}
        self._will(at + _minutes(1), asked, Move.PROPOSE_ASIDE, **given)
        self._will(at + _minutes(2), asked, Move.SET_ASIDE, by=self._crew.second, **given)

    def _waiting(self, asked: Asked, fate: script.Waiting, at: datetime) -> None:
        if fate.status in {"queued", "on_air"}:
            self._will(at + _minutes(2), asked, Move.QUEUE)
        if fate.status == "on_air":
            self._will(self._now - timedelta(seconds=40), asked, Move.PUT_ON_AIR)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def _is_published(asked: Asked) -> bool:
    """Whether the moderators saw its text and let it be shown."""
    if isinstance(asked.fate, script.Waiting):
        return asked.fate.status != "new"
    return not isinstance(asked.fate, script.Declined | script.Withdrawn | script.Aside)


_FATES: dict[type, Callable[[Play, Asked, Any, datetime], None]] = {
    script.Live: Play._live,
    script.Text: Play._text,
    script.OnControl: Play._on_control,
    script.Forwarded: Play._forwarded,
    script.Declined: Play._declined,
    script.Same: Play._same,
    script.Withdrawn: Play._withdrawn,
    script.Carried: Play._carried,
    script.Aside: Play._aside,
    script.Waiting: Play._waiting,
}
