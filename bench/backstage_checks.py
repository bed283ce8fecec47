"""What is looked up in the database for the bench: audits, screens, sessions, counters."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client

from streams.common import crypto
from streams.people.actors import Actor
from streams.people.models import Membership, Unit, User
from streams.people.rules import Role
from streams.questions import queries
from streams.questions.models import Question
from streams.receptions import chain, journal
from streams.receptions.models import Entry, Reception
from tests import law

_ENOUGH = 20
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def audit(reception: int, acks: str, since: int) -> dict[str, Any]:
    """Every receipt against the database and the journal; the journal since `since` re-computed."""
    found = Reception.objects.get(pk=reception)
    receipts = [json.loads(line)["ack"] for line in Path(acks).read_text().splitlines()]
    stored = {q.client_id: q for q in Question.objects.filter(reception=found).iterator()}
    entries: dict[int | None, Entry] = {}
    wrong = list(_journal(found, since, entries))
    numbers = Counter(ack["number"] for ack in receipts if not ack["repeated"])
    wrong += [f"No. {number} was given {n} times" for number, n in numbers.items() if n > 1]
    for ack in receipts:
        wrong += _receipt(ack, stored, entries)
    if not queries.equation(reception).adds_up:
        wrong.append("the equation does not add up")
    acknowledged = {UUID(ack["client_id"]) for ack in receipts}
    return {
        "acknowledged": len(receipts),
        "stored": len(stored),
        "unacknowledged": len(stored.keys() - acknowledged),
        "entries": len(entries),
        "faults": len(wrong),
        "wrong": wrong[:_ENOUGH],
    }


def _receipt(
    ack: dict[str, Any], stored: dict[UUID, Question], entries: dict[int | None, Entry]
) -> Iterator[str]:
    question, name = stored.get(UUID(ack["client_id"])), f"No. {ack['number']}"
    if question is None:
        yield f"{name}: acknowledged and not in the database"
        return
    if question.number != ack["number"]:
        yield f"{name}: the database has it as No. {question.number}"
    if question.secret_hash != crypto.fingerprint(ack["secret"]):
        yield f"{name}: the secret link does not lead to it"
    entry = entries.get(question.number)
    if entry is None or (entry.seq, entry.hash) != (ack["seq"], ack["hash"]):
        yield f"{name}: the receipt names an entry that is not in the journal"
    elif chain.text_digest(bytes.fromhex(ack["key"]), question.original_text) != ack["digest"]:
        yield f"{name}: the receipt does not prove the text"


def _journal(reception: Reception, since: int, entries: dict[int | None, Entry]) -> Iterator[str]:
    before = Entry.objects.filter(reception=reception, seq=since).first()
    seq, head = since, before.hash if before else chain.GENESIS
    later = Entry.objects.filter(reception=reception, seq__gt=since).select_related("reception")
    for entry in later.order_by("seq").iterator():
        seq += 1
        if entry.seq != seq:
            yield f"the journal jumps from {seq - 1} to {entry.seq}"
            seq = entry.seq
        if entry.prev_hash != head or chain.entry_hash(journal.public(entry)) != entry.hash:
            yield f"entry {entry.seq} breaks the chain"
        head = entry.hash
        if entry.kind == "receive":
            entries[entry.question_number] = entry


def screens(
    old: str, fresh: str, messages: list[dict[str, Any]], paths: list[list[int]]
) -> dict[str, Any]:
    """The law of the screen for each path: the old page plus its messages equals the fresh page."""
    first, wanted = law.read(Path(old).read_text()), law.read(Path(fresh).read_text())
    wrong, which = [], []
    for number, path in enumerate(paths):
        page = deepcopy(first)
        for index in path:
            page.apply(messages[index])
        if page.seq == wanted.seq and (page.lists, page.counts) == (wanted.lists, wanted.counts):
            continue
        which.append(number)
        wrong.append(
            f"path {number} ends at {page.seq}, the page stands at {wanted.seq}"
            if page.seq != wanted.seq
            else f"path {number} of {len(path)} frames does not give the fresh page"
        )
    return {"wrong": wrong[:_ENOUGH], "paths": which}


@cache
def moderator(number: int = 1) -> Actor:
    unit, _ = Unit.objects.get_or_create(
        code="BENCH", defaults={"name_kk": "Бөлім", "name_ru": "Отдел", "name_en": "Department"}
    )
    user, made = User.objects.get_or_create(
        username=f"moderator{number}", defaults={"full_name": f"Айгерим Сеит {number}"}
    )
    if made:
        Membership.objects.create(user=user, unit=unit, role=Role.MODERATOR)
    return Actor(Role.MODERATOR, user)


def sessions(count: int) -> list[str]:
    """Cookies of moderators who have signed in."""
    cookies = []
    for number in range(1, count + 1):
        client = Client()
        user = moderator(number).user
        assert user is not None
        client.force_login(user, backend=_BACKEND)
        name = settings.SESSION_COOKIE_NAME
        cookies.append(f"{name}={client.cookies[name].value}")
    return cookies


def connection_pid() -> int:
    """Of the server's process behind our connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def statements() -> dict[str, int]:
    """Statements so far, by their text, where the server counts them; else {}."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('shared_preload_libraries')")
        if "pg_stat_statements" not in cursor.fetchone()[0]:
            return {}
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        cursor.execute(
            "SELECT query, sum(calls)::bigint FROM pg_stat_statements "
            "WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY 1"
        )
        return {re.sub(r"\s+", " ", query)[:300]: calls for query, calls in cursor.fetchall()}


def transactions() -> int:
    """Of this database so far. Each backend tells at the end of a transaction, once a second at most,
    and when it has rested for ten seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database "
            "WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])


COMMANDS: dict[str, Callable[..., Any]] = {
    "audit": audit,
    "screens": screens,
    "sessions": sessions,
    "connection": connection_pid,
    "statements": statements,
    "transactions": transactions,
}
