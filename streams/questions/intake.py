"""The one door for questions: what a stranger sent becomes a question with a number and a receipt."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction

from streams.common import crypto, sql, text
from streams.people.actors import ASKER, Actor
from streams.questions import bulk, receipts, redaction, urgent
from streams.questions.receipts import Receipt, Stored
from streams.receptions import chain, journal, queries, standing
from streams.receptions.journal import Line
from streams.receptions.models import Reception

FIELDS = frozenset({"client_id", "text", "name", "district", "contact", "language"})
NAME_MAX, CONTACT_MAX = 60, 120
# The one door that can be shut for a while: elsewhere nobody would read why.
ROOM = "room"
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
    source: str = ROOM


@dataclass(frozen=True)
class Refusal:
    """`code`: closed (the reception takes no questions), paused (the room takes none for a while),
    reused (the id belongs to another text, or came by another door)."""

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
    hint = language if any(language == code for code, _name in settings.LANGUAGES) else ""
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


def receive_many(
    reception_id: int, asks: Sequence[Ask], *, now: datetime, by: Actor = ASKER
) -> list[Receipt | Refusal]:
    """Accept a batch in one transaction, under one lock, with one bell; answers in order of `asks`.

    `by`: who put it in, where it was not the asker.

    Idempotent by client id: a repeat gets the first receipt again. What reaches a standing register
    after its month goes to the register of this month; the receipt says which. Five statements for a
    batch of any size (six where districts are named): line up, lock, known ids, questions, journal.
    """
    drafts: dict[UUID, _Draft] = {}
    for ask in asks:
        if ask.client_id not in drafts:  # The first of an id counts.
            drafts[ask.client_id] = _draft(reception_id, ask)
    with transaction.atomic():
        fresh: dict[UUID, Stored] = {}
        elsewhere: dict[UUID, Receipt | Refusal]
        with sql.pipelined():
            # After BEGIN two round trips: what is read, and what is written with its commit.
            journal.queue_up(reception_id)
            locked, looked_up = (
                journal.locking(reception_id),
                receipts.look_up(reception_id, drafts),
            )
            reception = locked()
            known = receipts.known(reception, looked_up())
            new = [draft for client_id, draft in drafts.items() if client_id not in known]
            is_open = queries.takes_questions(reception, now)
            if is_open and (let_in := _let_in(reception, new)):
                fresh = _store(reception, let_in, now, by)
                sql.commit_along()
        left = [draft.ask for draft in new if draft.ask.client_id not in fresh]
        if is_open:
            elsewhere = {ask.client_id: Refusal(ask.client_id, "paused") for ask in left}
        else:
            elsewhere = _in_this_month(reception, left, now, by)
    return _answers(reception, asks, known, fresh, elsewhere)


def _answers(
    reception: Reception,
    asks: Sequence[Ask],
    known: Mapping[UUID, Stored],
    fresh: Mapping[UUID, Stored],
    elsewhere: Mapping[UUID, Receipt | Refusal],
) -> list[Receipt | Refusal]:
    seen = set(known)
    results: list[Receipt | Refusal] = []
    for ask in asks:
        stored = known.get(ask.client_id) or fresh.get(ask.client_id)
        if stored is None:
            results.append(elsewhere.get(ask.client_id) or Refusal(ask.client_id, "closed"))
        elif not _is_its_own(ask, stored):
            results.append(Refusal(ask.client_id, "reused"))
        else:
            results.append(receipts.receipt(reception, stored, repeated=ask.client_id in seen))
        seen.add(ask.client_id)
    return results


def _is_its_own(ask: Ask, stored: Stored) -> bool:
    """Whether the receipt is theirs who send this. By the room's door, which is open to all, nobody gets the
    secret of what came by another one: ids of files and platforms are made of words that all can read.
    """
    is_by_same_door = ask.source != ROOM or stored.link.data["source"] == ROOM
    return stored.text == ask.text and is_by_same_door


def _let_in(reception: Reception, drafts: Sequence[_Draft]) -> Sequence[_Draft]:
    """While the intake is paused only the room is shut: a comment on a platform is there already."""
    if not reception.intake_pause:
        return drafts
    return [draft for draft in drafts if draft.ask.source != ROOM]


def _in_this_month(
    register: Reception, late: Sequence[Ask], now: datetime, by: Actor
) -> dict[UUID, Receipt | Refusal]:
    """Answers of the register that is open now, where `register` was of a month gone by.

    Locks the old one before the new one, as carrying over does.
    """
    if not late or not register.is_standing:
        return {}
    open_now = standing.current(register.unit, now=now)
    if open_now is None or open_now.pk == register.pk:
        return {}
    results = receive_many(open_now.pk, late, now=now, by=by)
    return {result.client_id: result for result in results}


@dataclass(frozen=True)
class _Draft:
    """All of a question that doesn't depend on its number: worked out before anybody is kept waiting."""

    ask: Ask
    language: str
    secret: str
    key: bytes
    digest: str
    row: dict[str, Any]


