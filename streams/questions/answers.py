"""Answers: given once, never edited away; an undone answer is retracted and stays on record."""

from datetime import datetime

from streams.people.actors import Actor
from streams.questions.models import Answer, Question
from streams.questions.rules import Outcome


def give(
    question: Question,
    kind: str,
    text: str,
    *,
    language: str,
    by: Actor,
    now: datetime,
    time_code_s: int | None = None,
    body: str = "",
) -> Answer:
    assert by.user is not None
    return Answer.objects.create(
        question=question,
        kind=kind,
        text=text,
        language=language,
        time_code_s=time_code_s,
        body=body,
        by=by.user,
        at=now,
    )


def standing(question: Question) -> Answer | None:
    """The answer that counts now."""
    return question.answers.filter(retracted_at__isnull=True).first()


def retract(question: Question, now: datetime) -> None:
    question.answers.filter(retracted_at__isnull=True).update(retracted_at=now)


def stand_again(question: Question) -> None:
    """A reopening was undone: the answer it had retracted counts again."""
    if question.outcome in {
        Outcome.ANSWERED_LIVE,
        Outcome.ANSWERED_TEXT,
        Outcome.FORWARDED,
        Outcome.DECLINED,
    }:
        newest = question.answers.order_by("-retracted_at").first()
        if newest is not None:
            question.answers.filter(pk=newest.pk).update(retracted_at=None)
