"""Comments that became no question by themselves: a person looks, and takes them in after all.

Written before the intake, or while nothing took questions: kept with their words, counted nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from streams.people.actors import Actor
from streams.questions import intake as questions
from streams.questions.models import Question
from streams.receptions import bell, journal
from streams.receptions import queries as receptions
from streams.receptions.models import Reception
from streams.sources import births, health, outbox
from streams.sources.models import Comment, Source
from streams.sources.rules import KEPT, Fate


class Closed(Exception):
    """The reception takes no questions (any more)."""


def of_unit(unit_id: int, source: UUID | None = None) -> QuerySet[Comment]:
    """The newest first; what its author took back is not among them."""
    found = Comment.objects.filter(
        source__unit_id=unit_id,
        fate__in=[fate.value for fate in KEPT],
        question=None,
        deleted_at=None,
    )
    if source is not None:
        found = found.filter(source__uuid=source)
    return found.select_related("source").order_by("-received_at", "-pk")


@transaction.atomic
def take_in(reception_id: int, chosen: Collection[int], *, by: Actor, now: datetime) -> list[int]:
    """The numbers of the questions made of those that are still kept. Raises Closed."""
    journal.queue_up(reception_id)
    reception = journal.lock(reception_id)
    if not receptions.takes_questions(reception, now):
        raise Closed
    mine = of_unit(reception.unit_id).filter(pk__in=chosen).order_by("received_at", "pk")
    sources = {pk: health.lock(pk) for pk in sorted(set(mine.values_list("source_id", flat=True)))}
    numbers: list[int] = []
    for source in sources.values():
        numbers += _take_of(source, reception, list(mine.filter(source=source)), by, now)
    if numbers:
        bell.ring_side_on_commit(reception_id)
    return sorted(numbers)


def _take_of(
    source: Source, reception: Reception, comments: list[Comment], by: Actor, now: datetime
) -> list[int]:
    asks = {births.client_id(source, comment): births.ask(source, comment) for comment in comments}
    questions.receive_many(reception.pk, list(asks.values()), now=now, by=by)
    made = {
        q.client_id: q for q in Question.objects.filter(reception=reception, client_id__in=asks)
    }
    taken = []
    for comment in comments:
        comment.question = made.get(births.client_id(source, comment))
        if comment.question is not None:
            comment.reception, comment.fate = reception, Fate.QUEUED
            taken.append(comment)
            comment.duplicates.update(question=comment.question)
    Comment.objects.bulk_update(taken, ["question", "reception", "fate"])
    outbox.write_receipts(source, taken, now)
    return [comment.question.number for comment in taken if comment.question]
