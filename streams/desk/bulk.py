"""One step on all chosen questions: which steps there are, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override as speaking
from django.utils.translation import pgettext
from typing_extensions import override

from streams.common import numbers
from streams.desk import keymap
from streams.desk.seat import Seat
from streams.people.models import Unit
from streams.questions import batches, labels, marks, proposals, reasons
from streams.questions.batches import Batch
from streams.questions.models import Question
from streams.questions.reasons import Kind
from streams.questions.rules import Move

_WITH_REASON = {Move.DECLINE: Kind.DECLINE, Move.SET_ASIDE: Kind.ASIDE}
# By the button's word.
_MOVES = {"decline": Move.DECLINE, "set_aside": Move.SET_ASIDE}


class Step(StrEnum):
    APPROVE = "approve"
    QUEUE = "queue"
    TAG = "tag"
    DECLINE = "decline"
    MERGE = "merge"
    DISTRICT = "district"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Wish:
    """`value`: the tag, reason, district or number that the step needs; "" where it needs none."""

    step: Step
    value: str
    expect: Mapping[int, int]


@dataclass(frozen=True)
class Menu:
    """A step that needs one more word; `code` is the key that opens it, a digit picks."""

    step: Step
    label: object
    code: str
    choices: Sequence[tuple[str, object]]
    tone: str = ""

    @property
    def cap(self) -> str:
        return keymap.shown(self.code)


@dataclass(frozen=True)
class Choices:
    """What the bar of the chosen questions offers."""

    menus: list[Menu]
    most: int = batches.MOST


class PicksField(forms.Field):
    """number → version."""

    widget = forms.SelectMultiple

    @override
    def to_python(self, value: Any) -> dict[int, int]:
        pairs = list(value or ())
        if not 0 < len(pairs) <= batches.MOST:
            raise forms.ValidationError("between one and a hundred")
        found = {}
        for pair in pairs:
            number, _colon, version = pair.partition(":")
            if numbers.read(number) is None or numbers.read(version) is None:
                raise forms.ValidationError("not a question")
            found[int(number)] = int(version)
        return found


class BulkForm(forms.Form):
    """`do` is a button's one value, "approve" or "tag:roads"; `pick` is "number:version", up to 100."""

    do = forms.RegexField(rf"^({'|'.join(Step)})(:[\w-]{{1,40}})?$", max_length=60)
    pick = PicksField()

    def __init__(self, data: Mapping[str, Any], *, unit: Unit) -> None:
        super().__init__(data)
        self.unit = unit

    @override
    def clean(self) -> dict[str, Any]:
        step, _colon, value = str(self.cleaned_data.get("do", "")).partition(":")
        if step and bool(value) is (step in {Step.APPROVE, Step.QUEUE}):
            self.add_error("do", "incomplete")
        if step == Step.MERGE and numbers.read(value) is None:
            self.add_error("do", "no number")
        if (move := _MOVES.get(step)) and value not in _offered(self.unit, move):
            self.add_error("do", "no reason")
        return self.cleaned_data

    def wish(self) -> Wish:
        step, _colon, value = self.cleaned_data["do"].partition(":")
        return Wish(Step(step), value, self.cleaned_data["pick"])


class Entries(forms.Form):
    """What a batch wrote into the journal: "418,419"."""

    entries = forms.RegexField(r"^[1-9]\d{0,17}(,[1-9]\d{0,17}){0,99}$", max_length=2000)

    def clean_entries(self) -> list[int]:
        return [int(seq) for seq in self.cleaned_data["entries"].split(",")]


def choices(seat: Seat, districts: list[tuple[str, str]]) -> Choices:
    tags = [(tag.slug, tag.name) for tag in marks.available_tags(seat.reception.unit.path)]
    unit = seat.reception.unit
    known = reasons.of(unit)
    closing = {move: labels.MOVES[proposals.first_step(unit, move)] for move in _WITH_REASON}
    menus = [
        Menu(Step.TAG, pgettext("add a tag", "Tag"), "KeyL", tags),
        Menu(Step.DISTRICT, _("Hand to a district"), "Shift+KeyG", districts),
        Menu(Step.DECLINE, closing[Move.DECLINE], "KeyR", known.offered(Kind.DECLINE), "danger"),
        Menu(Step.SET_ASIDE, closing[Move.SET_ASIDE], "KeyH", known.offered(Kind.ASIDE)),
    ]
    return Choices([menu for menu in menus if menu.choices])


