"""The one door for platforms: what a connector understood becomes comments, and questions of those.

At-least-once comes in, exactly once is stored: a message is known by (source, external id). The lock
order is Reception → Source → Comment → Question. Where a cursor comes along it is saved in the
transaction of the last rows, so that a crash before it means the same rows again, which change nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from streams.questions import intake as questions
from streams.questions.models import Question
from streams.receptions import journal
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.sources import actions, births, health, outbox, queries, shaping
from streams.sources.inbound import Inbound, Op
from streams.sources.models import Comment, Source
from streams.sources.rules import Fate, Health

BATCH_MAX = 200


class Result(StrEnum):
    CREATED = "created"
    DUPLICATE = "duplicate"
    CHANGED = "changed"


@dataclass(frozen=True)
class Done:
    external_id: str
    result: Result


@dataclass(frozen=True)
class Progress:
    """What is saved with the rows: where the connector reads on, and what it learnt on the way.

    `owner`: the runner that must still hold the lease.
    """

    cursor: Mapping[str, Any] | None = None
    owner: str = ""
    gap_from: datetime | None = None
    platform_count: int | None = None
    not_understood: int = 0


class LeaseLost(Exception):
    """Another runner has taken the source over; nothing was written."""


def take(
    source_id: int, items: Sequence[Inbound], *, now: datetime, progress: Progress | None = None
) -> list[Done]:
    """Store everything, in order, at most 200 rows in one transaction. Raises LeaseLost."""
    progress = progress or Progress()
    done: list[Done] = []
    batches = list(_batches(items)) or [[]]
    for place, batch in enumerate(batches):
        is_last = place == len(batches) - 1
        given = progress if is_last else Progress(owner=progress.owner)
        changed = _elsewhere(source_id, batch, now)
        done += [
            Done(one.external_id, Result.CHANGED) if one.external_id in changed else one
            for one in _take(source_id, batch, now, given)
        ]
    return done


def _batches(items: Sequence[Inbound]) -> Iterator[Sequence[Inbound]]:
    for start in range(0, len(items), BATCH_MAX):
        yield items[start : start + BATCH_MAX]


def _elsewhere(source_id: int, items: Sequence[Inbound], now: datetime) -> frozenset[str]:
    """Changes to comments of earlier receptions, each reception in a transaction of its own."""
    changes = [item for item in items if item.op in {Op.EDIT, Op.DELETE}]
    if not changes:
        return frozenset()
    source = Source.objects.select_related("unit").get(pk=source_id)
    others = (
        Comment.objects.filter(
            source=source, external_id__in={shaping.key(i.external_id) for i in changes}
        )
        .exclude(reception=queries.fed_by(source, now))
        .exclude(reception=None)
        .order_by("reception_id")
        .values_list("reception_id", flat=True)
        .distinct()
    )
    changed = set()
    for reception_id in list(others):
        assert reception_id is not None
        with transaction.atomic():
            reception = journal.lock(reception_id)
            health.lock(source_id)
            for item in changes:
                if _change(source_id, item, reception, now):
                    changed.add(shaping.key(item.external_id))
    return frozenset(changed)


@transaction.atomic
def _take(
    source_id: int, items: Sequence[Inbound], now: datetime, progress: Progress
) -> list[Done]:
    reception, source = _locked(source_id, now)
    if progress.owner and source.lease_owner != progress.owner:
        raise LeaseLost
    done = []
    for is_news, run in _runs(items):
        if is_news:
            done += _news(source, reception, run, now)
        else:
            done += [_one(source, reception, item, now) for item in run]
    _count(source, done, items, now, progress)
    if progress.gap_from is not None:
        health.note_gap(source, reception, progress.gap_from, now, source.health_code)
    if any(one.result is not Result.DUPLICATE for one in done):
        health.ring(reception)
    return done


def _locked(source_id: int, now: datetime) -> tuple[Reception | None, Source]:
    """The reception that the source feeds now, under its lock, then the source under its own."""
    source = Source.objects.select_related("unit").get(pk=source_id)
    for _attempt in range(3):
        chosen = queries.fed_by(source, now)
        if chosen is None:
            break
        # As every batch of questions does, and in the same order, or two of them would wait in a ring.
        journal.queue_up(chosen.pk)
        reception = journal.lock(chosen.pk)
        if receptions.takes_questions(reception, now):
            return reception, health.lock(source_id)
    return None, health.lock(source_id)


def _runs(items: Sequence[Inbound]) -> Iterator[tuple[bool, list[Inbound]]]:
    """Neighbours that are news together, everything else one by one, in the order they came."""
    run: list[Inbound] = []
    for item in items:
        if item.op is Op.NEW:
            run.append(item)
            continue
        if run:
            yield True, run
            run = []
        yield False, [item]
    if run:
        yield True, run


def _news(
    source: Source, reception: Reception | None, items: Sequence[Inbound], now: datetime
) -> list[Done]:
    ids = [shaping.key(item.external_id) for item in items]
    seen = set(
        Comment.objects.filter(source=source, external_id__in=ids).values_list(
            "external_id", flat=True
        )
    )
    done, fresh = [], []
    for external_id, item in zip(ids, items, strict=True):
        done.append(Done(external_id, Result.DUPLICATE if external_id in seen else Result.CREATED))
        if external_id not in seen:
            seen.add(external_id)
            fresh.append((external_id, item))
    if fresh:
        _store(source, reception, births.born(source, reception, fresh, now), now)
    return done


def _store(
    source: Source, reception: Reception | None, comments: Sequence[Comment], now: datetime
) -> None:
    """The comments, and one batch of questions for those that are some."""
    asking = [comment for comment in comments if comment.fate == Fate.QUEUED]
    asked: dict[uuid.UUID, Question] = {}
    if reception is not None and asking:
        asks = [births.ask(source, comment) for comment in asking]
        questions.receive_many(reception.pk, asks, now=now)
        asked = {
            question.client_id: question
            for question in Question.objects.filter(
                reception=reception, client_id__in=[ask.client_id for ask in asks]
            )
        }
    for comment in asking:
        comment.question = asked.get(births.client_id(source, comment))
        if comment.question is None:
            comment.fate = Fate.NO_RECEPTION
    for comment in comments:
        if comment.duplicate_of is not None:
            comment.question = comment.duplicate_of.question
    # Parents first: a duplicate may point at a comment of the same batch.
    firsts = [comment for comment in comments if comment.duplicate_of is None]
    Comment.objects.bulk_create(firsts)
    Comment.objects.bulk_create([c for c in comments if c.duplicate_of is not None])
    outbox.write_receipts(source, asking, now)


def _one(source: Source, reception: Reception | None, item: Inbound, now: datetime) -> Done:
    if item.op is Op.AUTHOR_BAN:
        flagged = actions.ban(source, shaping.author_key(item.author), reception, now=now)
        return Done("", Result.CHANGED if flagged else Result.DUPLICATE)
    if item.op in {Op.LIVE_STARTED, Op.LIVE_ENDED}:
        is_on = item.op is Op.LIVE_STARTED
        changed = health.say(source, Health.LIVE if is_on else Health.ENDED, now=now)
        return Done("", Result.CHANGED if changed else Result.DUPLICATE)
    changed_or_none = _change(source.pk, item, reception, now)
    external_id = shaping.key(item.external_id)
    if changed_or_none is not None:
        return Done(external_id, Result.CHANGED if changed_or_none else Result.DUPLICATE)
    if item.op is Op.DELETE:
        actions.tombstone(source, item, now=now)
        return Done(external_id, Result.CHANGED)
    # An edit of what we never saw is its first sight; the late original will change nothing.
    return _news(source, reception, [item], now)[0]


def _change(
    source_id: int, item: Inbound, reception: Reception | None, now: datetime
) -> bool | None:
    """Whether the edit or deletion changed something; None where we don't know the comment."""
    comment = (
        Comment.objects.select_related("question")
        .filter(source_id=source_id, external_id=shaping.key(item.external_id))
        .first()
    )
    if comment is None:
        return None
    own = reception if reception is not None and comment.reception_id == reception.pk else None
    if own is None and comment.reception_id is not None:
        return False  # of another reception, done in its own transaction
    if item.op is Op.DELETE:
        return actions.delete(comment, own, now=now)
    return actions.edit(comment, item, own, now=now)


def _count(
    source: Source,
    done: Sequence[Done],
    items: Sequence[Inbound],
    now: datetime,
    progress: Progress,
) -> None:
    created = sum(one.result is Result.CREATED for one in done)
    source.received += created
    # A mark, such as a second "live now", is no message.
    source.duplicates += sum(
        one.result is Result.DUPLICATE and bool(one.external_id) for one in done
    )
    source.not_understood += progress.not_understood
    if created:
        source.last_message_at = now
    if items:
        source.heard_at = now
    if progress.cursor is not None:
        source.cursor = dict(progress.cursor)
    if progress.platform_count is not None:
        source.platform_count = progress.platform_count
    source.save(
        update_fields=[
            "received",
            "duplicates",
            "not_understood",
            "last_message_at",
            "heard_at",
            "cursor",
            "platform_count",
        ]
    )
