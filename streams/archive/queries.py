"""What the public may read, and what the pages of the archive count."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from streams.control import queries as control
from streams.control.models import ControlRecord
from streams.questions import reasons
from streams.questions.models import Question
from streams.questions.queries import Equation, counted, full
from streams.questions.rules import ANSWERED, Outcome
from streams.receptions import journal
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import State, Step


def published() -> QuerySet[Question]:
    """The one queryset behind every list, page, search and export of questions' texts."""
    return Question.objects.filter(is_public=True).exclude(reception__state=State.CANCELLED)


def is_published(question: Question) -> bool:
    """The same condition, for a question at hand."""
    return question.is_public and question.reception.state != State.CANCELLED


def newest_first(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Answered ones first, the latest on top; then those that wait."""
    return questions.order_by(F("closed_at").desc(nulls_last=True), "-received_at", "-pk")


def shown(ids: Collection[int]) -> list[Question]:
    """Published questions with all that a row shows, in the order of `ids`."""
    found = {
        question.pk: question for question in full().filter(pk__in=published().filter(pk__in=ids))
    }
    in_order = [found[pk] for pk in ids if pk in found]
    reasons.attach(in_order)
    return in_order


def last_answers(count: int) -> list[Question]:
    answered = newest_first(published().filter(outcome__in=ANSWERED))
    return shown(list(answered.values_list("pk", flat=True)[:count]))


def any_question(reception_no: str, number: int) -> Question | None:
    """The question of a public number, published or not: the page decides what may be said of it."""
    found = (
        full()
        .select_related("carried_from__reception", "carried_to__reception")
        .filter(reception__no=reception_no, number=number)
        .first()
    )
    if found is not None:
        reasons.attach([found])
    return found


def merged_into(question: Question) -> list[Question]:
    """The questions that this one answers as well, in the order of their numbers."""
    return list(question.merged.select_related("reception").order_by("number"))


def control_record(question: Question) -> ControlRecord | None:
    return control.of_questions([question.pk]).get(question.pk)


def history(question: Question) -> QuerySet[Entry]:
    return Entry.objects.filter(
        reception_id=question.reception_id, question_number=question.number
    ).order_by("seq")


def totals() -> Equation:
    """The equation of all receptions together; a question carried over counts where it went."""
    rows = Question.objects.values_list("bucket", "status").annotate(n=Count("pk")).order_by()
    buckets, statuses, aside = counted(rows)
    dealt = Reception.objects.aggregate(n=Sum("last_number"))["n"] or 0
    captured = dealt - buckets[Outcome.CARRIED_OVER]
    buckets[Outcome.CARRIED_OVER] = 0
    return Equation(captured, captured - aside, aside, buckets, statuses)


def received_counts(receptions: Iterable[Reception]) -> dict[int, int]:
    """How many questions each reception has received so far, by its id."""
    rows = (
        Question.objects.filter(reception__in=[reception.pk for reception in receptions])
        .exclude(outcome=Outcome.NOT_A_QUESTION)
        .values_list("reception")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return dict(rows)


def sealed_receptions() -> int:
    return Reception.objects.filter(state=State.SEALED).count()


def promises(now: datetime) -> tuple[int, int]:
    """How many promises are in work, and how many of them are overdue."""
    records = control.records()
    late = control.overdue(control.local_days(now))
    return records.filter(control.open_ones()).count(), records.filter(late).count()


def reception(no: str) -> Reception | None:
    return Reception.objects.select_related("unit").filter(no=no).first()


def entries(reception: Reception) -> QuerySet[Entry]:
    return Entry.objects.filter(reception=reception).order_by("seq")


def seal(reception: Reception) -> Entry | None:
    """The entry that closed the books."""
    return entries(reception).filter(kind=Step.SEAL).first()


def public_entries(reception: Reception, *, after: int, until: int) -> list[dict[str, Any]]:
    """Entries `after` < seq ≤ `until` as they are published. They never change, so pages of them fit."""
    found = list(entries(reception).filter(seq__gt=after, seq__lte=until))
    for entry in found:
        entry.reception = reception
    return [journal.public(entry) for entry in found]
