"""The open question in the middle of the desk: its texts, what may be done with it, what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from streams.common import clock, sql
from streams.control.models import ControlRecord
from streams.control.queries import of_questions
from streams.desk import forms, history, move_forms, moves, queries, texts
from streams.desk.moves import Action
from streams.desk.rows import state_mark
from streams.desk.seat import Seat
from streams.desk.texts import Alarm, TextsView
from streams.people import access
from streams.people.models import User
from streams.people.rules import EDITORS
from streams.questions import proposals, reasons, rules, saved_replies, service_clock
from streams.questions import queries as questions
from streams.questions.marks import available_tags
from streams.questions.models import Answer, Question, Tag
from streams.questions.reasons import Reasons
from streams.questions.rules import Move, Outcome, Status
from streams.questions.saved_replies import Offer
from streams.questions.service_clock import Due
from streams.receptions import timecode
from streams.receptions.models import Entry
from streams.receptions.rules import State
from streams.sources import queries as sources
from streams.sources.queries import AtSource

_CONTACT = "SELECT id FROM streams_askercontact WHERE question_id = %s"


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
    districts: list[tuple[str, str]]
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
    def seen_tags(self) -> str:
        return " ".join(tag.slug for tag, is_chosen in self.tags if is_chosen)

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
    time_code = _time_code(question, now)
    claim = getattr(question, "claim", None)
    is_sealed = seat.reception.state == State.SEALED
    text_form = wrong.public_text or forms.PublicText(
        auto_id="text-%s", initial={"text": question.public_text, "expect": question.version}
    )
    return CardView(
        question=question,
        user=seat.user,
        actions=moves.offered(seat, question, known, time_code, sent=(wrong.move, wrong.form)),
        may_confirm=_may_confirm(seat, question),
        may_undo=not is_sealed and _is_own_last(question, entries, seat.user),
        may_mark=not is_sealed,
        text_form=text_form,
        said_form=_said(question, wrong, is_sealed=is_sealed),
        tags=[(tag, tag.slug in chosen) for tag in known_tags],
        answer=question.standing_answer,
        record=_record(question),
        merged=list(question.merged.order_by("number")) if question.also else [],  # type: ignore[attr-defined]
        has_contact=bool(sql.rows(_CONTACT, [question.pk])),
        holder=claim.holder if claim and claim.until > now else None,
        history=history.lines(entries, known_tags, seat.reception, known),
        texts=texts.build(question),
        alarm=texts.alarm(question),
        languages=[(code, label) for code, label in settings.LANGUAGES],
        districts=_districts(seat, question),
        reasons=known,
        problem=problem,
        text_is_open=wrong.public_text is not None,
        now_time_code=time_code,
        due=promised.due(question) if promised else None,
        saved=_saved(seat, question, now),
        may_save_answer=_may_save_answer(seat, question),
        at_source=sources.at_source(question),
    )


def _time_code(question: Question, now: datetime) -> str:
    """A first value: when it went on air, else this moment of the broadcast."""
    is_on_air = question.status == Status.ON_AIR
    moment = questions.on_air_since(question) if is_on_air else now
    return timecode.write(question.reception.time_code_s(moment))


def _districts(seat: Seat, question: Question) -> list[tuple[str, str]]:
    """With the question's own, which an asker may have taken from beyond the tree."""
    known = seat.districts()
    own = question.district
    return known if own is None or own.code in dict(known) else [(own.code, own.name), *known]


def _saved(seat: Seat, question: Question, now: datetime) -> list[Offer]:
    if not question.is_open:
        return []
    return saved_replies.offers(question, saved_replies.first(seat.reception.unit), now)


def _may_confirm(seat: Seat, question: Question) -> bool:
    proposal = question.proposal
    if proposal is None or not question.is_open:
        return False
    needs_second = proposals.needs_second(seat.reception.unit, Move(proposal.move))
    return proposal.by != seat.user or not needs_second


def _is_own_last(question: Question, entries: list[Entry], user: User) -> bool:
    last = next((e for e in entries if e.data.get("version") == question.version), None)
    return last is not None and last.by_id == user.pk and last.kind in rules.UNDOABLE


def _may_save_answer(seat: Seat, question: Question) -> bool:
    answer = question.standing_answer
    if answer is None or not answer.text:
        return False
    return access.role_in(seat.user, seat.reception.unit, EDITORS) is not None


def _said(question: Question, wrong: Wrong, *, is_sealed: bool) -> forms.Said | None:
    answer = question.standing_answer
    if question.outcome != Outcome.ANSWERED_LIVE or answer is None or is_sealed:
        return None
    return wrong.said or forms.Said(auto_id="said-%s", initial={"text": answer.text})


def _record(question: Question) -> ControlRecord | None:
    if question.outcome not in {Outcome.ON_CONTROL, Outcome.ANSWERED_FROM_CONTROL}:
        return None
    return of_questions([question.pk]).get(question.pk)
