"""Many at once: the same question of many people becomes one, and can become many again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from streams.people.actors import Actor
from streams.questions import actions
from streams.questions.models import Question
from streams.questions.rules import Move


@transaction.atomic
def merge_many(
    target: Question, expect: Mapping[int, int], *, by: Actor, now: datetime
) -> list[Question]:
    """Merge all or none into `target`; `expect` is pk → version. Raises what `actions.move` raises."""
    return [
        actions.move(pk, Move.MERGE, by=by, expect=version, now=now, target=target.number)
        for pk, version in sorted(expect.items())
    ]


@transaction.atomic
def undo_many(expect: Mapping[int, int], *, by: Actor, now: datetime) -> list[Question]:
    """Take one's own mergers back, all or none. Raises what `actions.undo` raises."""
    return [
        actions.undo(pk, by=by, expect=version, now=now) for pk, version in sorted(expect.items())
    ]
