"""One cast for all tests. Who is who stays the same, so a test's names tell its story."""

from __future__ import annotations

import functools
import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from streams.common import clock
from streams.common.series import Series
from streams.control import actions as control
from streams.control.models import ControlRecord
from streams.people.actors import ASKER, Actor
from streams.people.models import Membership, Unit, User
from streams.people.rules import Role
from streams.questions import actions, intake, saved_replies
from streams.questions.models import Question, SavedReply, Tag
from streams.questions.receipts import Receipt
from streams.questions.rules import Move
from streams.receptions import actions as reception_actions
from streams.receptions.models import Reception
from streams.receptions.rules import Kind

# Receptions of different tests never share a public number: a server that lives through several
# tests may remember the earlier one.
_series = itertools.count(100, 100)


@dataclass(frozen=True)
class Cast:
    """`region` → `district`, `neighbour`; `abroad` is another region. All serve in `district`,
    but for `region_chief` (whole region) and `stranger`, a moderator of `abroad`."""

    region: Unit
    district: Unit
    neighbour: Unit
    abroad: Unit
    moderator: User
    second_moderator: User
    chief: User
    region_chief: User
    controller: User
    executor: User
    reviewer: User
    editor: User
    administrator: User
    stranger: User

    @property
    def by(self) -> Actor:
        return Actor(Role.MODERATOR, self.moderator)

    @property
    def by_second(self) -> Actor:
        return Actor(Role.MODERATOR, self.second_moderator)

    @property
    def by_chief(self) -> Actor:
        return Actor(Role.CHIEF, self.chief)

    def with_role(self, role: Role) -> User:
        return getattr(self, role.value)  # type: ignore[no-any-return]


def make_cast() -> Cast:
    region = _unit(
        "SRY",
        None,
        "Сарыарқа облысының полиция департаменті",
        "Департамент полиции области Сарыарка",
    )
    district = _unit(
        "TAU", region, "Таулы ауданының полиция бөлімі", "Отдел полиции Таулинского района"
    )
    neighbour = _unit(
        "KOL", region, "Көлді ауданының полиция бөлімі", "Отдел полиции Кольского района"
    )
    abroad = _unit(
        "ALS", None, "Алыс облысының полиция департаменті", "Департамент полиции Алысской области"
    )
    Tag.objects.bulk_create(
        Tag(unit=region, slug=slug, name_kk=kk, name_ru=ru, name_en=slug.title())
        for slug, kk, ru in (
            ("roads", "Жолдар", "Дороги"),
            ("noise", "Шу", "Шум"),
            ("parking", "Тұрақ", "Парковка"),
        )
    )
    serving = {role.value: (district, role) for role in Role} | {
        "second_moderator": (district, Role.MODERATOR),
        "region_chief": (region, Role.CHIEF),
        "stranger": (abroad, Role.MODERATOR),
    }
    people = {name: _user(name) for name in serving}
    User.objects.bulk_create(people.values())
    Membership.objects.bulk_create(
        Membership(user=people[name], unit=unit, role=role)
        for name, (unit, role) in serving.items()
    )
    return Cast(region=region, district=district, neighbour=neighbour, abroad=abroad, **people)


def _unit(code: str, parent: Unit | None, kk: str, ru: str) -> Unit:
    # One person sets aside here: where it takes two, a test says so.
    return Unit.objects.create(
        code=code,
        parent=parent,
        name_kk=kk,
        name_ru=ru,
        name_en=f"{code} police",
        confirm_asides=False,
    )


_NAMES = {
    "moderator": "Айгерім Сейіт",
    "second_moderator": "Болат Ким",
    "chief": "Серік Омаров",
    "region_chief": "Дана Ахметова",
}


@functools.cache
def _password() -> str:
    return make_password("correct horse")


def _user(name: str) -> User:
    full_name = _NAMES.get(name, name.replace("_", " ").title())
    return User(username=name, password=_password(), full_name=full_name)


