"""The list of records on control: its filters with their counters, its order, its search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from streams.control import queries
from streams.control.models import ControlRecord
from streams.control.rules import Work
from streams.people.models import User

SORTS = {
    "due": ("due_on", "number"),
    "-due": ("-due_on", "number"),
    "number": ("number",),
    "-number": ("-number",),
}


@dataclass(frozen=True)
class Filter:
    name: str
    label: str
    condition: Q
    count: int = 0


@dataclass(frozen=True)
class Listing:
    records: QuerySet[ControlRecord]
    filters: list[Filter]
    show: str
    sort: str


def filters(user: User, days: Mapping[str, date]) -> list[Filter]:
    """In the order of their urgency; the first is what the page opens with."""
    return [
        Filter("open", _("Open"), queries.open_ones()),
        Filter("mine", _("Mine"), queries.open_ones() & queries.concerning(user)),
        Filter("overdue", _("Overdue"), queries.overdue(days)),
        Filter("due", _("Due within a week"), queries.due(days)),
        Filter("answered", _("Answered"), Q(work_state=Work.ANSWERED)),
        Filter("removed", _("Removed"), Q(work_state=Work.REMOVED)),
    ]


def listing(
    records: QuerySet[ControlRecord],
    offered: list[Filter],
    *,
    show: str,
    sort: str,
    looked_for: str,
) -> Listing:
    """Unknown names mean the first filter and the nearest date. A search looks through every state."""
    counts = records.aggregate(**{f.name: Count("pk", filter=f.condition) for f in offered})
    counted = [Filter(f.name, f.label, f.condition, counts[f.name]) for f in offered]
    chosen = next((f for f in counted if f.name == show), counted[0])
    order = sort if sort in SORTS else "due"
    if looked_for:
        found = records.filter(
            Q(number__icontains=looked_for) | Q(question__reception__no__icontains=looked_for)
        )
        return Listing(found.order_by(*SORTS[order]), counted, "", order)
    return Listing(
        records.filter(chosen.condition).order_by(*SORTS[order]), counted, chosen.name, order
    )
