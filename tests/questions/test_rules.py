"""The table of moves, whole: written out a second time, so that a slip in either shows."""

from itertools import product

import pytest

from streams.people.rules import Role
from streams.questions import labels, rules
from streams.questions.rules import IllegalMove, Missing, Move, Outcome, Status

O = "new approved queued on_air"  # noqa: E741 -- every open status
AIR = "scheduled live paused ended"
# The stages of a standing register, which has no air.
WORK = AIR + " open finishing"
CLOSED_AGAIN = "answered_live answered_text forwarded declined merged not_a_question"

# move: from, to (= : stays, * : what it was), outcome, outcomes it may start from, during, who
TABLE: dict[str, tuple[str, str, str | None, str, str, str]] = {
    "approve": ("new", "approved", None, "", WORK, "desk"),
    "queue": ("new approved", "queued", None, "", AIR, "desk"),
    "unqueue": ("queued", "approved", None, "", WORK, "desk"),
    "put_on_air": ("approved queued", "on_air", None, "", "live paused", "desk"),
    "back_to_queue": ("on_air", "queued", None, "", WORK, "desk"),
    "answer_live": (O, "closed", "answered_live", "", "live paused ended", "desk"),
    "hide": ("new approved queued", "new", None, "", WORK, "desk"),
    "answer_text": (O, "closed", "answered_text", "", WORK, "desk"),
    "escalate": (O, "closed", "on_control", "", WORK, "desk"),
    "forward": (O, "closed", "forwarded", "", WORK, "desk"),
    "propose_decline": (O, "=", None, "", WORK, "desk"),
    "decline": (O, "closed", "declined", "", WORK, "desk"),
    "refuse_decline": (O, "=", None, "", WORK, "desk"),
    "merge": (O, "closed", "merged", "", WORK, "desk"),
    "withdraw": (O, "closed", "withdrawn", "", WORK, "asker"),
    "carry_over": (O, "closed", "carried_over", "", "ended finishing", "desk"),
    "propose_aside": ("new", "=", None, "", WORK, "desk"),
    "set_aside": ("new", "closed", "not_a_question", "", WORK, "desk"),
    "refuse_aside": (O, "=", None, "", WORK, "desk"),
    "reopen": ("closed", "=", None, CLOSED_AGAIN, WORK, "desk"),
    "answer_from_control": (
        "closed",
        "closed",
        "answered_from_control",
        "on_control",
        WORK + " sealed",
        "control",
    ),
}
WHO: dict[str, set[str]] = {
    "desk": {Role.MODERATOR, Role.CHIEF, Role.ADMINISTRATOR},
    "control": {Role.CHIEF, Role.CONTROLLER, Role.ADMINISTRATOR},
    "asker": {"asker"},
}
RECEPTION_STATES = (
    "scheduled",
    "live",
    "paused",
    "ended",
    "open",
    "finishing",
    "sealed",
    "cancelled",
)
PLACES = [(status, None) for status in rules.OPEN] + [
    (Status.CLOSED, outcome) for outcome in Outcome
]


def test_the_table_lists_every_move() -> None:
    assert set(TABLE) == {move.value for move in Move}
    assert set(rules.MOVES) == set(Move)


@pytest.mark.parametrize("move", Move)
def test_every_place_by_every_reception_state_allows_just_what_the_table_says(move: Move) -> None:
    frm, to, outcome, frm_outcomes, during, who = TABLE[move.value]
    for (status, is_outcome), state in product(PLACES, RECEPTION_STATES):
        expected = (
            status.value in frm.split()
            and (not frm_outcomes or (is_outcome or "") in frm_outcomes.split())
            and state in during.split()
        )
        assert rules.is_legal(move, status, is_outcome, state) is expected, (
            status,
            is_outcome,
            state,
        )
    rule = rules.MOVES[move]
    assert (rule.to.value if rule.to else "=") == to
    assert (rule.outcome.value if rule.outcome else None) == outcome
    assert rule.roles == {str(role) for role in WHO[who]}


@pytest.mark.parametrize("move", Move)
def test_only_the_roles_of_the_table_may_move(move: Move) -> None:
    rule = rules.MOVES[move]
    status = next(iter(rule.frm))
    outcome = next(iter(rule.frm_outcomes), None)
    state = next(iter(rule.during))
    for role in [*Role, "asker", "system"]:
        if role in rule.roles:
            found = rules.check(
                move,
                status=status,
                outcome=outcome,
                stage=state,
                role=role,
                given=rule.needs,
            )
            assert found is rule
        else:
            with pytest.raises(IllegalMove) as caught:
                rules.check(
                    move,
                    status=status,
                    outcome=outcome,
                    stage=state,
                    role=role,
                    given=rule.needs,
                )
            assert caught.value.why == "role"


@pytest.mark.parametrize("move", [move for move in Move if rules.MOVES[move].needs])
def test_a_move_says_which_fields_it_lacks(move: Move) -> None:
    rule = rules.MOVES[move]
    for field in rule.needs:
        with pytest.raises(Missing) as caught:
            rules.check(
                move,
                status=next(iter(rule.frm)),
                outcome=next(iter(rule.frm_outcomes), None),
                stage=next(iter(rule.during)),
                role=next(iter(rule.roles)),
                given=rule.needs - {field},
            )
        assert caught.value.fields == {field}


def test_the_buckets_are_all_outcomes_but_not_a_question_and_waiting() -> None:
    outcomes = {outcome.value for outcome in Outcome} - {"not_a_question"}
    assert set(rules.BUCKETS) == outcomes | {"waiting"}
    assert len(rules.BUCKETS) == len(set(rules.BUCKETS))


def test_everything_has_words() -> None:
    assert set(labels.MOVES) == set(Move)
    assert set(labels.STATUSES) == set(Status)
    assert set(labels.OUTCOMES) == set(Outcome)
    assert set(rules.BUCKETS) <= set(labels.BUCKETS)
