"""What became of a question, from its journal entries, in plain words for who asked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from streams.questions import reasons
from streams.questions.models import Question
from streams.questions.reasons import Reasons
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Entry


@dataclass(frozen=True)
class Chapter:
    """`state`: done, now (where it stands) or later (what usually comes next, without a time)."""

    text: object
    at: datetime | None = None
    state: str = "done"
    detail: object = ""


_RECEIVED = _("Received")
_CARRIED = _("Received from an earlier reception")
_WORDS: dict[str, object] = {
    Move.APPROVE: _("Approved: the text is public"),
    Move.HIDE: _("Not shown any more: the moderators read it again"),
    Move.QUEUE: _("In the queue for the air"),
    Move.UNQUEUE: _("Out of the queue, still to be answered"),
    Move.PUT_ON_AIR: _("On air: the question is being read"),
    Move.BACK_TO_QUEUE: _("Back in the queue, to be answered later"),
    Move.ANSWER_LIVE: _("Answered on air"),
    Move.ANSWER_TEXT: _("Answered in text"),
    Move.ESCALATE: _("Taken on personal control"),
    Move.ANSWER_FROM_CONTROL: _("Answered from personal control"),
    Move.FORWARD: _("Forwarded to the body that decides"),
    Move.DECLINE: _("Not accepted"),
    Move.MERGE: _("Joined with the same question of another person"),
    Move.WITHDRAW: _("Withdrawn by you"),
    Move.CARRY_OVER: _("Carried over to the next reception"),
    Move.SET_ASIDE: _("Set aside: not taken as a question"),
    Move.REOPEN: _("Opened again"),
    "undo": _("The last decision was taken back"),
    "redact": _("Personal data hidden in the public text"),
    "control_assign": _("An executor was appointed"),
    "control_remove": _("Removed from personal control"),
}
# The road of a question that nothing keeps back; shown ahead of where it stands.
_ROAD: dict[Status, tuple[object, ...]] = {
    Status.NEW: (_("Approved by a moderator"), _("Read on air"), _("Answered")),
    Status.APPROVED: (_("In the queue for the air"), _("Answered")),
    Status.QUEUED: (_("Read on air"), _("Answered")),
    Status.ON_AIR: (_("Answered"),),
}


# Where there is no air, answers are written.
_ROAD_IN_WRITING: dict[Status, tuple[object, ...]] = {
    Status.NEW: (_("Approved by a moderator"), _("Answered in text")),
    Status.APPROVED: (_("Answered in text"),),
}


def story(question: Question, entries: Sequence[Entry], known: Reasons) -> list[Chapter]:
    """The chapters in order: what happened, where it stands now, what is still to come.

    `entries` are the question's own, in the order of the journal; `known` the reasons of its unit.
    Inner steps of the office (tags, claims, a proposal to decline) are nobody's news.
    """
    done = [chapter for entry in entries if (chapter := _chapter(entry, known)) is not None]
    if not done:
        return done
    road = _ROAD_IN_WRITING if question.reception.is_standing else _ROAD
    ahead = () if question.outcome else road[Status(question.status)]
    last = done[-1]
    standing = Chapter(last.text, last.at, "now", last.detail)
    return [*done[:-1], standing, *(Chapter(text, state="later") for text in ahead)]


def _chapter(entry: Entry, known: Reasons) -> Chapter | None:
    if entry.kind == "receive":
        carried = entry.data.get("source") == "carried_over"
        return Chapter(_CARRIED if carried else _RECEIVED, entry.at)
    words = _WORDS.get(entry.kind)
    return None if words is None else Chapter(words, entry.at, detail=_detail(entry, known))


def _detail(entry: Entry, known: Reasons) -> object:
    data = entry.data
    if entry.kind in {Move.DECLINE, Move.SET_ASIDE}:
        return known.text(reasons.OF_MOVE[entry.kind], data["reason"])
    if entry.kind == Move.CARRY_OVER:
        return f"{data['to']}, № {data['number']}"
    if entry.kind == Move.MERGE:
        return f"№ {data['target']}"
    if entry.kind in {Move.ESCALATE, "control_assign", "control_remove"}:
        return data["record"]
    return ""


def is_final(question: Question) -> bool:
    """Nothing more will happen by itself: the page need not ask again."""
    return question.outcome is not None and question.outcome != Outcome.ON_CONTROL
