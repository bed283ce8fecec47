"""Personal control: every step × every state × every role, against the table."""

from __future__ import annotations

from datetime import date

import pytest

from streams.control import rules
from streams.control.rules import IllegalStep, Step, Work, is_overdue
from streams.people.rules import Role

# What may be done where, and by whom; all the rest is refused.
ALLOWED = {
    (Step.ASSIGN, Work.TAKEN): {"chief", "controller", "administrator"},
    (Step.ASSIGN, Work.ASSIGNED): {"chief", "controller", "administrator"},
    (Step.ANSWER, Work.TAKEN): {"chief", "controller", "administrator"},
    (Step.ANSWER, Work.ASSIGNED): {"chief", "controller", "administrator"},
    (Step.REMOVE, Work.ANSWERED): {"chief"},
    (Step.TAKE_BACK, Work.TAKEN): {"moderator", "chief", "administrator"},
}
ACTORS = [*Role, "asker", "system"]
NEEDS = frozenset({"executor_name", "instruction", "text", "language", "result"})


@pytest.mark.parametrize("role", ACTORS)
@pytest.mark.parametrize("work", Work)
@pytest.mark.parametrize("step", [step for step in Step if step is not Step.TAKE])
def test_every_step_in_every_state_by_every_role(step: Step, work: Work, role: str) -> None:
    if role in ALLOWED.get((step, work), set()):
        assert rules.check(step, work=work, role=role, given=NEEDS) is rules.STEPS[step]
        assert step in rules.steps_from(work, role)
    else:
        with pytest.raises(IllegalStep):
            rules.check(step, work=work, role=role, given=NEEDS)
        assert step not in rules.steps_from(work, role)


@pytest.mark.parametrize("step", [step for step, rule in rules.STEPS.items() if rule.needs])
def test_a_step_without_its_words_is_refused(step: Step) -> None:
    rule = rules.STEPS[step]
    for missing in rule.needs:
        with pytest.raises(IllegalStep, match="needs"):
            rules.check(
                step, work=min(rule.frm), role=min(rule.roles), given=rule.needs - {missing}
            )


@pytest.mark.parametrize(
    ("work", "day", "late"),
    [
        (Work.TAKEN, 19, True),
        (Work.TAKEN, 20, False),
        (Work.ASSIGNED, 19, True),
        (Work.ASSIGNED, 21, False),
        (Work.ANSWERED, 1, False),
        (Work.REMOVED, 1, False),
        (Work.TAKEN_BACK, 1, False),
    ],
)
def test_an_open_record_is_overdue_the_day_after(work: Work, day: int, late: bool) -> None:
    assert is_overdue(work, date(2026, 11, day), today=date(2026, 11, 20)) is late
