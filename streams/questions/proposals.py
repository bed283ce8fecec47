"""Four eyes: one person proposes to decline or to set aside, another one confirms or refuses.

A proposal doesn't change the status: the question goes on waiting and is counted as waiting. Whatever
else becomes of it ends the proposal; an undo of that brings it back.
"""

from __future__ import annotations

from datetime import datetime

from streams.people.actors import Actor
from streams.people.models import Unit, User
from streams.questions import rules
from streams.questions.models import Proposal, Question
from streams.questions.rules import Move


class NeedsSecond(Exception):
    """In this unit a second person does what the first one proposed, with the same words."""


class AlreadyProposed(Exception):
    """What stands is confirmed or refused before something else is proposed."""

    def __init__(self, by: User) -> None:
        super().__init__(str(by))
        self.by = by


def needs_second(unit: Unit, move: Move) -> bool:
    return {Move.DECLINE: unit.confirm_declines, Move.SET_ASIDE: unit.confirm_asides}[move]


def first_step(unit: Unit, move: Move) -> Move:
    """What one person alone does towards `move` in this unit: propose it, or make it."""
    if move in rules.PROPOSES.values() and needs_second(unit, move):
        return next(propose for propose, then in rules.PROPOSES.items() if then is move)
    return move


def make(
    question: Question, move: Move, reason: str, text: str, *, by: Actor, now: datetime
) -> None:
    """Raises AlreadyProposed."""
    if question.proposal is not None:
        raise AlreadyProposed(question.proposal.by)
    assert by.user is not None
    question.proposal = Proposal.objects.create(
        question=question, move=move, reason=reason, text=text, by=by.user, at=now
    )


def confirm(
    question: Question, unit: Unit, move: Move, reason: str, text: str, *, by: Actor
) -> bool:
    """Whether it was proposed by somebody else just so. Raises NeedsSecond where it has to be."""
    stands = question.proposal
    confirmed = (
        stands is not None
        and (stands.move, stands.reason, stands.text) == (move, reason, text)
        and stands.by != by.user
    )
    if needs_second(unit, move) and not confirmed:
        raise NeedsSecond
    return confirmed


def refuse(question: Question, move: Move, *, by: Actor) -> bool:
    """Whether it was their own. Raises IllegalMove where nothing of the kind is proposed."""
    if question.proposal is None or question.proposal.move != rules.REFUSES[move]:
        raise rules.IllegalMove(move, "state")
    return question.proposal.by == by.user


def last(question: Question) -> Proposal | None:
    """The newest, which an undo brings back: none is made while another one stands."""
    return question.proposals.order_by("-pk").first()
