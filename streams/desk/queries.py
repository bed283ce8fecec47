"""What the desk looks up: the rows of its lists, a search over all questions, likely duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.db.models import Q, QuerySet

from streams.common import sql, text
from streams.common.columns import Columns
from streams.people.models import User
from streams.people.named import named
from streams.questions import service_clock, similar
from streams.questions.models import Question
from streams.questions.rules import OPEN, Outcome
from streams.receptions.models import Entry, Reception

_NO_TARGETS = [Outcome.MERGED, Outcome.NOT_A_QUESTION, Outcome.WITHDRAWN]
_OPEN = [status.value for status in OPEN]
_BY = named("u")
_ENTRY = Columns(Entry, "e", without=("prev_hash", "hash"), by=_BY)
_HISTORY = f"""
SELECT {_ENTRY.text} FROM streams_entry e LEFT JOIN streams_user u ON u.id = e.by_id
WHERE e.reception_id = %s AND e.question_number = %s ORDER BY e.seq DESC
"""  # noqa: S608 -- columns of our own models
_DECIDERS = f"""
SELECT DISTINCT ON (e.question_number) e.question_number, {_BY.text}
FROM streams_entry e LEFT JOIN streams_user u ON u.id = e.by_id
WHERE e.reception_id = %s AND e.question_number = ANY(%s) AND e.data ? 'version'
ORDER BY e.question_number, e.seq DESC
"""  # noqa: S608 -- columns of our own model


def deciders(reception_id: int, numbers: Iterable[int]) -> dict[int, User | None]:
    """Who made the last decision on each question, in one query; None: the asker."""
    if not (asked := list(numbers)):
        return {}
    rows = sql.rows(_DECIDERS, [reception_id, asked])
    return {number: _BY.find(person) for number, *person in rows}


def history(question: Question) -> list[Entry]:
    """The question's entries, the newest first."""
    return _ENTRY.read(_HISTORY, [question.reception_id, question.number])


def with_words(questions: QuerySet[Question], words: str) -> QuerySet[Question]:
    """Those with this number, or with all of these words in the public text, answer or name."""
    number = words.strip().lstrip("№#").strip()
    if number.isdecimal():
        return questions.filter(number=int(number[:9]))
    for word in words.split()[:10]:
        fits = Q(asker_name__icontains=word)
        if folded := text.search_form(word):
            fits |= Q(search_text__contains=folded)
        questions = questions.filter(fits)
    return questions


def touched_by(questions: QuerySet[Question], user: User, now: datetime) -> QuerySet[Question]:
    """Those that `user` holds, proposed to close or ever decided on."""
    worked_on = Entry.objects.filter(
        by=user, question_number__isnull=False, reception_id__in=questions.values("reception_id")
    )
    return questions.filter(
        Q(claim__holder=user, claim__until__gt=now)
        | Q(proposal__by=user)
        | Q(number__in=worked_on.values("question_number"))
    )


def overdue(
    questions: QuerySet[Question], reception: Reception, now: datetime
) -> QuerySet[Question]:
    """Those still open although the day of the unit's own promise has passed."""
    promised = service_clock.of(reception, now)
    if promised is None:
        return questions.none()
    first_in_time = datetime.combine(promised.overdue_before(), time(), tzinfo=reception.zone)
    return questions.filter(status__in=_OPEN, received_at__lt=first_in_time)


def possible_targets(question: Question, words: str) -> list[Question]:
    """Where `question` may be merged into: found by `words`, else the most similar ones."""
    others = (
        Question.objects.filter(reception_id=question.reception_id)
        .exclude(pk=question.pk)
        .exclude(outcome__in=_NO_TARGETS)
    )
    if words.strip():
        return list(with_words(others, words).order_by("number")[:8])
    scores = dict(
        similar.ranked(
            question.public_text,
            within=Q(question__reception_id=question.reception_id)
            & ~Q(question__outcome__in=_NO_TARGETS),
            limit=5,
            language=question.language,
            itself=question.pk,
        )
    )
    near = [pk for pk, score in scores.items() if score >= similar.SHOWN_FROM]
    return sorted(others.filter(pk__in=near), key=lambda other: -scores[other.pk])
