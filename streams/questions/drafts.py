"""Answers prepared before their time: kept with who wrote them, given at one press, never public before."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from streams.people.actors import Actor
from streams.questions import actions
from streams.questions.marks import NotNow, unsealed
from streams.questions.models import Draft, Question
from streams.questions.row import locked
from streams.questions.rules import Move
from streams.receptions import journal


class Rewritten(Exception):
    """The prepared answer is not the one that was seen; `draft` is as it is now, if there is one."""

    def __init__(self, draft: Draft | None) -> None:
        super().__init__(str(draft))
        self.draft = draft


@transaction.atomic
def keep(
    question_id: int, text: str, language: str, *, for_chief: bool, by: Actor, now: datetime
) -> Question:
    """Keep it as the answer to be; empty takes it away. Raises NotNow.

    Nobody has been told these words yet, so the journal tells that they changed and no more.
    """
    assert by.user is not None
    question, reception = unsealed(question_id)
    if not question.is_open:
        raise NotNow
    before = Draft.objects.filter(question=question).first()
    said = (before.text, before.language, before.for_chief) if before else ("", "", False)
    if said == (text, language, for_chief) or (not text and before is None):
        return question
    if text:
        words = {"text": text, "language": language, "for_chief": for_chief}
        defaults = {**words, "by": by.user, "at": now}
        Draft.objects.update_or_create(question=question, defaults=defaults)
    else:
        Draft.objects.filter(question=question).delete()
    journal.append(reception, "draft", by=by, at=now, question_number=question.number)
    return question


@transaction.atomic
def give(question_id: int, seen: str, *, by: Actor, expect: int, now: datetime) -> Question:
    """It becomes the written answer. `seen`: the stamp of what the giver saw.

    The draft stays, so that it is there again when the answer is taken back. Raises Rewritten, and
    what `actions.move` raises.
    """
    question, reception = locked(question_id)
    draft = Draft.objects.filter(question_id=question_id).select_related("by").first()
    if draft is None or draft.stamp != seen:
        raise Rewritten(draft)
    return actions.make(
        question,
        reception,
        Move.ANSWER_TEXT,
        by=by,
        expect=expect,
        now=now,
        text=draft.text,
        language=draft.language,
    )
