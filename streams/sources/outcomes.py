"""Who is to be told how their question ended: found by state, so nothing that happened is ever missed.

A question counts as decided when its closing has stood for a while: a slip that is undone at once is
nobody's news. Who asked the same, merged into it, is told as well, and who was carried over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from streams.questions.models import Question
from streams.questions.rules import Status
from streams.sources import letters, outbox
from streams.sources.models import Comment, Reply, Source

# A decision may be taken back so long before its asker hears of it.
SETTLES_IN = timedelta(seconds=60)
# However long the worker was away, within this nothing is forgotten.
_LOOKED_AT = timedelta(days=14)


def write(now: datetime) -> int:
    """How many replies were written."""
    decided = Question.objects.filter(
        status=Status.CLOSED, closed_at__gt=now - _LOOKED_AT, closed_at__lte=now - SETTLES_IN
    )
    leads = _leads(list(decided.values_list("pk", flat=True)))
    if not leads:
        return 0
    questions = Question.objects.select_related("reception__unit").in_bulk(
        list({*leads, *leads.values()})
    )
    written = 0
    for comment in _untold(leads):
        assert comment.question_id is not None
        asked, last = questions[comment.question_id], questions[leads[comment.question_id]]
        if not _is_news(comment.source, last, now):
            continue
        written += outbox.write_outcome(asked, last, comment, now)
    return written


def decided_for(question: Question) -> Question:
    """Where its answer stands: itself, or what it was merged into or carried over to."""
    last = _leads([question.pk]).get(question.pk, question.pk)
    return Question.objects.select_related("reception__unit").get(pk=last)


def _is_news(source: Source, last: Question, now: datetime) -> bool:
    """Nothing of before the telling was switched on, and nothing that may still be undone."""
    if last.closed_at is None or last.closed_at > now - SETTLES_IN:
        return False
    since = parse_datetime(str(source.settings.get("outcomes_since", ""))) or source.created_at
    return last.closed_at >= since


def _leads(ids: Iterable[int]) -> dict[int, int]:
    """Each question that leads to, or is led to by, one of these, with the question it ends at."""
    following: dict[int, int] = {}
    frontier, seen = set(ids), set(ids)
    while frontier:
        near = Question.objects.filter(
            Q(pk__in=frontier) | Q(merged_into__in=frontier) | Q(carried_to__in=frontier)
        ).values_list("pk", "merged_into", "carried_to")
        found: set[int] = set()
        for pk, merged_into, carried_to in near:
            found.add(pk)
            if onward := merged_into or carried_to:
                following[pk] = onward
                found.add(onward)
        frontier = found - seen
        seen |= found
    return {pk: _end(pk, following) for pk in seen}


def _end(pk: int, following: dict[int, int]) -> int:
    passed = {pk}
    while (onward := following.get(pk)) is not None and onward not in passed:
        passed.add(onward)
        pk = onward
    return pk


def _untold(leads: dict[int, int]) -> list[Comment]:
    """The first standing comment of each question and source that has not got its last word yet."""
    ends = Question.objects.filter(pk__in=set(leads.values()), outcome__in=letters.TOLD)
    promised = set(ends.filter(outcome="on_control").values_list("pk", flat=True))
    told = set(ends.values_list("pk", flat=True))
    asked = [pk for pk, last in leads.items() if last in told]
    has = set(Reply.objects.filter(question__in=asked).values_list("question", "source", "kind"))
    found: dict[tuple[int, int], Comment] = {}
    for comment in (
        Comment.objects.filter(question__in=asked, deleted_at=None, source__is_enabled=True)
        .exclude(reply_ref={})
        .select_related("source")
        .order_by("pk")
    ):
        assert comment.question_id is not None
        kind = Reply.Kind.PROMISE if leads[comment.question_id] in promised else Reply.Kind.OUTCOME
        if (comment.question_id, comment.source_id, kind.value) not in has:
            found.setdefault((comment.question_id, comment.source_id), comment)
    return list(found.values())
