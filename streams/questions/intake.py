"""The one door for questions: what a stranger sent becomes a question with a number and a receipt."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from streams.common import crypto, text
from streams.people.actors import ASKER
from streams.people.models import Unit
from streams.questions.models import AskerContact, Question, TextVersion
from streams.receptions import chain, journal, queries, standing
from streams.receptions.models import Entry, Reception

FIELDS = frozenset({"client_id", "text", "name", "district", "contact", "language"})
NAME_MAX, CONTACT_MAX = 60, 120
_CODE = re.compile(r"[A-Z0-9]{1,12}")


class BadAsk(ValueError):
    """The ask can't be accepted as it is. `field` is at fault; `code` and `params` say how."""

    def __init__(self, field: str, code: str, **params: object) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.params = field, code, params


@dataclass(frozen=True)
class Ask:
    client_id: UUID
    text: str
    name: str = ""
    district: str = ""
    contact: str = ""
    language: str = ""
    source: str = "room"


@dataclass(frozen=True)
class Receipt:
    """What the asker gets and can prove their question with.

    `digest` stands in the public entry `seq`; it is HMAC-SHA256(key, text) of the text as received.
    """

    client_id: UUID
    no: str
    number: int
    secret: str
    seq: int
    hash: str
    digest: str
    key: str
    at: datetime
    repeated: bool = False


@dataclass(frozen=True)
class Refusal:
    """`code`: closed (the reception takes no questions), reused (the id belongs to another text)."""

    client_id: UUID
    code: str


def parse(payload: Mapping[str, Any]) -> Ask:
    """Check foreign input and clean its texts. Raises BadAsk naming the field."""
    if unknown := set(payload) - FIELDS:
        raise BadAsk(min(map(str, unknown))[:40], "unknown")
    values = {name: payload.get(name, "") for name in FIELDS}
    for name, value in values.items():
        if not isinstance(value, str):
            raise BadAsk(name, "type")
    try:
        client_id = UUID(values["client_id"])
    except ValueError:
        raise BadAsk("client_id", "type") from None
    question = _clean("text", values["text"], settings.QUESTION_MAX_CHARS)
    language = values["language"]
    hint = language if language in dict(settings.LANGUAGES) else ""
    return Ask(
        client_id=client_id,
        text=question,
        name=_clean("name", values["name"], NAME_MAX, optional=True),
        # What can't be a code is none; a NUL or half a character would break the whole batch.
        district=values["district"] if _CODE.fullmatch(values["district"]) else "",
        contact=_clean("contact", values["contact"], CONTACT_MAX, optional=True),
        language=text.detect_language(question, hint),
    )


def _clean(field: str, raw: str, max_chars: int, *, optional: bool = False) -> str:
    try:
        if optional:
            return text.clean_optional(raw, max_chars=max_chars)
        return text.clean(raw, max_chars=max_chars)
    except text.TextError as error:
        raise BadAsk(field, error.code, **error.params) from None


@transaction.atomic
def receive_many(
    reception_id: int, asks: Sequence[Ask], *, now: datetime
) -> list[Receipt | Refusal]:
    """Accept a batch in one transaction, under one lock, with one bell; answers in order of `asks`.

    Idempotent by client id: a repeat gets the first receipt again. What reaches a standing register
    after its month goes to the register of this month; the receipt says which.
    """
    reception = journal.lock(reception_id)
    ids = {ask.client_id for ask in asks}
    known = {
        q.client_id: q for q in Question.objects.filter(reception=reception, client_id__in=ids)
    }
    opened = queries.takes_questions(reception, now)
    fresh: dict[UUID, Question] = {}
    if opened:
        districts = _districts(reception, asks)
        for ask in asks:
            if ask.client_id not in known and ask.client_id not in fresh:
                fresh[ask.client_id] = _build(reception, ask, districts.get(ask.district), now)
        _store(reception, fresh, asks, now)
    everyone = known | fresh
    entries = _entries(reception, [q.number for q in everyone.values()])
    first_seen: set[UUID] = set()
    results: list[Receipt | Refusal] = []
    late = [ask for ask in asks if ask.client_id not in everyone]
    elsewhere = _in_this_month(reception, late, now)
    for ask in asks:
        question = everyone.get(ask.client_id)
        if question is None:
            results.append(elsewhere.get(ask.client_id) or Refusal(ask.client_id, "closed"))
        elif question.original_text != ask.text:
            results.append(Refusal(ask.client_id, "reused"))
        else:
            repeated = ask.client_id in known or ask.client_id in first_seen
            results.append(receipt(question, entries[question.number], repeated=repeated))
        first_seen.add(ask.client_id)
    return results