def _draft(reception_id: int, ask: Ask) -> _Draft:
    language = ask.language or text.detect_language(ask.text)
    key = secrets.token_bytes(32)
    secret = crypto.question_secret(reception_id, str(ask.client_id))
    folded = text.search_form(ask.text)
    row = {
        "client_id": str(ask.client_id),
        "secret_hash": crypto.fingerprint(secret),
        "text_key": bulk.as_bytea(key),
        "original_text": ask.text,
        "language": language,
        "search_text": folded,
        "urgent": urgent.detect(folded),
        "asker_name": ask.name,
        "contact": bulk.as_bytea(crypto.seal(ask.contact)) if ask.contact else None,
    }
    return _Draft(ask, language, secret, key, chain.text_digest(key, ask.text), row)


def _store(
    reception: Reception, drafts: Sequence[_Draft], now: datetime, by: Actor
) -> dict[UUID, Stored]:
    districts = _districts(reception, drafts)
    first = reception.last_number + 1
    rows: list[bulk.Row] = []
    lines: list[Line] = []
    for number, draft in enumerate(drafts, first):
        district_id = districts.get(draft.ask.district)
        is_public = _is_shown_at_once(reception, draft)
        own = {"number": number, "district_id": district_id, "is_public": is_public}
        rows.append(cast("bulk.Row", draft.row | own))
        data: dict[str, Any] = {
            "text": draft.digest,
            "language": draft.language,
            "source": draft.ask.source,
            "version": 1,
        }
        if draft.row["urgent"]:
            # That, and not why: the reason may be the most private thing about a person.
            data["urgent"] = True
        if is_public:
            data["public"] = True
        if reception.intake_pause:
            data["in_pause"] = True
        lines.append(Line("receive", number, data))
    reception.last_number += len(drafts)
    bulk.insert(reception.pk, rows, at=now, in_pause=bool(reception.intake_pause))
    links = journal.append_many(reception, lines, by=by, at=now)
    return {
        d.ask.client_id: Stored(
            d.ask.client_id, number, d.ask.text, d.secret, d.key, link, d.row["urgent"]
        )
        for number, (d, link) in enumerate(zip(drafts, links, strict=True), first)
    }


def _is_shown_at_once(reception: Reception, draft: _Draft) -> bool:
    """Where no moderator reads first: all but what a machine has marked, which waits for a person."""
    if reception.premoderated or draft.row["urgent"]:
        return False
    return not redaction.find(draft.ask.text, reception.unit.country)


def _districts(reception: Reception, drafts: Sequence[_Draft]) -> dict[str, int]:
    codes = {draft.ask.district for draft in drafts if draft.ask.district}
    if not codes:
        return {}
    # Any unit below the root of the reception's tree: a neighbour district's citizen may ask too.
    units = reception.unit.tree().filter(code__in=codes)
    return dict(units.order_by().values_list("code", "pk"))
