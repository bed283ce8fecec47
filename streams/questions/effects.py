"""What single moves do besides changing the status. Each returns its entry's data: digests, no texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Max, Min

from streams.people.actors import Actor
from streams.questions import answers, carry, proposals, saved_replies, targets
from streams.questions.models import Question
from streams.questions.rules import QUEUE_STEP, REFUSES, IllegalMove, Move
from streams.receptions import chain
from streams.receptions.models import Reception

Data = dict[str, Any]
Effect = Callable[[Question, Reception, Actor, datetime, Data], Data]


def digest(question: Question, text: str) -> str:
    return chain.text_digest(bytes(question.text_key), text)


def end_of_queue(reception_id: int) -> int:
    last = Question.objects.filter(reception_id=reception_id).aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + QUEUE_STEP


def _approve(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    return {"text": digest(q, q.public_text), "text_version": q.text_version}


def _hide(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    if not q.is_public:
        raise IllegalMove(Move.HIDE, "state")
    return {}


def _queue(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    if given.get("first"):
        first = Question.objects.filter(reception=r).aggregate(first=Min("place"))["first"]
        q.place = 0 if first is None else first - QUEUE_STEP
    return {"first": bool(given.get("first"))}


def _back_to_queue(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    # "Later" means behind those who wait, not before them.
    return _queue(q, r, by, now, {})


def _propose_decline(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    proposals.make(q, Move.DECLINE, given["reason"], given["text"], by=by, now=now)
    return {"reason": given["reason"], "text": digest(q, given["text"])}


def _decline(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    reason, text = given["reason"], given["text"]
    confirmed = proposals.confirm(q, r.unit, Move.DECLINE, reason, text, by=by)
    q.reason = reason
    answers.give(q, "declined", text, language=q.language, by=by, now=now)
    return {"reason": reason, "text": digest(q, text), "confirmed": confirmed}


def _propose_aside(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    proposals.make(q, Move.SET_ASIDE, given["reason"], "", by=by, now=now)
    return {"reason": given["reason"]}


def _set_aside(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    confirmed = proposals.confirm(q, r.unit, Move.SET_ASIDE, given["reason"], "", by=by)
    q.reason = given["reason"]
    return {"reason": given["reason"], "confirmed": confirmed}


def _refuse(move: Move, q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    return {"own": proposals.refuse(q, move, by=by)}


def _answer_live(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    text, code = given.get("text", ""), given["time_code_s"]
    answers.give(q, "on_air", text, language=q.language, by=by, now=now, time_code_s=code)
    return {"time_code_s": code, "text": digest(q, text) if text else None}


def _answer_text(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    answers.give(q, "written", given["text"], language=given["language"], by=by, now=now)
    if given.get("saved"):
        saved_replies.count_use(given["saved"])
    return {"language": given["language"], "text": digest(q, given["text"])}


def _answer_control(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    answers.give(q, "control", given["text"], language=given["language"], by=by, now=now)
    return {"language": given["language"], "text": digest(q, given["text"])}


def _escalate(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    return {
        "record": given["record"],
        "promise": digest(q, given["promise"]),
        "due_on": given["due_on"].isoformat(),
        "time_code_s": given.get("time_code_s"),
    }


def _forward(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    answers.give(
        q, "forwarded", given["reason"], language=q.language, by=by, now=now, body=given["body"]
    )
    return {"body": digest(q, given["body"]), "reason": digest(q, given["reason"])}


def _merge(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    q.merged_into = targets.of(q, given["target"])
    return {"target": q.merged_into.number}


def _carry_over(q: Question, r: Reception, by: Actor, now: datetime, given: Data) -> Data:
    child = carry.receive_again(q, given["reception"], by=by, now=now)
    return {"to": child.reception.no, "number": child.number}


EFFECTS: dict[Move, Effect] = {
    Move.APPROVE: _approve,
    Move.HIDE: _hide,
    Move.QUEUE: _queue,
    Move.BACK_TO_QUEUE: _back_to_queue,
    Move.PROPOSE_DECLINE: _propose_decline,
    Move.DECLINE: _decline,
    Move.PROPOSE_ASIDE: _propose_aside,
    Move.SET_ASIDE: _set_aside,
    **{move: partial(_refuse, move) for move in REFUSES},
    Move.ANSWER_LIVE: _answer_live,
    Move.ANSWER_TEXT: _answer_text,
    Move.ANSWER_FROM_CONTROL: _answer_control,
    Move.ESCALATE: _escalate,
    Move.FORWARD: _forward,
    Move.MERGE: _merge,
    Move.CARRY_OVER: _carry_over,
}
