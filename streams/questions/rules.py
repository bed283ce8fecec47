"""The whole life of a question as one table. Every mover, button, test and document reads it from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    NEW = "new"
    APPROVED = "approved"
    QUEUED = "queued"
    ON_AIR = "on_air"
    CLOSED = "closed"


class Outcome(StrEnum):
    ANSWERED_LIVE = "answered_live"
    ANSWERED_TEXT = "answered_text"
    ON_CONTROL = "on_control"
    ANSWERED_FROM_CONTROL = "answered_from_control"
    FORWARDED = "forwarded"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    CARRIED_OVER = "carried_over"
    NOT_A_QUESTION = "not_a_question"


class Move(StrEnum):
    APPROVE = "approve"
    HIDE = "hide"
    QUEUE = "queue"
    UNQUEUE = "unqueue"
    PUT_ON_AIR = "put_on_air"
    BACK_TO_QUEUE = "back_to_queue"
    ANSWER_LIVE = "answer_live"
    ANSWER_TEXT = "answer_text"
    ESCALATE = "escalate"
    FORWARD = "forward"
    PROPOSE_DECLINE = "propose_decline"
    DECLINE = "decline"
    REFUSE_DECLINE = "refuse_decline"
    MERGE = "merge"
    WITHDRAW = "withdraw"
    CARRY_OVER = "carry_over"
    PROPOSE_ASIDE = "propose_aside"
    SET_ASIDE = "set_aside"
    REFUSE_ASIDE = "refuse_aside"
    REOPEN = "reopen"
    ANSWER_FROM_CONTROL = "answer_from_control"


# Between two neighbours of the queue, so that one can be moved without touching the others.
QUEUE_STEP = 1024

WAITING = "waiting"
# The right side of the equation: a received question is in exactly one of these.
BUCKETS = (
    Outcome.ANSWERED_LIVE.value,
    Outcome.ANSWERED_TEXT.value,
    Outcome.ON_CONTROL.value,
    Outcome.ANSWERED_FROM_CONTROL.value,
    Outcome.FORWARDED.value,
    Outcome.DECLINED.value,
    Outcome.MERGED.value,
    Outcome.WITHDRAWN.value,
    Outcome.CARRIED_OVER.value,
    WAITING,
)
ANSWERED = frozenset({Outcome.ANSWERED_LIVE, Outcome.ANSWERED_TEXT, Outcome.ANSWERED_FROM_CONTROL})
OPEN = frozenset({Status.NEW, Status.APPROVED, Status.QUEUED, Status.ON_AIR})
_CLOSED = frozenset({Status.CLOSED})
_DESK = frozenset({"moderator", "chief", "administrator"})
_ASKER = frozenset({"asker"})
_CONTROL = frozenset({"chief", "controller", "administrator"})

# Stages of the reception (`receptions.rules.Stage`). A standing register has no air to queue for.
_WITH_AIR = frozenset({"scheduled", "live", "paused", "ended"})
_WORK = _WITH_AIR | {"open", "finishing"}
_BROADCAST = frozenset({"live", "paused"})
_SINCE_LIVE = frozenset({"live", "paused", "ended"})
_ENDED = frozenset({"ended", "finishing"})
_ANY = _WORK | {"sealed"}


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    `to` None: the status stays (or, for reopen, becomes what it was). `needs` are the fields a mover
    must give. `publishes`: the public text was seen by who moves, so it becomes public (True), stops
    being so (False) or stays as it is (None). `during`: stages of the reception.
    """

    frm: frozenset[Status]
    to: Status | None
    outcome: Outcome | None = None
    frm_outcomes: frozenset[Outcome] = frozenset()
    roles: frozenset[str] = _DESK
    needs: frozenset[str] = field(default_factory=frozenset)
    publishes: bool | None = None
    during: frozenset[str] = _WORK
    undoable: bool = True

    def fits(self, status: Status, outcome: Outcome | None) -> bool:
        """Whether a question that stands there may take it."""
        return status in self.frm and (not self.frm_outcomes or outcome in self.frm_outcomes)


