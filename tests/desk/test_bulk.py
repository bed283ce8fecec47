"""One step on several questions: each under the version that was seen, one undo, nothing lost."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from streams.common import clock
from streams.questions import actions, batches, claims, marks, queries
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move
from tests.desk.conftest import ELSEWHERE, Desk, sit_down
from tests.law import assert_screen_law

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(reception: Reception) -> list[Question]:
    texts = ("Когда починят дорогу?", "Шу қашан тоқтайды?", "Где парковка?", "Жарық қашан болады?")
    return [ask(reception, text) for text in texts]


def step(desk: Desk, do: str, questions: list[Question], **headers: Any) -> Any:
    picks = [f"{question.number}:{question.version}" for question in questions]
    return desk.post("bulk/", {"do": do, "pick": picks}, **({"headers": ELSEWHERE} | headers))


def undo(desk: Desk, response: Any) -> Any:
    """What the toast's one button sends."""
    found = re.search(r'name="entries"\s+value="([\d,]+)"', response.content.decode())
    assert found, response.content.decode()
    return desk.post("bulk/undo/", {"entries": found[1]}, headers=ELSEWHERE)


def fresh(questions: list[Question]) -> list[Question]:
    found = Question.objects.filter(pk__in=[question.pk for question in questions])
    return list(found.select_related("district").order_by("number"))


def told(response: Any) -> list[int]:
    done: list[int] = json.loads(response["HX-Trigger"])["desk:bulk"]["done"]
    return done


@pytest.mark.parametrize(
    ("do", "status", "outcome"),
    [
        ("approve", Status.APPROVED, None),
        ("queue", Status.QUEUED, None),
        ("set_aside:spam", Status.CLOSED, Outcome.NOT_A_QUESTION),
    ],
)
def test_a_step_on_all_and_one_undo(
    cast: Cast, desk: Desk, four: list[Question], do: str, status: Status, outcome: Outcome | None
) -> None:
    response = step(desk, do, four)
    assert response.status_code == 200
    assert told(response) == [1, 2, 3, 4]
    assert {(q.status, q.outcome) for q in fresh(four)} == {(status, outcome)}
    assert undo(desk, response).status_code == 200
    assert {(q.status, q.outcome) for q in fresh(four)} == {(Status.NEW, None)}
    assert queries.equation(desk.reception.pk).adds_up


def test_the_queue_gets_them_in_their_order(desk: Desk, four: list[Question]) -> None:
    step(desk, "queue", four[::-1])
    places = [(q.place, q.number) for q in fresh(four)]
    assert [number for _place, number in sorted(places)] == [1, 2, 3, 4]


def test_all_into_the_one_named(desk: Desk, four: list[Question]) -> None:
    response = step(desk, "merge:1", four)
    assert told(response) == [2, 3, 4]
    assert all(q.merged_into_id == four[0].pk for q in fresh(four)[1:])
    undo(desk, response)
    assert all(q.merged_into_id is None for q in fresh(four))


def test_declining_says_why_in_each_question_s_language(
    cast: Cast, desk: Desk, colleague: Desk, four: list[Question]
) -> None:
    marks.set_language(four[1].pk, "kk", by=cast.by, now=clock.now())
    response = step(desk, "decline:no_facts", four)
    assert "proposed to decline" in response.content.decode()
    texts = [q.proposal.text for q in fresh(four) if q.proposal]
    assert texts[0] == texts[2] != texts[1]
    # Nobody declines by the dozen what a colleague proposed.
    again = step(colleague, "decline:insult", fresh(four))
    assert (again.status_code, told(again)) == (409, [])
    assert "Айгерім Сейіт has made a proposal already" in again.content.decode()
    assert {q.proposal and q.proposal.reason for q in fresh(four)} == {"no_facts"}
    undo(desk, response)
    assert {q.proposal for q in fresh(four)} == {None}


def test_where_one_person_decides_they_are_declined(desk: Desk, four: list[Question]) -> None:
    unit = desk.reception.unit
    unit.confirm_declines = False
    unit.save()
    step(desk, "decline:not_ours", four)
    assert {q.outcome for q in fresh(four)} == {Outcome.DECLINED}


def test_tags_and_districts(desk: Desk, cast: Cast, four: list[Question]) -> None:
    marks.set_tags(four[0].pk, ["noise"], by=cast.by, now=clock.now())
    response = step(desk, "tag:roads", four)
    assert sorted(t.slug for t in four[0].tags.all()) == ["noise", "roads"]
    undo(desk, response)
    assert [[t.slug for t in q.tags.all()] for q in four] == [["noise"], [], [], []]
    response = step(desk, "district:KOL", four)
    assert {q.district for q in fresh(four)} == {cast.neighbour}
    undo(desk, response)
    assert {q.district for q in fresh(four)} == {None}
    assert step(desk, "tag:nothing", four).status_code == 404
    refused = step(desk, "district:ALS", four)
    assert (refused.status_code, told(refused)) == (409, [])


