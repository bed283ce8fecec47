"""Why a step of a moderator is refused: somebody was faster, it does not fit, a field is wrong, it is not theirs."""

from __future__ import annotations

from typing import Any

import pytest

from streams.people.rules import DESK, Role
from streams.questions.models import Question
from streams.questions.rules import Move, Status
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move, make_reception
from tests.desk.conftest import DUE, PROMISE, Desk, sit_down

pytestmark = pytest.mark.django_db


def test_who_was_faster_is_told_with_the_fresh_card(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    question = ask(reception)
    colleague.move(question, Move.FORWARD, body="Акимат", reason="Их дорога.")
    response = desk.post(
        f"questions/{question.number}/moves/",
        {"move": Move.ANSWER_TEXT, "expect": 1, "text": "Мой долгий ответ", "language": "ru"},
    )
    assert response.status_code == 409
    page = response.content.decode()
    assert "No. 1 is already closed by Болат Ким: forwarded." in page
    assert "Мой долгий ответ" in page
    assert 'data-state="2-' in page


def test_an_open_question_that_a_colleague_changed(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    question = ask(reception)
    colleague.move(question, Move.APPROVE)
    response = desk.post(f"questions/{question.number}/moves/", {"move": "approve", "expect": 1})
    assert response.status_code == 409
    assert "changed before you by Болат Ким" in response.content.decode()


def test_a_second_question_cant_go_on_air(desk: Desk, reception: Reception, cast: Cast) -> None:
    first, second = ask(reception), make_move(ask(reception), Move.APPROVE, cast.by)
    make_move(make_move(first, Move.APPROVE, cast.by), Move.PUT_ON_AIR, cast.by)
    response = desk.move(second, Move.PUT_ON_AIR)
    assert response.status_code == 409
    assert "No. 1 is on air" in response.content.decode()


@pytest.mark.parametrize("target", [1, 2, 4, 99])
def test_a_bad_target_of_a_merger_is_explained(
    desk: Desk, reception: Reception, cast: Cast, target: int
) -> None:
    question, aside = ask(reception), make_move(ask(reception), Move.SET_ASIDE, cast.by)
    third = ask(reception)
    merged = make_move(ask(reception), Move.MERGE, cast.by, target=third.number)
    assert (question.number, aside.number, merged.number) == (1, 2, 4)
    response = desk.move(question, Move.MERGE, target=target)
    assert response.status_code == 409
    assert "data-problem" in response.content.decode()


def test_a_step_that_does_not_fit_is_explained(desk: Desk, reception: Reception) -> None:
    question = ask(reception)
    response = desk.move(question, Move.BACK_TO_QUEUE)
    assert response.status_code == 409
    assert "another state" in response.content.decode()


@pytest.mark.parametrize(
    ("move", "fields", "field"),
    [
        (Move.ANSWER_TEXT, {"text": " \u200b ", "language": "ru"}, "move-text-text"),
        (Move.ANSWER_TEXT, {"text": "x" * 5001, "language": "ru"}, "move-text-text"),
        (Move.ANSWER_TEXT, {"text": "x", "language": "de"}, "move-text-language"),
        (Move.ANSWER_LIVE, {"time_code_s": "soon"}, "move-live-time_code_s"),
        (Move.ANSWER_LIVE, {"time_code_s": "99:00:00"}, "move-live-time_code_s"),
        (Move.ESCALATE, {**PROMISE, "due_on": "2020-01-01"}, "move-control-due_on"),
        (Move.ESCALATE, {**PROMISE, "due_on": "9999-12-31"}, "move-control-due_on"),
        (Move.ESCALATE, {**PROMISE, "promise": "", "due_on": DUE}, "move-control-promise"),
        (Move.FORWARD, {"body": "", "reason": "x"}, "move-forward-body"),
        (Move.PROPOSE_DECLINE, {"reason": "no_facts", "text": ""}, "move-decline-text"),
        (Move.MERGE, {"target": "many"}, "move-merge-target"),
        (Move.MERGE, {}, "move-merge-target"),
    ],
)
def test_a_wrong_field_is_said_in_its_place(
    desk: Desk, reception: Reception, move: Move, fields: dict[str, Any], field: str
) -> None:
    question = ask(reception)
    response = desk.move(question, move, **fields)
    assert response.status_code == 422
    assert f'id="{field}_error"' in response.content.decode()
    question.refresh_from_db()
    assert question.version == 1


@pytest.mark.parametrize(
    "data", [{}, {"move": "fly", "expect": 1}, {"move": "approve", "expect": "x"}]
)
def test_a_broken_form_is_refused(desk: Desk, reception: Reception, data: dict[str, Any]) -> None:
    question = ask(reception)
    response = desk.post(f"questions/{question.number}/moves/", data)
    assert response.status_code == 422
    assert "incomplete" in response.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role not in DESK])
def test_other_roles_can_do_nothing(reception: Reception, cast: Cast, role: Role) -> None:
    question = ask(reception)
    outsider = sit_down(cast.with_role(role), reception)
    assert outsider.move(question, Move.APPROVE).status_code == 404
    assert outsider.get().status_code == 404
    question.refresh_from_db()
    assert question.status == Status.NEW


def test_a_stranger_of_another_unit_finds_nothing(reception: Reception, cast: Cast) -> None:
    question = ask(reception)
    stranger = sit_down(cast.stranger, reception)
    for path in ("", "search/", "questions/1/", "questions/1/same/"):
        assert stranger.get(path).status_code == 404
    for path in ("moves/", "undo/", "text/", "tags/", "said/", "claim/", "release/", "contact/"):
        assert stranger.post(f"questions/{question.number}/{path}").status_code == 404
    assert stranger.post("state/", {"step": "end"}).status_code == 404


def test_a_question_of_another_reception_is_not_there(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    make_reception(cast, unit=cast.neighbour)
    for number in ("1", "99999999999999999999"):
        assert desk.get(f"questions/{number}/", quick=True).status_code == 404
    assert Question.objects.count() == 0