MOVES: Mapping[Move, Rule] = {
    Move.APPROVE: Rule(frozenset({Status.NEW}), Status.APPROVED, publishes=True),
    # Shown too soon, or with something in it that harms somebody: a moderator reads it again.
    Move.HIDE: Rule(
        frozenset({Status.NEW, Status.APPROVED, Status.QUEUED}), Status.NEW, publishes=False
    ),
    Move.QUEUE: Rule(
        frozenset({Status.NEW, Status.APPROVED}), Status.QUEUED, publishes=True, during=_WITH_AIR
    ),
    Move.UNQUEUE: Rule(frozenset({Status.QUEUED}), Status.APPROVED),
    Move.PUT_ON_AIR: Rule(
        frozenset({Status.APPROVED, Status.QUEUED}),
        Status.ON_AIR,
        publishes=True,
        during=_BROADCAST,
    ),
    Move.BACK_TO_QUEUE: Rule(frozenset({Status.ON_AIR}), Status.QUEUED),
    Move.ANSWER_LIVE: Rule(
        OPEN,
        Status.CLOSED,
        Outcome.ANSWERED_LIVE,
        needs=frozenset({"time_code_s"}),
        publishes=True,
        during=_SINCE_LIVE,
    ),
    Move.ANSWER_TEXT: Rule(
        OPEN,
        Status.CLOSED,
        Outcome.ANSWERED_TEXT,
        needs=frozenset({"text", "language"}),
        publishes=True,
    ),
    Move.ESCALATE: Rule(
        OPEN,
        Status.CLOSED,
        Outcome.ON_CONTROL,
        needs=frozenset({"promise", "owner_name", "due_on", "record"}),
        publishes=True,
    ),
    Move.FORWARD: Rule(
        OPEN,
        Status.CLOSED,
        Outcome.FORWARDED,
        needs=frozenset({"body", "reason"}),
        publishes=True,
    ),
    Move.PROPOSE_DECLINE: Rule(OPEN, None, needs=frozenset({"reason", "text"})),
    Move.DECLINE: Rule(OPEN, Status.CLOSED, Outcome.DECLINED, needs=frozenset({"reason", "text"})),
    Move.REFUSE_DECLINE: Rule(OPEN, None),
    Move.MERGE: Rule(OPEN, Status.CLOSED, Outcome.MERGED, needs=frozenset({"target"})),
    Move.WITHDRAW: Rule(
        OPEN, Status.CLOSED, Outcome.WITHDRAWN, roles=_ASKER, publishes=False, undoable=False
    ),
    Move.CARRY_OVER: Rule(
        OPEN,
        Status.CLOSED,
        Outcome.CARRIED_OVER,
        needs=frozenset({"reception"}),
        during=_ENDED,
        undoable=False,
    ),
    Move.PROPOSE_ASIDE: Rule(frozenset({Status.NEW}), None, needs=frozenset({"reason"})),
    Move.SET_ASIDE: Rule(
        frozenset({Status.NEW}),
        Status.CLOSED,
        Outcome.NOT_A_QUESTION,
        needs=frozenset({"reason"}),
        publishes=False,
    ),
    Move.REFUSE_ASIDE: Rule(OPEN, None),
    # Not: withdrawn (the asker's own will), carried over (it lives on there), on control (taken back
    # with its record) and answered from control (returned with its record).
    Move.REOPEN: Rule(
        _CLOSED,
        None,
        frm_outcomes=frozenset(
            {
                Outcome.ANSWERED_LIVE,
                Outcome.ANSWERED_TEXT,
                Outcome.FORWARDED,
                Outcome.DECLINED,
                Outcome.MERGED,
                Outcome.NOT_A_QUESTION,
            }
        ),
        needs=frozenset({"reason"}),
    ),
    Move.ANSWER_FROM_CONTROL: Rule(
        _CLOSED,
        Status.CLOSED,
        Outcome.ANSWERED_FROM_CONTROL,
        frm_outcomes=frozenset({Outcome.ON_CONTROL}),
        roles=_CONTROL,
        needs=frozenset({"text", "language"}),
        during=_ANY,
        undoable=False,
    ),
}

UNDOABLE = frozenset(move for move, rule in MOVES.items() if rule.undoable)
# Four eyes: what one person proposes and another confirms or refuses, where the unit says so.
PROPOSES: Mapping[Move, Move] = {
    Move.PROPOSE_DECLINE: Move.DECLINE,
    Move.PROPOSE_ASIDE: Move.SET_ASIDE,
}
REFUSES: Mapping[Move, Move] = {
    Move.REFUSE_DECLINE: Move.DECLINE,
    Move.REFUSE_ASIDE: Move.SET_ASIDE,
}


class IllegalMove(Exception):
    """The table has no such move from here. `why` is one of state, reception, role."""

    def __init__(self, move: Move, why: str) -> None:
        super().__init__(f"{move}: {why}")
        self.move, self.why = move, why


class Missing(Exception):
    """The move needs fields that were not given."""

    def __init__(self, move: Move, fields: frozenset[str]) -> None:
        super().__init__(f"{move} needs {', '.join(sorted(fields))}")
        self.move, self.fields = move, fields


def is_legal(move: Move, status: Status, outcome: Outcome | None, stage: str) -> bool:
    rule = MOVES[move]
    return rule.fits(status, outcome) and stage in rule.during


def check(
    move: Move,
    *,
    status: Status,
    outcome: Outcome | None,
    stage: str,
    role: str,
    given: frozenset[str],
) -> Rule:
    """The row of the table. Raises IllegalMove or Missing."""
    rule = MOVES[move]
    if not rule.fits(status, outcome):
        raise IllegalMove(move, "state")
    if stage not in rule.during:
        raise IllegalMove(move, "reception")
    if role not in rule.roles:
        raise IllegalMove(move, "role")
    if missing := rule.needs - given:
        raise Missing(move, missing)
    return rule


def moves_from(status: Status, outcome: Outcome | None, stage: str, role: str) -> list[Move]:
    """The moves that `role` may make now, in the order of the table."""
    return [
        move
        for move, rule in MOVES.items()
        if role in rule.roles and is_legal(move, status, outcome, stage)
    ]
