"""What may be done with the open question: each move with its key, and the form that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from streams.desk import move_forms
from streams.desk.seat import Seat
from streams.questions import labels, proposals, rules
from streams.questions.models import Question
from streams.questions.reasons import Reasons
from streams.questions.rules import Move, Outcome, Status

# One key, one meaning; where two moves share a key they never stand side by side.
KEYS: Mapping[Move, str] = {
    Move.APPROVE: "A",
    Move.QUEUE: "Q",
    Move.HIDE: "⇧ H",
    Move.UNQUEUE: "B",
    Move.PUT_ON_AIR: "O",
    Move.BACK_TO_QUEUE: "B",
    Move.ANSWER_LIVE: "V",
    Move.ANSWER_TEXT: "T",
    Move.ESCALATE: "P",
    Move.FORWARD: "G",
    Move.PROPOSE_DECLINE: "R",
    Move.DECLINE: "R",
    Move.REFUSE_DECLINE: "D",
    Move.MERGE: "M",
    Move.CARRY_OVER: "Y",
    Move.PROPOSE_ASIDE: "H",
    Move.SET_ASIDE: "H",
    Move.REFUSE_ASIDE: "D",
    Move.REOPEN: "X",
}
# The step that usually comes next gets the strong button.
_LIKELY = {
    Status.NEW: Move.APPROVE,
    Status.APPROVED: Move.QUEUE,
    Status.QUEUED: Move.PUT_ON_AIR,
    Status.ON_AIR: Move.ANSWER_LIVE,
}
# Where there is no air the answer is the next step, and publishes the question with it.
_LIKELY_IN_WRITING = {Status.NEW: Move.ANSWER_TEXT, Status.APPROVED: Move.ANSWER_TEXT}
_DANGER = frozenset({Move.PROPOSE_DECLINE, Move.DECLINE})
# These have a place of their own on the card, or on another screen.
_ELSEWHERE = frozenset({*rules.REFUSES, Move.ANSWER_FROM_CONTROL})
_FOUR_EYES = frozenset({*rules.PROPOSES, *rules.PROPOSES.values()})
# A proposal is made with the form of what it proposes.
_FORM_OF = {propose: move.value for propose, move in rules.PROPOSES.items()}
# Forms of some units in three languages; on air each has a time code of its own.
_KEPT = 200


@dataclass(frozen=True)
class Action:
    """A move that may be made now. With `form`, it opens; without, it is one press."""

    move: Move
    key: str
    kind: str
    form: move_forms.Needs | None = None
    is_open: bool = False

    @property
    def code(self) -> str:
        """The key's place on the keyboard, as `KeyboardEvent.code` names it."""
        return f"Shift+Key{self.key[-1]}" if self.key.startswith("⇧") else f"Key{self.key}"

    @property
    def label(self) -> object:
        return labels.MOVES[self.move]

    @property
    def claims(self) -> bool:
        """Whether writing it takes long enough to keep colleagues off meanwhile."""
        return self.move not in {Move.SET_ASIDE, Move.PROPOSE_ASIDE, Move.MERGE}

    @property
    def template(self) -> str:
        return f"parts/desk_form_{_FORM_OF.get(self.move, self.move.value)}.html"

    @property
    def written(self) -> SafeString | None:
        """Its form's inside in the active language, where that doesn't depend on the question."""
        shows = self.form.shows() if self.form and not self.form.is_bound else None
        if shows is None:
            return None
        return _written(Face(self.template, get_language() or "", shows, self.form))


@dataclass(frozen=True)
class Face:
    """All that an unsent form shows, as plain values in the language `speaks`. The template gets `form`
    alone, so what has the same face has the same HTML."""

    template: str
    speaks: str
    shows: move_forms.Shows
    form: move_forms.Needs | None = field(compare=False)


@lru_cache(maxsize=_KEPT)
def _written(face: Face) -> SafeString:
    """Nobody has to say when it is old: whatever it shows is part of the key."""
    return render_to_string(face.template, {"form": face.form})


def offered(
    seat: Seat,
    question: Question,
    known: Reasons,
    time_code: str,
    *,
    sent: tuple[Move | None, move_forms.Needs | None] = (None, None),
) -> list[Action]:
    """In the order of the table. `sent`: the form that came back with errors, and of which move it is."""
    outcome = Outcome(question.outcome) if question.outcome else None
    legal = rules.moves_from(Status(question.status), outcome, seat.reception.stage, seat.by.role)
    left_out = _ELSEWHERE | _FOUR_EYES
    if question.proposal is None:
        unit = seat.reception.unit
        left_out -= {proposals.first_step(unit, move) for move in rules.PROPOSES.values()}
    if not question.is_public:
        left_out |= {Move.HIDE}
    return [
        _action(question, move, known, time_code, sent) for move in legal if move not in left_out
    ]


def _action(
    question: Question,
    move: Move,
    known: Reasons,
    time_code: str,
    sent: tuple[Move | None, move_forms.Needs | None],
) -> Action:
    likely = _LIKELY_IN_WRITING if question.reception.is_standing else _LIKELY
    is_likely = likely.get(Status(question.status)) is move
    kind = "primary" if is_likely else "danger" if move in _DANGER else ""
    if sent[0] is move and sent[1] is not None:
        return Action(move, KEYS[move], kind, sent[1], is_open=True)
    needs = move_forms.NEEDS.get(move)
    if needs is None or needs is move_forms.Queue:
        return Action(move, KEYS[move], kind)
    initial: dict[str, Any] = {}
    if move is Move.ANSWER_LIVE or (move is Move.ESCALATE and question.status == Status.ON_AIR):
        initial["time_code_s"] = time_code
    return Action(move, KEYS[move], kind, needs(question=question, known=known, initial=initial))