def _in_this_month(
    register: Reception, late: Sequence[Ask], now: datetime
) -> dict[UUID, Receipt | Refusal]:
    """Answers of the register that is open now, where `register` was of a month gone by.

    Locks the old one before the new one, as carrying over does.
    """
    if not late or not register.is_standing:
        return {}
    open_now = standing.current(register.unit, now=now)
    if open_now is None or open_now.pk == register.pk:
        return {}
    results = receive_many(open_now.pk, late, now=now)
    return {result.client_id: result for result in results}


def receipt(question: Question, entry: Entry, *, repeated: bool = False) -> Receipt:
    return Receipt(
        client_id=question.client_id,
        no=question.public_no,
        number=question.number,
        secret=crypto.question_secret(question.reception_id, str(question.client_id)),
        seq=entry.seq,
        hash=entry.hash,
        digest=entry.data["text"],
        key=bytes(question.text_key).hex(),
        at=entry.at,
        repeated=repeated,
    )


def _districts(reception: Reception, asks: Sequence[Ask]) -> dict[str, Unit]:
    codes = {ask.district for ask in asks if ask.district}
    if not codes:
        return {}
    # Any unit below the root of the reception's tree: a neighbour district's citizen may ask too.
    root = "/" + reception.unit.path.split("/")[1] + "/"
    return {unit.code: unit for unit in Unit.objects.filter(path__startswith=root, code__in=codes)}


def _build(reception: Reception, ask: Ask, district: Unit | None, now: datetime) -> Question:
    reception.last_number += 1
    return Question(
        reception=reception,
        number=reception.last_number,
        client_id=ask.client_id,
        secret_hash=crypto.fingerprint(crypto.question_secret(reception.pk, str(ask.client_id))),
        text_key=secrets.token_bytes(32),
        original_text=ask.text,
        public_text=ask.text,
        language=ask.language or text.detect_language(ask.text),
        search_text=text.search_form(ask.text),
        asker_name=ask.name,
        district=district,
        received_at=now,
        changed_at=now,
    )


def _store(
    reception: Reception, fresh: dict[UUID, Question], asks: Sequence[Ask], now: datetime
) -> None:
    if not fresh:
        return
    Question.objects.bulk_create(fresh.values())
    first_of = {ask.client_id: ask for ask in reversed(asks)}
    TextVersion.objects.bulk_create(
        TextVersion(question=q, version=1, text=q.original_text, at=now) for q in fresh.values()
    )
    AskerContact.objects.bulk_create(
        AskerContact(question=q, sealed=crypto.seal(first_of[client_id].contact))
        for client_id, q in fresh.items()
        if first_of[client_id].contact
    )
    lines = [
        journal.Line("receive", q.number, _received(q, first_of[client_id].source))
        for client_id, q in fresh.items()
    ]
    journal.append_many(reception, lines, by=ASKER, at=now)


def _received(question: Question, source: str) -> dict[str, Any]:
    return {
        "text": chain.text_digest(bytes(question.text_key), question.original_text),
        "language": question.language,
        "source": source,
        "version": question.version,
    }


def _entries(reception: Reception, numbers: Sequence[int]) -> dict[int, Entry]:
    found = Entry.objects.filter(
        reception=reception, question_number__in=numbers, kind="receive"
    ).order_by()
    return {entry.question_number: entry for entry in found if entry.question_number is not None}
