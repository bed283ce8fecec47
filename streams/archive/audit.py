"""The database against its own journal: does what the tables say follow from the entries?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction

from streams.common import sql
from streams.questions import queries
from streams.questions.models import Question
from streams.questions.replay import Replay
from streams.questions.retold import Standing
from streams.receptions import chain, journal
from streams.receptions.models import Entry, Reception
from streams.receptions.verify import Finding, Report, Walk


def audit(no: str, *, expect_head: str = "") -> Report:
    """Check reception `no` in one snapshot. Raises Reception.DoesNotExist."""
    with transaction.atomic():
        _freeze()
        reception = Reception.objects.select_related("unit").get(no=no)
        replay = Replay()
        walk = Walk(replay, expect_head=expect_head)
        for entry in _entries(reception):
            walk.step(journal.public(entry))
            _check_person(walk, reception, entry)
        _check_head(walk, reception)
        if walk.is_whole:
            _check_questions(walk, reception, replay)
        return walk.finish()


def _freeze() -> None:
    """One moment for all that is read, while writers go on."""
    # PostgreSQL lets a transaction choose its isolation only before its first query; a caller that
    # is inside one already has chosen.
    if not connection.savepoint_ids:
        sql.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", ())


def _entries(reception: Reception) -> Iterator[Entry]:
    for entry in Entry.objects.filter(reception=reception).order_by("seq").iterator(2000):
        entry.reception = reception
        yield entry


def _check_person(walk: Walk, reception: Reception, entry: Entry) -> None:
    """`by` stands outside the hash; the pseudonym inside it says who it must be."""
    _role, _colon, pseudonym = entry.actor.partition(":")
    wanted = chain.pseudonym(bytes(reception.actor_key), entry.by_id) if entry.by_id else ""
    if pseudonym != wanted:
        walk.find("database", "the account beside it is not the one that made it.", seq=entry.seq)


def _check_head(walk: Walk, reception: Reception) -> None:
    if (walk.seq, walk.head) != (reception.last_seq, reception.last_hash):
        walk.find(
            "database",
            f"the reception remembers {reception.last_seq} entries ending in"
            f" {reception.last_hash}; there are {walk.seq} ending in {walk.head}.",
        )


def _check_questions(walk: Walk, reception: Reception, replay: Replay) -> None:
    told, said = replay.equation(), queries.equation(reception.pk).published()
    if told != said:
        walk.find("database", f"the entries add up to {told}, the questions to {said}.")
    if replay.state != reception.state:
        walk.find("database", f"it is {reception.state}, by its journal {replay.state}.")
    questions = Question.objects.filter(reception=reception).order_by("number")
    found = set()
    for question in questions.iterator(500):
        found.add(question.number)
        standing = replay.questions.get(question.number)
        if standing is None:
            _blame(walk, question.number, "is in no entry of the journal")
            continue
        for sentence in _differences(question, standing):
            _blame(walk, question.number, sentence)
    for number in sorted(replay.questions.keys() - found):
        _blame(walk, number, "is in the journal and not in the database")


def _differences(question: Question, standing: Standing) -> Iterator[str]:
    told: Mapping[str, Any] = {
        "status": standing.status,
        "outcome": standing.outcome,
        "is_public": standing.is_public,
        "version": standing.version,
    }
    for name, value in told.items():
        if getattr(question, name) != value:
            yield f"has {name} {getattr(question, name)}, by the journal {value}"
    key = bytes(question.text_key)
    # An erased text is empty: its digest then proves nothing, and the journal stands.
    texts = ((question.original_text, standing.text), (question.public_text, standing.public_text))
    for text, digest in texts:
        if text and digest and chain.text_digest(key, text) != digest:
            yield "has another text than the one the journal stands for"
            return


def _blame(walk: Walk, number: int, sentence: str) -> None:
    walk.findings.append(Finding("database", f"question {number} {sentence}."))