def make_reception(
    cast: Cast,
    *,
    unit: Unit | None = None,
    live: bool = True,
    now: datetime | None = None,
    kind: Kind = Kind.WEDNESDAY,
) -> Reception:
    """Of the cast's district unless another unit is named; on air since five minutes if `live`."""
    now = now or clock.now()
    start = now - timedelta(minutes=5)
    key = f"reception:{clock.local_date(start, cast.district.timezone).year}"
    if not Series.objects.filter(key=key).exists():
        Series.objects.create(key=key, last=next(_series) % 9000)
    reception = reception_actions.schedule(
        unit or cast.district,
        kind,
        starts_at=start + timedelta(microseconds=next(_series)),
        intake_from=start - timedelta(days=7),
        host=cast.chief,
        host_name=cast.chief.full_name,
        by=cast.by,
        now=start,
    )
    if live:
        reception = reception_actions.go_live(reception.pk, by=cast.by, now=start)
    return reception


def ask(
    reception: Reception, text: str = "Когда починят дорогу на улице Мира?", **fields: str
) -> Question:
    """A question through the one door, as a stranger would send it."""
    return ask_many(reception, [text], **fields)[0]


def ask_many(reception: Reception, texts: Iterable[str], **fields: str) -> list[Question]:
    """As they come in from many sockets at once, in the order of their numbers."""
    asks = [intake.parse({"client_id": str(uuid.uuid4()), "text": t, **fields}) for t in texts]
    numbers = []
    for result in intake.receive_many(reception.pk, asks, now=clock.now()):
        assert isinstance(result, Receipt)
        numbers.append(result.number)
    return list(Question.objects.filter(reception=reception, number__in=numbers).order_by("number"))


def make_saved_reply(cast: Cast, unit: Unit | None = None, **fields: str) -> SavedReply:
    """Of the district unless another unit is named."""
    given = {
        "title": "Ремонт дороги",
        "text_kk": "Жөндеу {due_date} дейін аяқталады.",
        "text_ru": "Ремонт закончат до {due_date}.",
    }
    reply = SavedReply(unit=unit or cast.district, **given | fields)
    return saved_replies.save(reply, by=cast.editor, now=clock.now())


def secret_of(question: Question) -> str:
    from streams.common import crypto

    return crypto.question_secret(question.reception_id, str(question.client_id))


def escalate(question: Question, by: Actor, **given: Any) -> ControlRecord:
    """A promise for the question, with plausible words where none are given."""
    fields: dict[str, Any] = {
        "promise": "Сделаем до мая.",
        "promised_by": "Серік Омаров",
        "owner_name": "Отдел дорог",
        "due_on": date(2027, 5, 1),
        "expect": Question.objects.get(pk=question.pk).version,
        "now": clock.now(),
    }
    return control.escalate(question.pk, by=by, **fields | given)


def make_move(question: Question, move: Move, by: Actor, **given: Any) -> Question:
    """A legal move with plausible fields where none are given."""
    fields = _FIELDS.get(move, {}) | given
    current = Question.objects.get(pk=question.pk)
    return actions.move(question.pk, move, by=by, expect=current.version, now=clock.now(), **fields)


_FIELDS: dict[Move, dict[str, Any]] = {
    Move.ANSWER_LIVE: {"time_code_s": 754, "text": "Ремонт начнётся в мае."},
    Move.ANSWER_TEXT: {"text": "Ремонт запланирован на май.", "language": "ru"},
    Move.FORWARD: {"body": "Акимат района", "reason": "Дороги ведёт акимат."},
    Move.PROPOSE_DECLINE: {"reason": "no_facts", "text": "Нет сведений, которые можно проверить."},
    Move.DECLINE: {"reason": "no_facts", "text": "Нет сведений, которые можно проверить."},
    Move.PROPOSE_ASIDE: {"reason": "greeting"},
    Move.SET_ASIDE: {"reason": "greeting"},
    Move.REOPEN: {"reason": "Закрыт по ошибке."},
    Move.ANSWER_FROM_CONTROL: {"text": "Сделано.", "language": "ru"},
}

__all__ = [
    "ASKER",
    "Cast",
    "ask",
    "ask_many",
    "escalate",
    "make_cast",
    "make_move",
    "make_reception",
    "make_saved_reply",
    "secret_of",
]
