"""Moves on the real database: what each writes, what it refuses, and how it is taken back."""

import pytest
from django.db import IntegrityError, connection, transaction

from streams.common import clock
from streams.control import actions as control
from streams.desk.queries import with_words
from streams.people.actors import ASKER
from streams.questions import actions, answers, carry, marks, queries, targets
from streams.questions.models import AskerContact, Question
from streams.questions.rules import IllegalMove, Move, Outcome, Status
from streams.receptions import actions as receptions
from streams.receptions import journal
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, escalate, make_move, make_reception

pytestmark = pytest.mark.django_db


def version(question: Question) -> int:
    return Question.objects.get(pk=question.pk).version


def undo(question: Question, cast: Cast) -> Question:
    return actions.undo(question.pk, by=cast.by, expect=version(question), now=clock.now())


def test_a_stale_mover_learns_who_was_faster(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    make_move(question, Move.APPROVE, cast.by_second)
    with pytest.raises(actions.Stale) as caught:
        actions.move(question.pk, Move.QUEUE, by=cast.by, expect=1, now=clock.now())
    assert caught.value.by == cast.second_moderator
    assert caught.value.question.status == Status.APPROVED


def test_only_one_question_is_on_air(cast: Cast, reception: Reception) -> None:
    first, second = ask(reception), ask(reception)
    for question in (first, second):
        make_move(question, Move.QUEUE, cast.by)
    make_move(first, Move.PUT_ON_AIR, cast.by)
    with pytest.raises(actions.Occupied) as caught:
        make_move(second, Move.PUT_ON_AIR, cast.by)
    assert caught.value.number == 1


def test_later_puts_the_question_behind_those_who_wait(cast: Cast, reception: Reception) -> None:
    first, second = ask(reception), ask(reception)
    for question in (first, second):
        make_move(question, Move.QUEUE, cast.by)
    make_move(first, Move.PUT_ON_AIR, cast.by)
    make_move(first, Move.BACK_TO_QUEUE, cast.by)
    order = Question.objects.filter(reception=reception, status="queued").order_by("place")
    assert [q.number for q in order] == [2, 1]


def test_queue_first_goes_before_everybody(cast: Cast, reception: Reception) -> None:
    for question in (ask(reception), ask(reception)):
        make_move(question, Move.QUEUE, cast.by)
    make_move(ask(reception), Move.QUEUE, cast.by, first=True)
    order = Question.objects.filter(reception=reception, status="queued").order_by("place")
    assert [q.number for q in order] == [3, 1, 2]


@pytest.mark.parametrize(
    "move",
    [
        Move.APPROVE,
        Move.QUEUE,
        Move.ANSWER_LIVE,
        Move.ANSWER_TEXT,
        Move.FORWARD,
        Move.SET_ASIDE,
        Move.PROPOSE_DECLINE,
    ],
)
def test_undo_restores_what_was_with_a_new_entry(
    cast: Cast, reception: Reception, move: Move
) -> None:
    question = ask(reception)
    before = actions.snapshot(question)
    make_move(question, move, cast.by)
    seq = Reception.objects.get(pk=reception.pk).last_seq
    restored = undo(question, cast)
    assert actions.snapshot(restored) == before
    entry = Entry.objects.get(reception=reception, seq=seq + 1)
    assert (entry.kind, entry.data["of"]) == ("undo", seq)
    assert answers.standing(restored) is None


def test_a_merge_is_a_pointer_and_comes_off_again(cast: Cast, reception: Reception) -> None:
    target, same = ask(reception), ask(reception)
    merged = make_move(same, Move.MERGE, cast.by, target=target.number)
    assert merged.merged_into == target
    assert undo(same, cast).merged_into is None


@pytest.mark.parametrize(
    ("number", "why"), [(9, "missing"), (2, "itself"), (3, "merged"), (4, "aside")]
)
def test_a_bad_target_of_a_merge_is_refused(
    cast: Cast, reception: Reception, number: int, why: str
) -> None:
    first, same, third, fourth = (ask(reception) for _ in range(4))
    make_move(third, Move.MERGE, cast.by, target=first.number)
    make_move(fourth, Move.SET_ASIDE, cast.by)
    with pytest.raises(targets.BadTarget) as caught:
        make_move(same, Move.MERGE, cast.by, target=number)
    assert caught.value.why == why


def test_nobody_undoes_a_colleagues_move(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    make_move(question, Move.APPROVE, cast.by_second)
    with pytest.raises(actions.NothingToUndo):
        undo(question, cast)


def test_what_the_asker_withdrew_stays_withdrawn(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    withdrawn = make_move(question, Move.WITHDRAW, ASKER)
    assert (withdrawn.outcome, withdrawn.is_public) == (Outcome.WITHDRAWN, False)
    with pytest.raises(IllegalMove):
        make_move(question, Move.REOPEN, cast.by)
    with pytest.raises(actions.NothingToUndo):
        undo(question, cast)


def test_reopened_from_on_air_goes_to_the_queue(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    for move in (Move.QUEUE, Move.PUT_ON_AIR, Move.ANSWER_LIVE):
        make_move(question, move, cast.by)
    reopened = make_move(question, Move.REOPEN, cast.by_second)
    assert (reopened.status, reopened.outcome, reopened.is_public) == ("queued", None, True)
    assert answers.standing(reopened) is None


def test_an_undone_reopening_brings_the_answer_back(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    make_move(question, Move.ANSWER_TEXT, cast.by)
    make_move(question, Move.REOPEN, cast.by)
    again = undo(question, cast)
    answer = answers.standing(again)
    assert again.outcome == Outcome.ANSWERED_TEXT
    assert answer is not None
    assert answer.text == "Ремонт запланирован на май."


def test_a_question_is_carried_over_once_under_a_link(cast: Cast, reception: Reception) -> None:
    question = ask(reception, "Когда?", contact="a@b.kz")
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    following = make_reception(cast, live=False)
    carried = make_move(question, Move.CARRY_OVER, cast.by, reception=following.no)
    child = Question.objects.get(carried_from=carried)
    assert (carried.outcome, child.reception, child.number) == ("carried_over", following, 1)
    assert (child.status, child.original_text) == ("new", "Когда?")
    assert AskerContact.objects.filter(question=child).exists()
    assert queries.equation(following.pk).received == 1


def test_a_carried_question_is_found_and_keeps_its_wording(
    cast: Cast, reception: Reception
) -> None:
    question = ask(reception, "Когда починят мост? Звоните 8 701 111 22 33")
    marks.edit_text(
        question.pk, "Когда починят мост?", by=cast.by, expect=question.version, now=clock.now()
    )
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    following = make_reception(cast, live=False)
    make_move(question, Move.CARRY_OVER, cast.by, reception=following.no)
    child = Question.objects.get(reception=following)
    assert [found.pk for found in with_words(following.questions.all(), "мост")] == [child.pk]
    assert [one.text for one in child.text_versions.all()] == ["Когда починят мост?"]


def test_a_question_is_not_carried_to_a_stranger(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    other = make_reception(cast, unit=cast.abroad, live=False)
    with pytest.raises(carry.NotThere):
        make_move(question, Move.CARRY_OVER, cast.by, reception=other.no)


def test_an_escalated_question_has_a_record_with_the_units_next_number(
    cast: Cast, reception: Reception
) -> None:
    numbers = []
    for _ in range(2):
        question = ask(reception)
        record = escalate(question, cast.by)
        numbers.append(record.number)
    year = clock.local_date(clock.now(), "Asia/Almaty").year
    assert numbers == [f"TAU-{year}-0001", f"TAU-{year}-0002"]
    assert queries.equation(reception.pk).buckets["on_control"] == 2


def test_an_escalation_is_taken_back_with_its_record(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    record = escalate(question, cast.by)
    control.take_back(question.pk, by=cast.by, expect=version(question), now=clock.now())
    record.refresh_from_db()
    assert (record.work_state, version(question)) == ("taken_back", 3)
    assert queries.equation(reception.pk).waiting == 1


def test_an_escalation_is_not_undone_without_its_record(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    escalate(question, cast.by)
    with pytest.raises(actions.NothingToUndo):
        undo(question, cast)


def test_tags_of_units_above_are_there_and_foreign_ones_are_not(
    cast: Cast, reception: Reception
) -> None:
    question = ask(reception)
    marks.set_tags(question.pk, ["roads", "nowhere"], by=cast.by, now=clock.now())
    assert [tag.slug for tag in question.tags.all()] == ["roads"]


def test_the_original_text_stands_when_the_public_one_changes(
    cast: Cast, reception: Reception
) -> None:
    question = ask(reception, "Мой ИИН 990101300123")
    marks.edit_text(question.pk, "Мой ИИН ███", by=cast.by, expect=1, now=clock.now())
    question.refresh_from_db()
    assert (question.original_text, question.public_text) == ("Мой ИИН 990101300123", "Мой ИИН ███")
    assert [v.version for v in question.text_versions.all()] == [1, 2]


def test_a_reception_with_a_waiting_question_is_not_sealed(
    cast: Cast, reception: Reception
) -> None:
    question = ask(reception)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    with pytest.raises(receptions.StillWaiting) as caught:
        receptions.seal(reception.pk, by=cast.by, now=clock.now(), count=queries.for_seal)
    assert caught.value.waiting == 1
    make_move(question, Move.ANSWER_TEXT, cast.by)
    sealed = receptions.seal(reception.pk, by=cast.by, now=clock.now(), count=queries.for_seal)
    entry = Entry.objects.get(reception=reception, seq=sealed.last_seq)
    assert entry.data["equation"]["buckets"]["answered_text"] == 1
    with pytest.raises((IllegalMove, journal.Sealed)):
        make_move(question, Move.REOPEN, cast.by)


def test_a_promise_is_kept_after_the_seal(cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    record = escalate(question, cast.by)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    receptions.seal(reception.pk, by=cast.by, now=clock.now(), count=queries.for_seal)
    control.answer(record.pk, text="Готово.", language="ru", by=cast.by_chief, now=clock.now())
    sums = queries.equation(reception.pk)
    assert (sums.buckets["answered_from_control"], sums.buckets["on_control"]) == (1, 0)
    assert sums.adds_up


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE streams_question SET status = 'closed' WHERE id = %s",
        "UPDATE streams_question SET outcome = 'declined' WHERE id = %s",
        "UPDATE streams_question SET outcome = 'merged', status = 'closed', closed_at = now() WHERE id = %s",
        "UPDATE streams_question SET number = 77 WHERE id = %s",
        "UPDATE streams_question SET original_text = 'другое' WHERE id = %s",
        "UPDATE streams_question SET status = 'archived' WHERE id = %s",
        "DELETE FROM streams_question WHERE id = %s",
    ],
)
def test_the_database_refuses_a_question_in_two_buckets_or_none(
    reception: Reception, sql: str
) -> None:
    question = ask(reception)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [question.pk])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE streams_reception SET last_number = last_number + 1 WHERE id = %s",
        "INSERT INTO streams_entry (reception_id, seq, kind, at, actor, data, prev_hash, hash) "
        "VALUES (%s, 999, 'x', now(), 'system', '{}', repeat('0', 64), repeat('1', 64))",
    ],
)
def test_the_database_refuses_a_lost_number_and_a_gap_at_the_commit(
    reception: Reception, sql: str
) -> None:
    ask(reception)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [reception.pk])
