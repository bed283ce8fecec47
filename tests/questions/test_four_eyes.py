"""Declining and setting aside take two people where the unit says so: the whole table, and its undo."""

from __future__ import annotations

from itertools import product

import pytest

from streams.common import clock
from streams.people.actors import ASKER, Actor
from streams.people.models import Unit
from streams.people.rules import Role
from streams.questions import actions, proposals, queries
from streams.questions.models import Proposal, Question
from streams.questions.replay import Replay
from streams.questions.rules import PROPOSES, REFUSES, IllegalMove, Move, Outcome
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move, make_reception
from tests.receptions.ledgers import check_entries, entries_of

pytestmark = pytest.mark.django_db

PAIRS = [
    (Move.PROPOSE_DECLINE, Move.DECLINE, Move.REFUSE_DECLINE, Outcome.DECLINED),
    (Move.PROPOSE_ASIDE, Move.SET_ASIDE, Move.REFUSE_ASIDE, Outcome.NOT_A_QUESTION),
]
pairs = pytest.mark.parametrize(("propose", "move", "refuse", "outcome"), PAIRS)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """A unit as it is when nobody has changed its settings."""
    cast.district.confirm_asides = True
    cast.district.save()
    return cast


def fresh(question: Question) -> Question:
    return Question.objects.get(pk=question.pk)


def undo(question: Question, by: Actor) -> Question:
    version = fresh(question).version
    return actions.undo(question.pk, by=by, expect=version, now=clock.now())


def test_a_new_unit_confirms_both() -> None:
    unit = Unit(code="NEU")
    assert all(proposals.needs_second(unit, move) for move in PROPOSES.values())


def test_the_pairs_are_those_of_the_table() -> None:
    assert {(p, m) for p, m, _r, _o in PAIRS} == set(PROPOSES.items())
    assert {(r, m) for _p, m, r, _o in PAIRS} == set(REFUSES.items())


@pytest.mark.parametrize("settings", list(product([True, False], repeat=2)))
def test_each_setting_speaks_of_its_own_move(settings: tuple[bool, bool]) -> None:
    unit = Unit(code="NEU", confirm_declines=settings[0], confirm_asides=settings[1])
    first = [proposals.first_step(unit, move) for _p, move, _r, _o in PAIRS]
    assert first == [
        propose if takes_two else move
        for (propose, move, _r, _o), takes_two in zip(PAIRS, settings, strict=True)
    ]
    assert proposals.first_step(unit, Move.FORWARD) is Move.FORWARD


@pairs
def test_one_proposes_and_another_confirms(
    cast: Cast, reception: Reception, propose: Move, move: Move, refuse: Move, outcome: Outcome
) -> None:
    question = ask(reception)
    with pytest.raises(proposals.NeedsSecond):
        make_move(question, move, cast.by)
    proposed = make_move(question, propose, cast.by)
    assert (proposed.status, proposed.is_open) == ("new", True)
    assert queries.sums(reception.pk)[1].to_confirm == 1
    assert queries.equation(reception.pk).waiting == 1
    with pytest.raises(proposals.NeedsSecond):
        make_move(question, move, cast.by)
    done = make_move(question, move, cast.by_second)
    assert (done.outcome, done.proposal) == (outcome, None)
    tally = queries.sums(reception.pk)[1]
    assert (tally.to_confirm, tally.by_reason) == (0, {(outcome.value, done.reason): 1})
    assert Entry.objects.get(reception=reception, kind=move).data["confirmed"] is True


@pairs
@pytest.mark.parametrize("role", [Role.CHIEF, Role.ADMINISTRATOR])
def test_with_one_moderator_alone_the_chief_or_an_administrator_confirms(
    cast: Cast,
    reception: Reception,
    role: Role,
    propose: Move,
    move: Move,
    refuse: Move,
    outcome: Outcome,
) -> None:
    question = make_move(ask(reception), propose, cast.by)
    assert make_move(question, move, Actor(role, cast.with_role(role))).outcome == outcome


@pairs
@pytest.mark.parametrize("role", sorted({*Role} - {Role.MODERATOR, Role.CHIEF, Role.ADMINISTRATOR}))
def test_nobody_else_confirms_or_refuses(
    cast: Cast,
    reception: Reception,
    role: Role,
    propose: Move,
    move: Move,
    refuse: Move,
    outcome: Outcome,
) -> None:
    question = make_move(ask(reception), propose, cast.by)
    for what in (move, refuse):
        with pytest.raises(IllegalMove) as caught:
            make_move(question, what, Actor(role, cast.with_role(role)))
        assert caught.value.why == "role"