def make(seat: Seat, wish: Wish, now: datetime) -> Batch:
    return _STEPS[wish.step](seat, wish, now)


def is_proposal(seat: Seat, step: Step) -> bool:
    """Whether a second person confirms the step in this unit."""
    move = _MOVES.get(step)
    return move is not None and proposals.needs_second(seat.reception.unit, move)


def take_back(seat: Seat, entries: list[int], now: datetime) -> Batch:
    return batches.take_back(seat.reception, entries, by=seat.by, now=now)


def _approve(seat: Seat, wish: Wish, now: datetime) -> Batch:
    return _move(seat, wish, Move.APPROVE, lambda _question: {}, now)


def _queue(seat: Seat, wish: Wish, now: datetime) -> Batch:
    return _move(seat, wish, Move.QUEUE, lambda _question: {}, now)


def _merge(seat: Seat, wish: Wish, now: datetime) -> Batch:
    """Into one of them, which stays."""
    target = int(wish.value)
    others = {n: version for n, version in wish.expect.items() if n != target}
    return _move(
        seat,
        Wish(wish.step, wish.value, others),
        Move.MERGE,
        lambda _question: {"target": target},
        now,
    )


def _decline(seat: Seat, wish: Wish, now: datetime) -> Batch:
    return _close(seat, wish, Move.DECLINE, now)


def _set_aside(seat: Seat, wish: Wish, now: datetime) -> Batch:
    return _close(seat, wish, Move.SET_ASIDE, now)


def _close(seat: Seat, wish: Wish, move: Move, now: datetime) -> Batch:
    """With the public wording of the reason in each one's language; where two decide, a proposal.

    What a colleague proposed is for a person to look at, one by one.
    """
    unit = seat.reception.unit
    offered = _offered(unit, move)

    def given(question: Question) -> dict[str, Any]:
        if question.proposal is not None:
            raise proposals.AlreadyProposed(question.proposal.by)
        with speaking(question.language):
            return {"reason": wish.value, "text": str(offered[wish.value])}

    return _move(seat, wish, proposals.first_step(unit, move), given, now)


def _tag(seat: Seat, wish: Wish, now: datetime) -> Batch:
    if wish.value not in {tag.slug for tag in marks.available_tags(seat.reception.unit.path)}:
        raise Http404

    def mark(question: Question) -> None:
        slugs = {tag.slug for tag in question.tags.all()} | {wish.value}
        marks.set_tags(question.pk, slugs, by=seat.by, now=now)

    return batches.mark_each(seat.reception, wish.expect, mark)


def _district(seat: Seat, wish: Wish, now: datetime) -> Batch:
    return batches.mark_each(
        seat.reception,
        wish.expect,
        lambda question: marks.set_district(question.pk, wish.value, by=seat.by, now=now),
    )


def _move(
    seat: Seat,
    wish: Wish,
    move: Move,
    given: Callable[[Question], dict[str, Any]],
    now: datetime,
) -> Batch:
    return batches.move_each(seat.reception, wish.expect, move, given, by=seat.by, now=now)


_STEPS: Mapping[Step, Callable[[Seat, Wish, datetime], Batch]] = {
    Step.APPROVE: _approve,
    Step.QUEUE: _queue,
    Step.TAG: _tag,
    Step.DECLINE: _decline,
    Step.MERGE: _merge,
    Step.DISTRICT: _district,
    Step.SET_ASIDE: _set_aside,
}


def _offered(unit: Unit, move: Move) -> dict[str, object]:
    return dict(reasons.of(unit).offered(_WITH_REASON[move]))
