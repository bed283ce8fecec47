"""Beside the open question, loaded after it: what is like it, and the tags that such questions have."""

from __future__ import annotations

from dataclasses import dataclass

from streams.desk.seat import Seat
from streams.questions import similar, tagging
from streams.questions.models import Question
from streams.questions.rules import Move, is_legal
from streams.questions.rules import Status as QuestionStatus
from streams.questions.similar import Like

_SHOWN = 6


@dataclass(frozen=True)
class Same:
    """`can_join`: it can be merged into the open question, or (`can_take`) the open one into it."""

    like: Like
    is_here: bool
    can_join: bool
    can_take: bool

    @property
    def question(self) -> Question:
        return self.like.question


@dataclass(frozen=True)
class Beside:
    question: Question
    same: list[Same]
    tags: list[tagging.Suggestion]

    @property
    def can_merge(self) -> bool:
        return any(one.can_join for one in self.same)


def beside(seat: Seat, question: Question) -> Beside:
    found = similar.to_question(question, limit=_SHOWN)
    return Beside(
        question, [_same(seat, question, like) for like in found], tagging.suggest(question)
    )


def _same(seat: Seat, question: Question, like: Like) -> Same:
    other = like.question
    is_here = other.reception_id == question.reception_id
    return Same(
        like,
        is_here=is_here,
        can_join=is_here and _can_go(seat, other),
        can_take=is_here and _can_go(seat, question),
    )


def _can_go(seat: Seat, question: Question) -> bool:
    """It may be merged into another: open, and none was merged into it."""
    stage = seat.reception.stage
    legal = is_legal(Move.MERGE, QuestionStatus(question.status), None, stage)
    return legal and question.is_open and not question.also  # type: ignore[attr-defined]
