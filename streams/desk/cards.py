"""The open question in the middle of the desk: its texts, what may be done with it, what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from streams.common import clock
from streams.control.models import ControlRecord
from streams.control.queries import of_questions
from streams.desk import forms, history, move_forms, queries, texts
from streams.desk.rows import state_mark
from streams.desk.seat import Seat
from streams.desk.texts import Alarm, TextsView
from streams.people import access
from streams.people.models import User
from streams.people.rules import EDITORS
from streams.questions import labels, proposals, reasons, rules, saved_replies, service_clock
from streams.questions import queries as questions
from streams.questions.marks import available_tags
from streams.questions.models import Answer, AskerContact, Question, Tag
from streams.questions.reasons import Reasons
from streams.questions.rules import Move, Outcome, Status
from streams.questions.saved_replies import Offer
from streams.questions.service_clock import Due
from streams.receptions import timecode
from streams.receptions.models import Entry
from streams.receptions.rules import State
from streams.sources import queries as sources
from streams.sources.queries import AtSource

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


@dataclass(frozen=True)
class Problem:
    """Why the last attempt failed, and what was typed, so that nothing typed is lost."""

    text: str
    unsent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wrong:
    """A form that came back with errors."""

    move: Move | None = None
    form: move_forms.Needs | None = None
    public_text: forms.PublicText | None = None
    said: forms.Said | None = None


@dataclass(frozen=True)
class CardView:
    question: Question
    user: User
    actions: list[Action]
    may_confirm: bool
    may_undo: bool
    may_mark: bool
    text_form: forms.PublicText
    said_form: forms.Said | None
    tags: list[tuple[Tag, bool]]
    answer: Answer | None
    record: ControlRecord | None
    merged: list[Question]
    has_contact: bool
    holder: User | None
    history: list[history.Line]
    texts: TextsView
    alarm: Alarm | None
    languages: list[tuple[str, object]]
    reasons: Reasons
    problem: Problem | None = None
    text_is_open: bool = False
    now_time_code: str = ""
    due: Due | None = None
    saved: list[Offer] = field(default_factory=list)
    may_save_answer: bool = False
    at_source: list[AtSource] = field(default_factory=list)

    @property
    def told_at(self) -> str:
        """When a message back to an asker changed last, as the socket says it."""
        at = sources.told_at(self.at_source)
        return clock.stamp(at) if at else ""

    @property
    def state(self) -> str:
        return state_mark(self.question)

    @property
    def presses(self) -> list[Action]:
        return [action for action in self.actions if action.form is None]

    @property
    def openers(self) -> list[Action]:
        return [action for action in self.actions if action.form is not None]

    @property
    def is_held_by_other(self) -> bool:
        return self.holder is not None and self.holder.pk != self.user.pk

    @property
    def proposed_reason(self) -> object:
        proposal = self.question.proposal
        return (
            self.reasons.text(reasons.OF_MOVE[proposal.move], proposal.reason) if proposal else ""
        )

    @property
    def closing_reason(self) -> object:
        return self.reasons.of(self.question)


@dataclass
class _Times:
    """First values of time codes: when it went on air, else this moment of the broadcast."""

    question: Question
    now: datetime
    code: str = field(init=False)

    def __post_init__(self) -> None:
        reception = self.question.reception
        is_on_air = self.question.status == Status.ON_AIR
        moment = questions.on_air_since(self.question) if is_on_air else self.now
        self.code = timecode.write(reception.time_code_s(moment))


def build(
    seat: Seat,
    question: Question,
    *,
    now: datetime,
    problem: Problem | None = None,
    wrong: Wrong | None = None,
) -> CardView:
    """A constant number of queries."""
    wrong = wrong or Wrong()
    entries = queries.history(question)
    promised = service_clock.of(seat.reception, now)
    known_tags = available_tags(seat.reception.unit.path)
    known = reasons.of(seat.reception.unit)
    chosen = {tag.slug for tag in question.tags.all()}
    time_code = _Times(question, now).code
    claim = getattr(question, "claim", None)
    standing: list[Answer] = getattr(question, "standing_answers", [])
    is_sealed = seat.reception.state == State.SEALED
    text_form = wrong.public_text or forms.PublicText(
        auto_id="text-%s", initial={"text": question.public_text, "expect": question.version}
    )
    return CardView(
        question=question,
        user=seat.user,
        actions=_actions(seat, question, known, time_code, wrong),
        may_confirm=_may_confirm(seat, question),
        may_undo=not is_sealed and _is_own_last(question, entries, seat.user),
        may_mark=not is_sealed,
        text_form=text_form,
        said_form=_said(question, standing, wrong, is_sealed=is_sealed),
        tags=[(tag, tag.slug in chosen) for tag in known_tags],
        answer=standing[0] if standing else None,
        record=_record(question),
        merged=list(question.merged.order_by("number")),
        has_contact=AskerContact.objects.filter(question=question).exists(),
        holder=claim.holder if claim and claim.until > now else None,
        history=history.lines(entries, known_tags, seat.reception, known),
        texts=texts.build(question),
        alarm=texts.alarm(question),
        languages=[(code, label) for code, label in settings.LANGUAGES],
        reasons=known,
        problem=problem,
        text_is_open=wrong.public_text is not None,
        now_time_code=time_code,
        due=promised.due(question) if promised else None,
        saved=_saved(seat, question, now),
        may_save_answer=bool(standing and standing[0].text)
        and access.role_in(seat.user, seat.reception.unit, EDITORS) is not None,
        at_source=sources.at_source(question),
    )


def _actions(
    seat: Seat, question: Question, known: Reasons, time_code: str, wrong: Wrong
) -> list[Action]:
    outcome = Outcome(question.outcome) if question.outcome else None
    legal = rules.moves_from(Status(question.status), outcome, seat.reception.stage, seat.by.role)
    left_out = _ELSEWHERE | _FOUR_EYES
    if question.proposal is None:
        unit = seat.reception.unit
        left_out -= {proposals.first_step(unit, move) for move in rules.PROPOSES.values()}
    if not question.is_public:
        left_out |= {Move.HIDE}
    return [
        _action(question, move, known, time_code, wrong) for move in legal if move not in left_out
    ]


def _action(question: Question, move: Move, known: Reasons, time_code: str, wrong: Wrong) -> Action:
    likely = _LIKELY_IN_WRITING if question.reception.is_standing else _LIKELY
    is_likely = likely.get(Status(question.status)) is move
    kind = "primary" if is_likely else "danger" if move in _DANGER else ""
    if wrong.move is move and wrong.form is not None:
        return Action(move, KEYS[move], kind, wrong.form, is_open=True)
    needs = move_forms.NEEDS.get(move)
    if needs is None or needs is move_forms.Queue:
        return Action(move, KEYS[move], kind)
    initial: dict[str, Any] = {}
    if move is Move.ANSWER_LIVE or (move is Move.ESCALATE and question.status == Status.ON_AIR):
        initial["time_code_s"] = time_code
    return Action(move, KEYS[move], kind, needs(question=question, known=known, initial=initial))


def _saved(seat: Seat, question: Question, now: datetime) -> list[Offer]:
    if not question.is_open:
        return []
    replies = saved_replies.available(seat.reception.unit)[: saved_replies.SHOWN]
    return saved_replies.offers(question, replies, now)


def _may_confirm(seat: Seat, question: Question) -> bool:
    proposal = question.proposal
    if proposal is None or not question.is_open:
        return False
    needs_second = proposals.needs_second(seat.reception.unit, Move(proposal.move))
    return proposal.by != seat.user or not needs_second


def _is_own_last(question: Question, entries: list[Entry], user: User) -> bool:
    last = next((e for e in entries if e.data.get("version") == question.version), None)
    if last is None or last.by_id != user.pk or last.kind not in {move.value for move in Move}:
        return False
    return rules.MOVES[Move(last.kind)].undoable


def _said(
    question: Question, standing: list[Answer], wrong: Wrong, *, is_sealed: bool
) -> forms.Said | None:
    if question.outcome != Outcome.ANSWERED_LIVE or not standing or is_sealed:
        return None
    return wrong.said or forms.Said(auto_id="said-%s", initial={"text": standing[0].text})


def _record(question: Question) -> ControlRecord | None:
    if question.outcome not in {Outcome.ON_CONTROL, Outcome.ANSWERED_FROM_CONTROL}:
        return None
    return of_questions([question.pk]).get(question.pk)
