"""The journal: gapless, chained, and nobody rewrites it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from streams.common import clock
from streams.people.actors import SYSTEM
from streams.questions.rules import Move
from streams.receptions import chain, journal
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move


def entries(reception: Reception) -> list[Entry]:
    return list(Entry.objects.filter(reception=reception).select_related("reception"))


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def insert_and_commit(entry: Entry) -> None:
    """With the checks that wait for the commit."""
    entry.save(force_insert=True)
    run("SET CONSTRAINTS ALL IMMEDIATE")


def test_entries_are_gapless_and_chained(cast: Cast, reception: Reception) -> None:
    for _ in range(3):
        make_move(ask(reception), Move.APPROVE, cast.by)
    reception.refresh_from_db()
    found = entries(reception)
    assert [entry.seq for entry in found] == list(range(1, 9))
    previous = chain.GENESIS
    for entry in found:
        assert entry.prev_hash == previous
        assert entry.hash == chain.entry_hash(journal.public(entry))
        previous = entry.hash
    assert (reception.last_seq, reception.last_hash) == (8, previous)


def test_entry_holds_no_text_no_name_and_no_contact(cast: Cast, reception: Reception) -> None:
    question = ask(reception, "Тайна переписки", name="Гульнара", contact="+77011234567")
    make_move(question, Move.ANSWER_TEXT, cast.by, text="Открытый ответ", language="ru")
    for entry in entries(reception):
        published = chain.canonical(journal.public(entry))
        for secret in ("Тайна", "Гульнара", "7011234567", "ответ", cast.moderator.username + '"'):
            assert secret not in published


def test_account_shows_as_pseudonym_of_one_reception(cast: Cast, reception: Reception) -> None:
    make_move(ask(reception), Move.APPROVE, cast.by)
    actors = {entry.actor for entry in entries(reception) if entry.by_id == cast.moderator.pk}
    assert len(actors) == 1
    role, _colon, pseudonym = actors.pop().partition(":")
    assert role == "moderator"
    assert len(pseudonym) == 8
    assert pseudonym != chain.pseudonym(b"another reception's key", cast.moderator.pk)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE streams_entry SET kind = 'answer_text'",
        "UPDATE streams_entry SET data = '{}' WHERE seq = 1",
        "DELETE FROM streams_entry",
        "DELETE FROM streams_entry WHERE seq = (SELECT max(seq) FROM streams_entry)",
        "TRUNCATE streams_entry",
        "TRUNCATE streams_entry CASCADE",
        "DELETE FROM streams_question",
        "TRUNCATE streams_question CASCADE",
    ],
)
def test_database_refuses_to_rewrite(reception: Reception, sql: str) -> None:
    ask(reception)
    run("SET CONSTRAINTS ALL IMMEDIATE")  # what a commit would check is done: the refusal is left
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        run(sql)
    assert Entry.objects.filter(reception=reception).count() == 3


def test_database_refuses_entry_that_does_not_follow(reception: Reception) -> None:
    for seq, previous in ((9, reception.last_hash), (3, "a" * 64), (1, chain.GENESIS)):
        entry = Entry(
            reception=reception,
            seq=seq,
            kind="end",
            at=clock.now(),
            actor="system",
            data={},
            prev_hash=previous,
            hash="b" * 64,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_and_commit(entry)


def test_sealed_journal_takes_only_what_fulfils_promises(reception: Reception) -> None:
    with transaction.atomic():
        locked = journal.lock(reception.pk)
        locked.state = "sealed"
        with pytest.raises(journal.Sealed):
            journal.append(locked, "tag", by=SYSTEM, at=clock.now())
        assert journal.append(locked, "control_assign", by=SYSTEM, at=clock.now()).seq == 3


def test_changed_names_the_questions_since(cast: Cast, reception: Reception) -> None:
    first, second = ask(reception), ask(reception)
    reception.refresh_from_db()
    seen = reception.last_seq
    make_move(second, Move.APPROVE, cast.by)
    assert journal.changed(reception.pk, seen) == (seen + 1, frozenset({second.number}))
    assert journal.changed(reception.pk, seen + 1) == (seen + 1, frozenset())
    assert journal.changed(reception.pk, 2) == (seen + 1, frozenset({first.number, second.number}))
