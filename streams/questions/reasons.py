"""Why questions are declined or set aside: the reasons that come with the product and the units' own.

A unit's own reason holds for the units below it as well; the nearest one with a code has the word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from streams.common.columns import Columns
from streams.people.models import Unit
from streams.people.rules import lineage
from streams.questions import labels
from streams.questions.models import Question, Reason
from streams.questions.rules import Move, Outcome

Kind = Reason.Kind
SHIPPED: Mapping[str, Mapping[str, object]] = {
    Kind.DECLINE: labels.DECLINE_REASONS,
    Kind.ASIDE: labels.ASIDE_REASONS,
}
# What an entry's reason is a reason for.
OF_MOVE: Mapping[str, Kind] = {
    Move.PROPOSE_DECLINE: Kind.DECLINE,
    Move.DECLINE: Kind.DECLINE,
    Move.PROPOSE_ASIDE: Kind.ASIDE,
    Move.SET_ASIDE: Kind.ASIDE,
}
OF_OUTCOME: Mapping[str, Kind] = {
    Outcome.DECLINED: Kind.DECLINE,
    Outcome.NOT_A_QUESTION: Kind.ASIDE,
}


_REASON = Columns(Reason, "r", unit=Columns(Unit, "u"))
_OF = f"""
SELECT {_REASON.text}
FROM streams_reason r JOIN streams_unit u ON u.id = r.unit_id WHERE u.code = ANY(%s)
"""  # noqa: S608 -- columns of our own models


@dataclass(frozen=True)
class Reasons:
    """As one unit has them. Their texts speak the active language when they are written out."""

    texts: Mapping[tuple[str, str], object]
    retired: frozenset[tuple[str, str]]

    def text(self, kind: str, code: str) -> object:
        """Also of one that is no longer offered; "" for a code that nobody has."""
        return self.texts.get((kind, code), "")

    def of(self, question: Question) -> object:
        """Why it was declined or set aside; "" where it was neither."""
        return self.text(OF_OUTCOME.get(question.outcome or "", ""), question.reason)

    def all(self) -> list[tuple[tuple[str, str], object]]:
        """By outcome and code, those no longer offered too: questions may have them."""
        outcomes = {kind.value: outcome for outcome, kind in OF_OUTCOME.items()}
        return [((outcomes[kind], code), text) for (kind, code), text in self.texts.items()]

    def offered(self, kind: str) -> list[tuple[str, object]]:
        return [
            (code, text)
            for (of, code), text in self.texts.items()
            if of == kind and (of, code) not in self.retired
        ]


def counter(outcome: str, code: str) -> str:
    """The name under which screens count what was closed for a reason."""
    return f"{outcome}.{code}"


def of(unit: Unit) -> Reasons:
    """One query."""
    return _as_seen_from(unit.path, _REASON.read(_OF, [lineage(unit.path)]))


def is_given(reason: Reason) -> bool:
    """Whether a question was closed, or is proposed to be, for it."""
    below = {"reception__unit__path__startswith": reason.unit.path}
    outcomes = [outcome for outcome, kind in OF_OUTCOME.items() if kind == reason.kind]
    moves = [move for move, kind in OF_MOVE.items() if kind == reason.kind]
    given = Q(reason=reason.code, outcome__in=outcomes)
    proposed = Q(proposal__reason=reason.code, proposal__move__in=moves)
    return Question.objects.filter(given | proposed, **below).exists()


def attach(questions: Iterable[Question]) -> None:
    """Give each its `reason_text`. One query, and none where no reason was given.

    The questions must have their receptions and units.
    """
    with_reason = [question for question in questions if question.reason]
    if not with_reason:
        return
    rows = list(Reason.objects.select_related("unit"))
    seen: dict[str, Reasons] = {}
    for question in with_reason:
        path = question.reception.unit.path
        if path not in seen:
            seen[path] = _as_seen_from(path, [r for r in rows if path.startswith(r.unit.path)])
        question.reason_text = seen[path].of(question)


def _as_seen_from(path: str, rows: Iterable[Reason]) -> Reasons:
    order = lineage(path)
    # The root's first, so that the nearest one comes last and stays.
    nearest = sorted(rows, key=lambda row: (order.index(row.unit.code), row.place, row.code))
    texts: dict[tuple[str, str], object] = {
        (kind, code): text for kind, shipped in SHIPPED.items() for code, text in shipped.items()
    }
    retired: set[tuple[str, str]] = set()
    for row in nearest:
        key = (str(row.kind), row.code)
        texts[key] = row
        retired.discard(key)
        if row.is_retired:
            retired.add(key)
    return Reasons(texts, frozenset(retired))
