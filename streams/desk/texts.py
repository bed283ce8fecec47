"""The two texts of the open question with what was found in them, its versions, and why it is urgent."""

from __future__ import annotations

from dataclasses import dataclass

from streams.questions import labels, redaction, urgent
from streams.questions.models import Question, TextVersion
from streams.questions.redaction import Piece


@dataclass(frozen=True)
class TextsView:
    """`found`: how many places of the public text look like personal data. `earlier`: its versions
    before this one, the newest first."""

    original: list[Piece]
    public: list[Piece]
    found: int
    earlier: list[TextVersion]

    @property
    def differs(self) -> bool:
        return "".join(piece.text for piece in self.original) != "".join(
            piece.text for piece in self.public
        )


@dataclass(frozen=True)
class Alarm:
    """`words`: what the detector read in the text; "" where it read nothing there."""

    reason: str
    label: object
    words: str
    call: str
    is_set: bool


def build(question: Question) -> TextsView:
    country = question.reception.unit.country
    found = redaction.find(question.public_text, country)
    original = redaction.find(question.original_text, country)
    earlier: list[TextVersion] = []
    if question.text_version > 1:
        older = TextVersion.objects.filter(question=question, version__lt=question.text_version)
        earlier = list(older.select_related("by").order_by("-version"))
    return TextsView(
        original=redaction.pieces(question.original_text, original),
        public=redaction.pieces(question.public_text, found),
        found=len(found),
        earlier=earlier,
    )


def alarm(question: Question) -> Alarm | None:
    """Where it is marked, or the words say so although somebody cleared it."""
    read = urgent.find(question.original_text)
    reason = question.urgent or (read.reason if read else "")
    if not reason:
        return None
    unit = question.reception.unit
    return Alarm(
        reason,
        labels.URGENT_REASONS[reason],
        read.words if read else "",
        urgent.numbers(reason, unit),
        is_set=bool(question.urgent),
    )
