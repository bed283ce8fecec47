"""One decision on many questions: each by the one writer, under the version that the person saw.

A batch is one transaction. A question that can't follow stays as it is and is named with its reason;
the others go on. A batch sent twice (a double click, an answer that got lost) finds itself done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from streams.people.actors import Actor
from streams.questions import actions, claims, marks, proposals, queries, rules, targets
from streams.questions.models import Claim, Question
from streams.questions.rules import Move
from streams.receptions import journal
from streams.receptions.models import Entry, Reception

MOST = 100


@dataclass
class Batch:
    """`entries`: the journal entries that the batch made, by which it can be taken back."""

    done: list[int] = field(default_factory=list)
    refused: list[tuple[int, Exception]] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)

    @contextmanager
    def trying(self, number: int) -> Iterator[None]:
        """What is refused inside concerns this question alone: each writer has its own savepoint."""
        try:
            yield
        except _REFUSALS as error:
            self.refused.append((number, error))
        else:
            self.done.append(number)


_REFUSALS = (
    actions.Stale,
    actions.Occupied,
    actions.NothingToUndo,
    targets.BadTarget,
    claims.Held,
    proposals.AlreadyProposed,
    proposals.NeedsSecond,
    marks.NotNow,
    marks.NoSuchUnit,
    rules.IllegalMove,
    rules.Missing,
)


@transaction.atomic
def move_each(
    reception: Reception,
    expect: Mapping[int, int],
    move: Move,
    given: Callable[[Question], dict[str, Any]],
    *,
    by: Actor,
    now: datetime,
) -> Batch:
    """`expect` is number → version, `given` what the move needs for a question (may raise
    proposals.AlreadyProposed).

    The oldest goes first, so the queue gets them in their order.
    """
    batch = Batch()
    found = _locked(reception, expect)
    held = queries.live_claims(reception.pk, now)
    for question in found:
        version = expect[question.number]
        with batch.trying(question.number):
            seq = _seq_of_the_same(question, move, version, by)
            if seq is None:
                _refuse_held(held.get(question.number), by)
                needs = given(question)
                actions.move(question.pk, move, by=by, expect=version, now=now, **needs)
                seq = _newest(reception)
            batch.entries.append(seq)
    return batch


@transaction.atomic
def mark_each(
    reception: Reception, numbers: Iterable[int], mark: Callable[[Question], object]
) -> Batch:
    """A mark that doesn't need a version (a tag, a district), made by one of `marks`."""
    batch = Batch()
    for question in _locked(reception, numbers):
        with batch.trying(question.number):
            before = _newest(reception)
            mark(question)
            if (after := _newest(reception)) != before:
                batch.entries.append(after)
    return batch


@transaction.atomic
def take_back(reception: Reception, entries: Iterable[int], *, by: Actor, now: datetime) -> Batch:
    """One's own batch, the last of it first; what somebody worked on since stays as they made it."""
    assert by.user is not None
    journal.lock(reception.pk)
    batch = Batch()
    mine = Entry.objects.filter(reception=reception, by=by.user, question_number__isnull=False)
    for entry in mine.filter(seq__in=list(entries)).order_by("-seq"):
        assert entry.question_number is not None
        question = Question.objects.get(reception=reception, number=entry.question_number)
        with batch.trying(question.number):
            _take_back(question, entry, by, now)
    return batch


def _take_back(question: Question, entry: Entry, by: Actor, now: datetime) -> None:
    if entry.kind in _MARKS:
        _take_mark_back(question, entry, by, now)
        return
    last = actions.last_decision(question)
    if last is not None and last.kind == "undo" and last.data["of"] == entry.seq:
        return
    actions.undo(question.pk, by=by, expect=entry.data.get("version", 0), now=now)


def _take_mark_back(question: Question, entry: Entry, by: Actor, now: datetime) -> None:
    is_now, was, put = _MARKS[entry.kind]
    before = entry.data[was]
    newer = Entry.objects.filter(
        reception_id=question.reception_id,
        question_number=question.number,
        kind=entry.kind,
        seq__gt=entry.seq,
    )
    last = newer.order_by("-seq").first()
    if last is None:
        put(question.pk, before, by=by, now=now)
    elif last.data[is_now] != before:
        raise actions.NothingToUndo


# Kind of entry → its names for what it made and what was before, and who puts that again.
_MARKS: Mapping[str, tuple[str, str, Callable[..., object]]] = {
    "tag": ("tags", "were", marks.set_tags),
    "district": ("district", "had", marks.set_district),
}


def _locked(reception: Reception, numbers: Iterable[int]) -> list[Question]:
    """As they are under the reception's lock, so that nothing changes while the batch goes on."""
    journal.lock(reception.pk)
    found = Question.objects.filter(reception=reception, number__in=list(numbers))
    return list(found.select_related("proposal__by").prefetch_related("tags").order_by("number"))


def _newest(reception: Reception) -> int:
    return Reception.objects.values_list("last_seq", flat=True).get(pk=reception.pk)


def _refuse_held(claim: Claim | None, by: Actor) -> None:
    if claim is not None and (by.user is None or claim.holder_id != by.user.pk):
        raise claims.Held(claim.holder)


def _seq_of_the_same(question: Question, move: Move, version: int, by: Actor) -> int | None:
    """Of the entry that this very step made before, where it is sent again."""
    if question.version != version + 1:
        return None
    last = actions.last_decision(question)
    is_same = last is not None and last.kind == move and last.by == by.user
    return last.seq if last is not None and is_same else None
