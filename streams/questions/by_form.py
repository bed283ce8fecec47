"""One question by a form, which a step back in the browser brings again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from streams.people.actors import ASKER, Actor
from streams.questions import intake
from streams.questions.intake import Ask, Refusal
from streams.questions.receipts import Receipt


def receive(reception_id: int, ask: Ask, *, now: datetime, by: Actor = ASKER) -> Receipt | Refusal:
    """Idempotent by the form's id. The same form with other words is another question, and the same one
    however often it arrives.
    """
    result = intake.receive_many(reception_id, [ask], now=now, by=by)[0]
    if isinstance(result, Refusal) and result.code == "reused":
        again = replace(ask, client_id=uuid.uuid5(ask.client_id, ask.text))
        result = intake.receive_many(reception_id, [again], now=now, by=by)[0]
    return result
