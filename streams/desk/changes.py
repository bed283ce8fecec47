"""What the desk shows of its questions: the rows of its lists, and the two that its head tells of."""

from __future__ import annotations

from dataclasses import dataclass

from streams.desk import window
from streams.desk.window import Window
from streams.questions import queries, whole
from streams.questions.models import Question
from streams.questions.rules import Status
from streams.questions.whole import OURS
from streams.receptions.models import Reception

_ON_PAGE = f"""
{OURS} AND status IN ('new', 'approved', 'queued', 'on_air') AND NOT ({window.BEYOND})
"""
# What came in beyond the window was on no page and gets on none: nobody reads it.
_CHANGED = f"""
{OURS} AND number = ANY(%(sure)s)
UNION {OURS} AND number = ANY(%(arrived)s) AND NOT ({window.BEYOND})
UNION {OURS} AND status = 'on_air'
UNION ({OURS} AND status = 'queued' ORDER BY place, number LIMIT 1)
"""


@dataclass(frozen=True)
class Shown:
    """`listed`: those with a row; after a change, those whose row may have changed or gone."""

    listed: list[Question]
    view: Window
    on_air: Question | None
    following: Question | None


def read(reception: Reception, numbers: frozenset[int] | None) -> Shown:
    """After these changed; None: all that the page shows. At most four statements."""
    if numbers is None:
        view = window.of(reception.pk)
        found = whole.read(reception, _ON_PAGE, view.limits)
        listed = [question for question in found if question.status != Status.ON_AIR]
    else:
        touched, targets = queries.touched(reception.pk, numbers)
        view = window.of(reception.pk, len(touched))
        sure = touched | targets | view.edges
        wanted = {"sure": list(sure), "arrived": list(numbers - sure), **view.limits}
        found = whole.read(reception, _CHANGED, wanted)
        listed = [question for question in found if question.number in sure | numbers]
    queued = [question for question in found if question.status == Status.QUEUED]
    return Shown(
        listed,
        view,
        on_air=next((one for one in found if one.status == Status.ON_AIR), None),
        following=min(queued, key=lambda one: (one.place, one.number), default=None),
    )