@pairs
def test_it_is_confirmed_as_it_was_proposed(
    cast: Cast, reception: Reception, propose: Move, move: Move, refuse: Move, outcome: Outcome
) -> None:
    question = make_move(ask(reception), propose, cast.by)
    with pytest.raises(proposals.NeedsSecond):
        make_move(question, move, cast.by_second, reason="insult")
    if move is Move.DECLINE:
        with pytest.raises(proposals.NeedsSecond):
            make_move(question, move, cast.by_second, text="Другие слова")
    assert fresh(question).is_open


@pairs
def test_a_refused_proposal_is_gone(
    cast: Cast, reception: Reception, propose: Move, move: Move, refuse: Move, outcome: Outcome
) -> None:
    question = ask(reception)
    with pytest.raises(IllegalMove):
        make_move(question, refuse, cast.by_second)
    for by, own in ((cast.by_second, False), (cast.by, True)):
        make_move(question, propose, cast.by)
        kept = make_move(question, refuse, by)
        assert (kept.status, kept.proposal) == ("new", None)
        entry = Entry.objects.filter(reception=reception, kind=refuse).latest("seq")
        assert entry.data["own"] is own
    assert Proposal.objects.filter(question=question).count() == 2


def test_what_stands_is_settled_before_something_else_is_proposed(
    cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception), Move.PROPOSE_ASIDE, cast.by)
    for propose in PROPOSES:
        with pytest.raises(proposals.AlreadyProposed) as caught:
            make_move(question, propose, cast.by_second)
        assert caught.value.by == cast.moderator
    with pytest.raises(IllegalMove):
        make_move(question, Move.REFUSE_DECLINE, cast.by_second)


@pairs
def test_every_step_is_undone_with_the_proposal_as_it_was(
    cast: Cast, reception: Reception, propose: Move, move: Move, refuse: Move, outcome: Outcome
) -> None:
    question = ask(reception)
    make_move(question, propose, cast.by)
    assert undo(question, cast.by).proposal is None
    make_move(question, propose, cast.by)
    stands = fresh(question).proposal
    for step in (move, refuse, Move.APPROVE, Move.FORWARD):
        make_move(question, step, cast.by_second)
        again = undo(question, cast.by_second)
        assert (again.status, again.proposal) == ("new", stands), step
    assert make_move(question, move, cast.by_second).outcome == outcome
    report = check_entries(entries_of(reception))
    assert report.findings == []


@pairs
def test_where_one_person_is_enough_nothing_is_proposed(
    cast: Cast, reception: Reception, propose: Move, move: Move, refuse: Move, outcome: Outcome
) -> None:
    Unit.objects.filter(pk=cast.district.pk).update(confirm_declines=False, confirm_asides=False)
    assert make_move(ask(reception), move, cast.by).outcome == outcome
    entry = Entry.objects.get(reception=reception, kind=move)
    assert entry.data["confirmed"] is False


def test_a_journal_that_claims_a_second_person_must_show_one(
    cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception), Move.PROPOSE_DECLINE, cast.by)
    make_move(question, Move.DECLINE, cast.by_second)
    entries = entries_of(reception)
    alone = entries[-1] | {"actor": entries[-2]["actor"]}
    replay = Replay()
    assert [replay.take(entry) for entry in entries[:-1]] == [[]] * (len(entries) - 1)
    assert "a second person confirmed it" in replay.take(alone)[0]


def test_the_end_leaves_proposals_open_and_the_seal_waits_for_them(
    cast: Cast, reception: Reception
) -> None:
    declined = make_move(ask(reception), Move.PROPOSE_DECLINE, cast.by)
    carried = make_move(ask(reception), Move.PROPOSE_ASIDE, cast.by)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    with pytest.raises(receptions.StillWaiting):
        receptions.seal(reception.pk, by=cast.by, now=clock.now(), count=queries.for_seal)
    make_move(declined, Move.DECLINE, cast.by_second)
    following = make_reception(cast, live=False)
    # Carried over, it is asked anew: nobody has proposed anything there.
    make_move(carried, Move.CARRY_OVER, cast.by, reception=following.no)
    assert Question.objects.get(carried_from=carried).proposal is None
    assert queries.sums(reception.pk)[1].to_confirm == 0
    receptions.seal(reception.pk, by=cast.by, now=clock.now(), count=queries.for_seal)


def test_an_asker_who_withdraws_ends_the_proposal(cast: Cast, reception: Reception) -> None:
    question = make_move(ask(reception), Move.PROPOSE_DECLINE, cast.by)
    assert make_move(question, Move.WITHDRAW, ASKER).proposal is None
