"""Claims: a lease, its take-over, and the fair dealing of the next question."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from streams.common import clock
from streams.people.actors import Actor
from streams.questions import claims, marks
from streams.questions.models import Claim, Question
from streams.questions.rules import Move
from streams.receptions import chain
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import Kind
from tests.cast import Cast, ask, make_cast, make_move, make_reception
from tests.questions.test_many_writers import at_once

pytestmark = pytest.mark.django_db


def dealt(reception: Reception, by: Actor, now: datetime | None = None) -> int | None:
    question = claims.deal(reception, by=by, now=now or clock.now())
    return question.number if question else None


def test_a_claim_is_a_lease(cast: Cast, reception: Reception) -> None:
    question, now = ask(reception), clock.now()
    claims.claim(question.pk, by=cast.by, now=now)
    with pytest.raises(claims.Held) as caught:
        claims.claim(question.pk, by=cast.by_second, now=now)
    assert caught.value.holder == cast.moderator
    later = now + claims.LEASE / 2
    claims.claim(question.pk, by=cast.by, now=later)
    renewed = Claim.objects.get()
    assert (renewed.since, renewed.until) == (now, later + claims.LEASE)
    late = renewed.until + timedelta(seconds=1)
    claims.claim(question.pk, by=cast.by_second, now=late)
    taken = Claim.objects.get()
    assert (taken.holder, taken.since) == (cast.second_moderator, late)
    assert not Entry.objects.filter(kind="take_over").exists()


def test_a_take_over_says_from_whom(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    claims.claim(question.pk, by=cast.by, now=clock.now())
    claims.claim(question.pk, by=cast.by_second, now=clock.now(), take_over=True)
    entry = Entry.objects.get(reception=reception, kind="take_over")
    was = chain.pseudonym(bytes(reception.actor_key), cast.moderator.pk)
    assert (entry.by, entry.data) == (cast.second_moderator, {"from": was})


def test_closing_frees_the_claim(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    claims.claim(question.pk, by=cast.by, now=clock.now())
    make_move(question, Move.ANSWER_TEXT, cast.by)
    assert not Claim.objects.exists()


def test_the_oldest_that_nobody_works_on_is_dealt(cast: Cast, reception: Reception) -> None:
    for text in ("Первый?", "Второй?", "Третий?", "Четвёртый?", "Пятый?"):
        ask(reception, text)
    first, second, _third, fourth, fifth = Question.objects.order_by("number")
    make_move(first, Move.APPROVE, cast.by)
    claims.claim(second.pk, by=cast.by, now=clock.now())
    marks.set_urgent(fourth.pk, "by_hand", by=cast.by, now=clock.now())
    make_move(fifth, Move.QUEUE, cast.by)
    # What is urgent, what nobody has seen yet, what is approved; neither the held nor the queued one.
    assert [dealt(reception, cast.by_second) for _ in range(4)] == [4, 3, 1, None]
    assert set(Claim.objects.values_list("holder", flat=True)) == {
        cast.moderator.pk, cast.second_moderator.pk,
    }  # fmt: skip


def test_a_standing_register_deals_by_age_alone(cast: Cast) -> None:
    register = make_reception(cast, kind=Kind.STANDING)
    make_move(ask(register, "Первый?"), Move.APPROVE, cast.by)
    ask(register, "Второй?")
    assert [dealt(register, cast.by) for _ in range(2)] == [1, 2]


def test_what_was_put_back_goes_to_somebody_else_first(cast: Cast, reception: Reception) -> None:
    first = ask(reception, "Первый?")
    assert dealt(reception, cast.by) == 1
    claims.release(first, by=cast.by, now=clock.now())
    assert dealt(reception, cast.by) == 1, "nothing else waits"
    claims.release(first, by=cast.by, now=clock.now())
    second = ask(reception, "Второй?")
    assert dealt(reception, cast.by) == 2
    assert dealt(reception, cast.by_second) == 1
    for question, by in ((first, cast.by_second), (second, cast.by)):
        claims.release(question, by=by, now=clock.now())
    much_later = clock.now() + claims.PUT_BACK
    assert dealt(reception, cast.by_second, much_later) == 1


def test_a_proposal_to_decline_is_dealt_to_somebody_else(cast: Cast, reception: Reception) -> None:
    make_move(ask(reception), Move.PROPOSE_DECLINE, cast.by)
    assert dealt(reception, cast.by) is None
    assert dealt(reception, cast.by_second) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_dealt_what_a_colleague_was() -> None:
    cast = make_cast()
    reception = make_reception(cast)
    people = [cast.by, cast.by_second, cast.by_chief, Actor("administrator", cast.administrator)]
    for n in range(40):
        ask(reception, f"Вопрос {n}?")
    got: list[int | None] = []

    def work(by: Actor) -> None:
        while (number := dealt(reception, by)) is not None:
            got.append(number)

    at_once([partial(work, by) for by in people * 2])
    assert sorted(filter(None, got)) == list(range(1, 41))
