"""The first part of personal control: taken, assigned, answered, removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Work(StrEnum):
    TAKEN = "taken"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    REMOVED = "removed"
    TAKEN_BACK = "taken_back"


class Step(StrEnum):
    TAKE = "take"
    ASSIGN = "assign"
    ANSWER = "answer"
    REMOVE = "remove"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class Rule:
    frm: frozenset[Work]
    to: Work
    roles: frozenset[str]
    needs: frozenset[str] = frozenset()


_OFFICE = frozenset({"chief", "controller", "administrator"})
STEPS: Mapping[Step, Rule] = {
    Step.ASSIGN: Rule(
        frozenset({Work.TAKEN, Work.ASSIGNED}),
        Work.ASSIGNED,
        _OFFICE,
        frozenset({"executor_name", "instruction"}),
    ),
    Step.ANSWER: Rule(
        frozenset({Work.TAKEN, Work.ASSIGNED}),
        Work.ANSWERED,
        _OFFICE,
        frozenset({"text", "language"}),
    ),
    # Only the chief who took it removes it (internal control, Code 350-VI art. 38(5), 46(6)).
    Step.REMOVE: Rule(
        frozenset({Work.ANSWERED}), Work.REMOVED, frozenset({"chief"}), frozenset({"result"})
    ),
    # The escalation itself is undone while nothing else happened.
    Step.TAKE_BACK: Rule(
        frozenset({Work.TAKEN}), Work.TAKEN_BACK, frozenset({"moderator", "chief", "administrator"})
    ),
}
OPEN = frozenset({Work.TAKEN, Work.ASSIGNED})
# Nobody means a promise for the time after next year.
FARTHEST = timedelta(days=366)
RESULTS = ("done", "partly", "explained", "not_possible")


class IllegalStep(Exception):
    """`why`: state, role or needs."""

    def __init__(self, step: Step, why: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why = step, why


def check(step: Step, *, work: Work, role: str, given: frozenset[str]) -> Rule:
    """The row of the table. Raises IllegalStep."""
    rule = STEPS[step]
    if work not in rule.frm:
        raise IllegalStep(step, "state")
    if role not in rule.roles:
        raise IllegalStep(step, "role")
    if rule.needs - given:
        raise IllegalStep(step, "needs")
    return rule


def steps_from(work: Work, role: str) -> list[Step]:
    return [step for step, rule in STEPS.items() if work in rule.frm and role in rule.roles]


def is_overdue(work: Work, due_on: date, *, today: date) -> bool:
    """Computed, never stored: an open record whose day has passed (it is in time on the day)."""
    return work in OPEN and due_on < today
