"""What a click asks the database: all of it stands between a key press and a colleague's screen."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streams.questions.models import Question
from streams.questions.rules import Move
from tests.cast import ask
from tests.desk.conftest import ELSEWHERE, FROM_CARD, Desk

# With the card that a command of the card gets back, without it, and what the move needs. BEGIN, COMMIT and
# the look at the session are counted too.
MOVES: dict[Move, tuple[int, int, dict[str, str]]] = {
    Move.APPROVE: (22, 13, {}),
    Move.QUEUE: (23, 14, {}),
    Move.ANSWER_TEXT: (25, 16, {"text": "Ремонт запланирован на май.", "language": "ru"}),
    Move.SET_ASIDE: (24, 16, {"reason": "greeting"}),
}


def cost(desk: Desk, path: str, headers: dict[str, str], **fields: object) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert desk.post(path, fields, headers=headers).status_code in {200, 204}
    return len(asked)


@pytest.fixture
def questions(transactional_db: None, desk: Desk) -> list[Question]:
    return [ask(desk.reception) for _ in range(5)]


@pytest.mark.parametrize("move", MOVES)
def test_a_decision(desk: Desk, questions: list[Question], move: Move) -> None:
    with_card, without, given = MOVES[move]
    for question, headers, most in zip(
        questions, (FROM_CARD, ELSEWHERE), (with_card, without), strict=False
    ):
        path = f"questions/{question.number}/moves/"
        asked = cost(desk, path, headers, move=move.value, expect=question.version, **given)
        assert asked <= most, asked


def test_a_question_is_dealt_and_given_back(desk: Desk, questions: list[Question]) -> None:
    assert cost(desk, "deal/", FROM_CARD) <= 17
    assert cost(desk, f"questions/{questions[0].number}/release/", ELSEWHERE) <= 6
