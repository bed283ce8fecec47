"""The life of a reception, as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    ON_AIR = "on_air"
    WEDNESDAY = "wednesday"
    STANDING = "standing"


class State(StrEnum):
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"
    SEALED = "sealed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What questions may go through now: the state, but for a standing register, which has no air."""

    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"
    SEALED = "sealed"
    CANCELLED = "cancelled"
    OPEN = "open"
    FINISHING = "finishing"


class Step(StrEnum):
    GO_LIVE = "go_live"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    SEAL = "seal"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Rule:
    frm: frozenset[State]
    to: State


STEPS: Mapping[Step, Rule] = {
    Step.GO_LIVE: Rule(frozenset({State.SCHEDULED}), State.LIVE),
    Step.PAUSE: Rule(frozenset({State.LIVE}), State.PAUSED),
    Step.RESUME: Rule(frozenset({State.PAUSED}), State.LIVE),
    Step.END: Rule(frozenset({State.LIVE, State.PAUSED}), State.ENDED),
    Step.SEAL: Rule(frozenset({State.ENDED}), State.SEALED),
    Step.CANCEL: Rule(frozenset({State.SCHEDULED}), State.CANCELLED),
}

ON_AIR = frozenset({State.LIVE, State.PAUSED})
# Where new questions may come in, be stopped, and be shown before a moderator has read them, or not.
TO_COME_OR_ON = ON_AIR | {State.SCHEDULED}
# Where moderators may work on questions; after the broadcast they finish what is left.
WORKABLE = TO_COME_OR_ON | {State.ENDED}
# Why new questions are not taken for a while; viewers read it, see `labels.PAUSES`.
PAUSES = ("catching_up", "flood", "technical", "break")
# Entries that may follow the seal: what was promised is fulfilled in the weeks after.
AFTER_SEAL = frozenset(
    {
        "seal",
        "control_assign",
        "control_answer",
        "control_remove",
        "answer_from_control",
    }
)


class IllegalStep(Exception):
    """The table has no such step from this state."""

    def __init__(self, state: State, step: Step) -> None:
        super().__init__(f"{step} from {state}")
        self.state, self.step = state, step


def next_state(state: State, step: Step) -> State:
    """Raises IllegalStep."""
    rule = STEPS[step]
    if state not in rule.frm:
        raise IllegalStep(state, step)
    return rule.to


def steps_from(state: State, kind: str = Kind.ON_AIR) -> list[Step]:
    """What people may do. A standing register opens and closes by the month; people only seal it."""
    steps = [step for step, rule in STEPS.items() if state in rule.frm]
    return [step for step in steps if kind != Kind.STANDING or step is Step.SEAL]


def stage(kind: str, state: State) -> Stage:
    if kind == Kind.STANDING:
        return {State.LIVE: Stage.OPEN, State.ENDED: Stage.FINISHING}.get(state, Stage(state.value))
    return Stage(state.value)
