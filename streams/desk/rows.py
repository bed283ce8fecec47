"""A question's row on the desk: its list and place there, and its HTML, written once for all who see the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from streams.people.models import User
from streams.questions import rules
from streams.questions.models import Question
from streams.questions.rules import Move, Status
from streams.questions.service_clock import Due
from streams.receptions.models import Reception
from streams.receptions.rules import Stage

URGENT, INBOX, QUEUE = "urgent", "inbox", "queue"
ON_AIR, CLOSED = "on_air", "closed"
# Waits behind the window; not on the page either.
BEYOND = "beyond"
_LISTS = {
    Status.NEW: INBOX,
    Status.APPROVED: INBOX,
    Status.QUEUED: QUEUE,
    # These two aren't on the page: a row that gets there is stamped and leaves.
    Status.ON_AIR: ON_AIR,
    Status.CLOSED: CLOSED,
}
QUICK = (Move.APPROVE, Move.QUEUE, Move.SET_ASIDE, Move.HIDE)
# Places go below zero when a question is put first; keys are compared as strings.
_PLACE_ZERO = 1_000_000_000
# The windows of some desks, some 5 KB each.
_KEPT = 2000


@dataclass(frozen=True)
class Row:
    """`decided_by` is named on the stamp of a row that leaves; None: the asker. `is_changed`: the asker
    has other words by now where they asked.
    """

    question: Question
    reception: Reception
    decided_by: User | None = None
    due: Due | None = None
    is_beyond: bool = False
    is_changed: bool = False

    @property
    def list(self) -> str:
        """What is urgent never waits behind the others."""
        if self.is_beyond:
            return BEYOND
        place = _LISTS[Status(self.question.status)]
        return URGENT if place == INBOX and self.question.urgent else place

    @property
    def key(self) -> str:
        """Oldest first in the inbox, by place in the queue."""
        question = self.question
        if question.place is not None:
            return f"{_PLACE_ZERO + question.place:010d}-{question.number:06d}"
        return f"{question.number:06d}"

    @property
    def html(self) -> SafeString:
        """In the active language."""
        return written(_face(self))


@dataclass(frozen=True)
class Face:
    """All that the row shows, as plain values in the language `speaks`. The template gets nothing else,
    so what has the same face has the same HTML."""

    speaks: str
    no: str
    number: int
    key: str
    state: str
    version: int
    status: str
    outcome: str | None
    moves: str
    language: str
    text: str
    received_at: datetime
    zone: str
    district: str
    votes: int
    also: int
    tags: tuple[str, ...]
    proposal: str
    proposed_by: str
    due_on: date | None
    due_tone: str
    due_text: str
    is_changed: bool
    is_public: bool
    in_pause: bool
    has_cue: bool
    has_draft: bool
    decided_by: str
    decided_by_id: int | None


@lru_cache(maxsize=_KEPT)
def written(face: Face) -> SafeString:
    """Nobody has to say when it is old: whatever a row shows is part of the key."""
    return render_to_string("parts/desk_row.html", {"row": face})


def _face(row: Row) -> Face:
    question, proposal, by = row.question, row.question.proposal, row.decided_by
    due = row.due if row.due is not None and row.due.is_open else None
    return Face(
        speaks=get_language() or "",
        no=row.reception.no,
        number=question.number,
        key=row.key,
        state=state_mark(question),
        version=question.version,
        status=question.status,
        outcome=question.outcome,
        moves=_moves(row),
        language=question.language,
        text=question.public_text,
        received_at=question.received_at,
        zone=row.reception.unit.timezone,
        district=_elsewhere(row),
        votes=question.votes,
        also=getattr(question, "also", 0),
        tags=tuple(tag.name for tag in question.tags.all()),
        proposal=proposal.move if proposal else "",
        proposed_by=str(proposal.by) if proposal else "",
        due_on=due.on if due else None,
        due_tone=due.tone if due else "",
        due_text=due.text if due else "",
        is_changed=row.is_changed,
        is_public=question.is_public,
        in_pause=question.in_pause,
        has_cue=bool(question.cue_text),
        has_draft=question.prepared is not None,
        decided_by=str(by) if by else "",
        decided_by_id=by.pk if by else None,
    )


def _elsewhere(row: Row) -> str:
    """The district where it is another than the reception's own, which nobody need read on every row."""
    district = row.question.district
    return district.name if district and district.pk != row.reception.unit_id else ""


def _moves(row: Row) -> str:
    """The steps that need nothing but the row: for a finger, and for a desk without a connection."""
    question, status = row.question, Status(row.question.status)
    if status is Status.QUEUED or not question.is_open:
        return ""
    left_out = set() if question.is_public else {Move.HIDE}
    if question.proposal is not None:
        left_out.add(Move.SET_ASIDE)
    stage = Stage.OPEN if row.reception.is_standing else Stage.LIVE
    return " ".join(
        move for move in QUICK if move not in left_out and rules.is_legal(move, status, None, stage)
    )


def state_mark(question: Question) -> str:
    """Changes with every change of the question, so a page knows whether its card is fresh."""
    tags = ".".join(tag.slug for tag in question.tags.all())
    draft = question.prepared.stamp if question.prepared else ""
    marks = f"{question.language}-{question.urgent}-{question.district_id or ''}-{tags}-{draft}"
    return f"{question.version}-{marks}"
