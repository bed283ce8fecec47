"""Every step a moderator takes on a question over HTTP, and how it is taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from streams.common import clock
from streams.control.models import ControlRecord
from streams.questions.rules import Move, Outcome, Status
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move, make_reception
from tests.desk.conftest import DUE, ELSEWHERE, PROMISE, Desk

pytestmark = pytest.mark.django_db

REASON = {"reason": "no_facts", "text": "Нет сведений, которые можно проверить."}

CLOSING: list[tuple[Move, dict[str, Any], Outcome]] = [
    (Move.ANSWER_LIVE, {"time_code_s": "1:02:03", "text": "В мае."}, Outcome.ANSWERED_LIVE),
    (Move.ANSWER_TEXT, {"text": "Начнём в мае.", "language": "ru"}, Outcome.ANSWERED_TEXT),
    (Move.ESCALATE, {**PROMISE, "due_on": DUE, "time_code_s": "5:00"}, Outcome.ON_CONTROL),
    (Move.FORWARD, {"body": "Акимат", "reason": "Дороги ведёт акимат."}, Outcome.FORWARDED),
    (Move.SET_ASIDE, {"reason": "spam"}, Outcome.NOT_A_QUESTION),
]


@pytest.mark.parametrize(("move", "fields", "outcome"), CLOSING)
def test_a_question_is_closed_and_can_be_taken_back(
    desk: Desk, reception: Reception, move: Move, fields: dict[str, Any], outcome: Outcome
) -> None:
    question = ask(reception)
    response = desk.move(question, move, **fields)
    assert response.status_code == 200, response.content.decode()
    question.refresh_from_db()
    assert question.outcome == outcome
    assert json.loads(response["HX-Trigger"])["desk:done"] == {
        "number": question.number,
        "version": question.version,
        "undoable": True,
    }
    undo = desk.post(f"questions/{question.number}/undo/", {"expect": question.version})
    assert undo.status_code == 200
    question.refresh_from_db()
    assert question.status == Status.NEW.value
    assert question.outcome is None


def test_what_was_given_is_kept(desk: Desk, reception: Reception) -> None:
    live, control = ask(reception), ask(reception)
    desk.move(live, Move.ANSWER_LIVE, time_code_s="1:02:03", text="В мае.")
    answer = live.answers.get()
    assert (answer.time_code_s, answer.text, answer.by.username) == (3723, "В мае.", "moderator")
    desk.move(control, Move.ESCALATE, **PROMISE, due_on=DUE)
    record = ControlRecord.objects.get()
    assert (record.promise, record.owner_name) == ("Проверю до пятницы.", "ОМПС")
    assert record.due_on.isoformat() == DUE


def test_on_air_and_back(desk: Desk, reception: Reception) -> None:
    question, other = ask(reception), ask(reception)
    for move, status in (
        (Move.APPROVE, Status.APPROVED),
        (Move.QUEUE, Status.QUEUED),
        (Move.UNQUEUE, Status.APPROVED),
        (Move.QUEUE, Status.QUEUED),
        (Move.PUT_ON_AIR, Status.ON_AIR),
        (Move.BACK_TO_QUEUE, Status.QUEUED),
    ):
        assert desk.move(question, move).status_code == 200, move
        question.refresh_from_db()
        assert question.status == status
    desk.move(other, Move.QUEUE, first="1")
    other.refresh_from_db()
    assert other.place is not None
    assert question.place is not None
    assert other.place < question.place


def test_a_merger_points_and_can_be_picked_or_typed(desk: Desk, reception: Reception) -> None:
    target, one, two = ask(reception), ask(reception), ask(reception)
    desk.move(one, Move.MERGE, pick=target.number, target="")
    desk.move(two, Move.MERGE, target=target.number)
    assert set(target.merged.values_list("number", flat=True)) == {one.number, two.number}
    assert f"№ {one.number}" in desk.card(target)
    assert f"№ {target.number}" in desk.card(one)


def test_a_decline_needs_two_people(desk: Desk, colleague: Desk, reception: Reception) -> None:
    question = ask(reception)
    # By whatever button: the first one proposes.
    assert "Declining proposed" in desk.move(question, Move.DECLINE, **REASON).content.decode()
    assert "A second person confirms it" in desk.card(question)
    assert "Confirm: decline" not in desk.card(question)
    alone = desk.move(question, Move.DECLINE, **REASON)
    assert alone.status_code == 409
    assert "A second person confirms" in alone.content.decode()
    card = colleague.card(question)
    assert "Айгерім Сейіт proposes to decline" in card
    assert "Confirm: decline" in card
    assert colleague.move(question, Move.DECLINE, **REASON).status_code == 200
    question.refresh_from_db()
    assert question.outcome == Outcome.DECLINED


def test_setting_aside_needs_two_people_where_the_unit_says_so(
    desk: Desk, colleague: Desk, reception: Reception, cast: Cast
) -> None:
    cast.district.confirm_asides = True
    cast.district.save()
    question = ask(reception)
    assert "Propose: not a question" in desk.card(question)
    desk.move(question, Move.SET_ASIDE, reason="spam")
    assert "Confirm: not a question" not in desk.card(question)
    assert desk.move(question, Move.SET_ASIDE, reason="spam").status_code == 409
    card = colleague.card(question)
    assert "Confirm: not a question" in card
    assert "It is a question" in card
    # Confirmed as it was proposed, or not at all.
    assert colleague.move(question, Move.SET_ASIDE, reason="greeting").status_code == 409
    assert colleague.move(question, Move.SET_ASIDE, reason="spam").status_code == 200
    question.refresh_from_db()
    assert (question.outcome, question.reason) == (Outcome.NOT_A_QUESTION, "spam")


def test_a_proposal_can_be_refused(desk: Desk, colleague: Desk, reception: Reception) -> None:
    question = ask(reception)
    desk.move(question, Move.PROPOSE_DECLINE, **REASON)
    assert colleague.move(question, Move.REFUSE_DECLINE).status_code == 200
    question.refresh_from_db()
    assert question.proposal is None
    assert question.status == Status.NEW


def test_one_person_declines_where_the_unit_says_so(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    cast.district.confirm_declines = False
    cast.district.save()
    question = ask(reception)
    assert 'value="decline"' in desk.card(question)
    assert desk.move(question, Move.DECLINE, **REASON).status_code == 200


def test_after_the_end_questions_are_carried_over(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    question, late = ask(reception), ask(reception)
    assert desk.move(question, Move.CARRY_OVER, reception=reception.no).status_code == 422
    following = make_reception(cast, live=False, now=clock.now() + timedelta(days=7))
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    assert following.no in desk.card(question)
    assert desk.move(question, Move.CARRY_OVER, reception=following.no).status_code == 200
    question.refresh_from_db()
    assert question.outcome == Outcome.CARRIED_OVER
    on_air = desk.move(late, Move.PUT_ON_AIR)
    assert on_air.status_code == 409
    assert (
        "not in the state"
        in desk.move(make_move(late, Move.APPROVE, cast.by), Move.PUT_ON_AIR).content.decode()
    )


def test_a_closed_question_is_opened_again(desk: Desk, reception: Reception, cast: Cast) -> None:
    question = make_move(ask(reception), Move.ANSWER_TEXT, cast.by_second)
    assert desk.move(question, Move.REOPEN, reason="").status_code == 422
    assert desk.move(question, Move.REOPEN, reason="Ответ не о том.").status_code == 200
    question.refresh_from_db()
    assert question.status == Status.NEW


def test_html_in_every_field_stays_text(desk: Desk, reception: Reception) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    question = ask(reception, evil, name=evil[:60])
    desk.post(f"questions/{question.number}/text/", {"text": evil + "!", "expect": 1})
    desk.move(question, Move.FORWARD, body=evil, reason=evil)
    for page in (desk.card(question), desk.get().content.decode()):
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_undo_is_for_ones_own_last_step(desk: Desk, colleague: Desk, reception: Reception) -> None:
    question = ask(reception)
    colleague.move(question, Move.APPROVE)
    question.refresh_from_db()
    response = desk.post(f"questions/{question.number}/undo/", {"expect": question.version})
    assert response.status_code == 409
    assert "not yours" in response.content.decode()
    assert "desk_undo" not in desk.card(question)
    assert "Undo my last step" in colleague.card(question)


def test_a_command_from_elsewhere_answers_with_a_toast_alone(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    question = make_move(make_move(ask(reception), Move.QUEUE, cast.by), Move.PUT_ON_AIR, cast.by)
    response = desk.move(question, Move.ANSWER_LIVE, time_code_s="nonsense", headers=ELSEWHERE)
    assert response.status_code == 422
    assert "desk-card" not in response.content.decode()
    assert "Write the time code like" in response.content.decode()
    response = desk.move(question, Move.ANSWER_LIVE, time_code_s="0:05:00", headers=ELSEWHERE)
    assert response.status_code == 200
    page = response.content.decode()
    assert "desk-card" not in page
    assert f"/desk/{reception.no}/questions/1/undo/" in page


def test_the_next_question_comes_with_the_answer(desk: Desk, reception: Reception) -> None:
    first, second = ask(reception, "Первый вопрос?"), ask(reception, "Второй вопрос?")
    response = desk.move(first, Move.APPROVE, next=second.number)
    assert f'id="card-{second.number}"' in response.content.decode()
    for nonsense in ("", "-1", "x", "99999999999", "777"):
        response = desk.move(first, Move.QUEUE, next=nonsense)
        assert f'id="card-{first.number}"' in response.content.decode()
        desk.move(first, Move.UNQUEUE)


def test_without_scripts_everything_works_by_pages(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    question = ask(reception)
    path = f"questions/{question.number}/"
    response = desk.move(question, Move.APPROVE, headers=None)
    assert response.status_code == 303
    assert response["Location"] == desk.address(path)
    page = desk.get(path).content.decode()
    assert "No. 1: Approved" in page
    assert f'id="card-{question.number}"' in page
    wrong = desk.move(question, Move.ANSWER_TEXT, text="", language="ru", headers=None)
    assert wrong.status_code == 422
    assert "<live-screen" in wrong.content.decode()
    stale = desk.post(f"{path}moves/", {"move": "approve", "expect": 1}, headers=None)
    assert stale.status_code == 409
    assert "<live-screen" in stale.content.decode()
    undone = desk.post(f"{path}undo/", {"expect": 2}, headers=None)
    assert undone.status_code == 303