def test_who_cannot_follow_is_named_and_the_others_go_on(
    cast: Cast, desk: Desk, four: list[Question]
) -> None:
    make_move(four[0], Move.FORWARD, cast.by_second)
    claims.claim(four[1].pk, by=cast.by_second, now=clock.now())
    response = step(desk, "approve", four)
    assert (response.status_code, told(response)) == (200, [3, 4])
    page = html.unescape(response.content.decode())
    assert "2 questions could not follow and stay chosen" in page
    assert "No. 1 is already closed by Болат Ким: forwarded." in page
    assert "Болат Ким works on this question now." in page
    assert [q.status for q in fresh(four)] == ["closed", "new", "approved", "approved"]


def test_a_double_click_or_a_lost_answer_is_the_same_step(desk: Desk, four: list[Question]) -> None:
    first, again = (step(desk, "queue", four) for _time in range(2))
    assert told(again) == told(first) == [1, 2, 3, 4]
    assert Entry.objects.filter(reception=desk.reception, kind=Move.QUEUE).count() == 4
    undo(desk, again)
    assert {q.status for q in fresh(four)} == {Status.NEW}
    assert undo(desk, first).status_code == 200
    assert Entry.objects.filter(reception=desk.reception, kind="undo").count() == 4


def test_two_moderators_with_the_same_choice(
    desk: Desk, colleague: Desk, four: list[Question]
) -> None:
    mine, theirs = step(desk, "approve", four), step(colleague, "set_aside:spam", four)
    assert told(mine) == [1, 2, 3, 4]
    assert (theirs.status_code, told(theirs)) == (409, [])
    assert "was changed before you by Айгерім Сейіт: accepted." in theirs.content.decode()
    assert {q.status for q in fresh(four)} == {Status.APPROVED}


def test_undo_leaves_alone_what_somebody_worked_on_since(
    cast: Cast, desk: Desk, colleague: Desk, four: list[Question]
) -> None:
    response = step(desk, "approve", four)
    make_move(four[0], Move.QUEUE, cast.by_second)
    answer = undo(desk, response)
    assert "3 questions are as they were." in answer.content.decode()
    assert "№ 1: No. 1 was changed before you by Болат Ким" in answer.content.decode()
    assert [q.status for q in fresh(four)] == ["queued", "new", "new", "new"]
    # Nobody takes a colleague's batch back.
    theirs = step(colleague, "queue", fresh(four)[1:])
    found = re.search(r'name="entries"\s+value="([\d,]+)"', theirs.content.decode())
    assert found
    desk.post("bulk/undo/", {"entries": found[1]}, headers=ELSEWHERE)
    assert [q.status for q in fresh(four)] == ["queued", "queued", "queued", "queued"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": "approve"},
        {"pick": ["1:1"]},
        {"do": "fly", "pick": ["1:1"]},
        {"do": "approve:roads", "pick": ["1:1"]},
        {"do": "tag", "pick": ["1:1"]},
        {"do": "merge:x", "pick": ["1:1"]},
        {"do": "merge:99999999999", "pick": ["1:1"]},
        {"do": "decline:because", "pick": ["1:1"]},
        {"do": "set_aside:no_facts", "pick": ["1:1"]},
        {"do": "approve", "pick": ["1"]},
        {"do": "approve", "pick": ["1:0"]},
        {"do": "approve", "pick": ["-1:1"]},
        {"do": "approve", "pick": ["99999999999:1"]},
        {"do": "approve", "pick": ["1:1\x00"]},
        {"do": "approve", "pick": [f"{n}:1" for n in range(1, 102)]},
    ],
)
def test_bad_input_is_refused_at_the_door(
    desk: Desk, four: list[Question], fields: dict[str, Any]
) -> None:
    assert desk.post("bulk/", fields, headers=ELSEWHERE).status_code == 422
    assert {q.status for q in fresh(four)} == {Status.NEW}


@pytest.mark.parametrize("entries", ["", "0", "1,,2", "x", ",".join(["7"] * 101), "9" * 30])
def test_undo_refuses_bad_input(desk: Desk, entries: str) -> None:
    response = desk.post("bulk/undo/", {"entries": entries}, headers=ELSEWHERE)
    assert response.status_code == 422


def test_without_scripts_the_form_works_too(desk: Desk, four: list[Question]) -> None:
    response = step(desk, "approve", four, headers={})
    assert response.status_code == 303
    page = desk.client.get(response["Location"]).content.decode()
    assert "4 questions: approved." in page


def test_the_law_of_the_screen_holds_for_a_batch(
    cast: Cast, reception: Reception, four: list[Question]
) -> None:
    desk = sit_down(cast.moderator, reception, "ru")
    assert_screen_law(
        desk.client, desk.address(), "desk", reception, lambda: step(desk, "district:KOL", four)
    )
    assert_screen_law(
        desk.client, desk.address(), "desk", reception, lambda: step(desk, "queue", fresh(four))
    )


def test_a_hundred_at_once_hold_the_reception_for_a_moment_only(
    cast: Cast, reception: Reception, django_assert_max_num_queries: Any
) -> None:
    for n in range(20):
        ask(reception, f"Вопрос {n}?")
    expect = dict(Question.objects.values_list("number", "version"))
    with django_assert_max_num_queries(12 + 22 * len(expect)):
        batch = batches.move_each(
            reception, expect, Move.APPROVE, lambda _question: {}, by=cast.by, now=clock.now()
        )
    assert len(batch.done) == len(batch.entries) == 20
    last = Question.objects.get(number=20)
    actions.undo(last.pk, by=cast.by, expect=last.version, now=clock.now())
