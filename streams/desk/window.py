"""Which waiting questions stand on the desk: of each kind the oldest, so many.

Thousands may wait, in a month's register or in a flood; a page of them all would be no help and no fun,
and each that comes in would be a card for every desk. Those after the window move up by themselves as
older ones get their outcome, search finds every one, and the page says how many there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from streams.common import sql
from streams.common.numbers import LARGEST
from streams.questions.models import Question
from streams.questions.rules import Status

SIZE = 200


class Kind(StrEnum):
    """What has a window of its own: neither approved nor urgent ones ever stand behind a crowd of new ones."""

    URGENT = "urgent"
    NEW = "new"
    APPROVED = "approved"


# Each as a condition of SQL, and the same for Django.
_WHERE = {
    Kind.URGENT: "status IN ('new', 'approved') AND urgent <> ''",
    Kind.NEW: "status = 'new' AND urgent = ''",
    Kind.APPROVED: "status = 'approved' AND urgent = ''",
}
_FILTERS = {
    Kind.URGENT: Q(status__in=[Status.NEW, Status.APPROVED]) & ~Q(urgent=""),
    Kind.NEW: Q(status=Status.NEW, urgent=""),
    Kind.APPROVED: Q(status=Status.APPROVED, urgent=""),
}
# Those that wait outside, as a condition of SQL that is given the `limits` of a window.
BEYOND = " OR ".join(f"{where} AND number > %({kind})s" for kind, where in _WHERE.items())
_AROUND_THE_EDGE = " UNION ALL ".join(
    f"(SELECT '{kind}', number FROM streams_question WHERE reception_id = %(reception)s AND {where} "  # noqa: S608
    "ORDER BY number OFFSET %(first)s LIMIT %(count)s)"
    for kind, where in _WHERE.items()
)


@dataclass(frozen=True)
class Window:
    """`last` is the number of the last question inside, for each kind of which more wait. `edges`: who may
    have come in or fallen out with what was touched."""

    last: Mapping[Kind, int]
    edges: frozenset[int] = frozenset()

    def holds(self, question: Question) -> bool:
        kind = kind_of(question)
        return kind is None or question.number <= self.last.get(kind, question.number)

    @property
    def limits(self) -> dict[str, int]:
        """What BEYOND needs to know."""
        return {kind: self.last.get(kind, LARGEST) for kind in Kind}

    def beyond(self) -> Q | None:
        """Those that wait outside; None where all are inside."""
        outside = None
        for kind, last in self.last.items():
            these = _FILTERS[kind] & Q(number__gt=last)
            outside = these if outside is None else outside | these
        return outside


def kind_of(question: Question) -> Kind | None:
    """None: what is queued, on air or closed is never cut."""
    if question.status not in {Status.NEW, Status.APPROVED}:
        return None
    return Kind.URGENT if question.urgent else Kind(question.status)


def of(reception_id: int, touched: int = 0) -> Window:
    """After `touched` questions changed. One query.

    Each of those lets at most one other of a kind in or out, so they stand that near to the edge. A
    question that only came in lets nobody in or out: it has the largest number of all.
    """
    margin = max(1, touched)
    first = max(0, SIZE - margin)
    places = {"reception": reception_id, "first": first, "count": SIZE + margin - first}
    around: dict[Kind, list[int]] = {kind: [] for kind in Kind}
    for kind, number in sql.rows(_AROUND_THE_EDGE, places):
        around[Kind(kind)].append(number)
    last = {
        kind: sorted(numbers)[SIZE - 1 - first]
        for kind, numbers in around.items()
        if len(numbers) > SIZE - first
    }
    edges = (number for numbers in around.values() for number in numbers) if touched else ()
    return Window(last, frozenset(edges))
