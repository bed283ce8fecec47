"""The region's standing reception: a month's register with answers given, due and overdue."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from streams.demo.people import REGION
from streams.demo.texts.blog import QUESTIONS
from streams.people.actors import Actor
from streams.people.models import Membership, Unit
from streams.people.rules import Role
from streams.questions import actions, intake
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import standing
from streams.receptions.models import Reception, Standing

_NAMESPACE = uuid.UUID("0d7c3a52-27b5-4c7e-9f0b-6a6f0d3d5f11")
_SERVICE_DAYS = 7
_ANSWERED_AFTER = timedelta(hours=30)


def prepare(now: datetime) -> None:
    """Open this month's register; the first one gets its questions at days of the past."""
    unit = Unit.objects.get(code=REGION)
    if Standing.objects.filter(unit=unit).exists():
        standing.turn(now)
        return
    unit.service_days = _SERVICE_DAYS
    unit.save(update_fields=["service_days"])
    host = Membership.objects.filter(unit=unit, role=Role.CHIEF).select_related("user").first()
    Standing.objects.create(
        unit=unit,
        host=host.user if host else None,
        host_name=host.user.full_name if host else unit.name,
        host_post=host.user.post if host else "",
    )
    begin = now.astimezone(ZoneInfo(unit.timezone)).replace(
        day=1, hour=0, minute=0, second=1, microsecond=0
    )
    register = standing.current(unit, now=begin)
    assert register is not None
    _fill(register, begin, now)


def _fill(register: Reception, begin: datetime, now: datetime) -> None:
    pair = _moderators(register)
    step = (now - begin) / (len(QUESTIONS) + 1)
    moments: list[tuple[datetime, int, str]] = []
    for place, (_name, _district, _text, answer, _language) in enumerate(QUESTIONS):
        at = begin + step * (place + 0.5)
        moments.append((at, place, "ask"))
        if answer:
            moments.append((min(at + _ANSWERED_AFTER, now), place, "close"))
    for at, place, what in sorted(moments):
        if what == "ask":
            _ask(register, place, at)
        elif len(pair) == 2:
            _close(register, place, pair, at)


def _ask(register: Reception, place: int, at: datetime) -> None:
    name, district, text, _answer, language = QUESTIONS[place]
    ask = intake.parse(
        {
            "client_id": str(_id(register, place)),
            "text": text,
            "name": name,
            "district": district,
            "language": language,
        }
    )
    intake.receive_many(register.pk, [ask], now=at)


def _close(register: Reception, place: int, pair: list[Actor], at: datetime) -> None:
    _name, _district, _text, answer, language = QUESTIONS[place]
    question = Question.objects.get(reception=register, client_id=_id(register, place))
    steps: list[tuple[Move, dict[str, str]]] = [
        (Move.ANSWER_TEXT, {"text": answer, "language": language})
    ]
    if answer == "aside":
        given = {"reason": "greeting"}
        steps = [(Move.PROPOSE_ASIDE, given), (Move.SET_ASIDE, given)]
    for (move, fields), by in zip(steps, pair, strict=False):
        question.refresh_from_db(fields=["version"])
        actions.move(question.pk, move, by=by, expect=question.version, now=at, **fields)


def _id(register: Reception, place: int) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, f"{register.no} {place}")


def _moderators(register: Reception) -> list[Actor]:
    """Two, as setting aside takes a second person."""
    served = Membership.objects.filter(unit=register.unit, role=Role.MODERATOR).order_by("pk")
    return [Actor(Role.MODERATOR, member.user) for member in served.select_related("user")[:2]]
