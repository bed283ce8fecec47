"""While somebody types: the same public question is offered, and nothing ever stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from streams.questions import commonness
from streams.questions.rules import Move
from streams.room import visitors
from tests.cast import Cast, ask, make_move
from tests.room.conftest import Visitor

pytestmark = pytest.mark.django_db
ROAD = "Когда отремонтируют дорогу на улице Ерубаева? Там большие ямы."


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    commonness.forget()


def typed(visitor: Visitor, text: str) -> Any:
    return visitor.client.post(visitor.address("like/"), {"text": text})


def test_an_open_one_is_voted_for_and_an_answered_one_is_linked(
    visitor: Visitor, cast: Cast
) -> None:
    make_move(ask(visitor.reception, ROAD), Move.APPROVE, cast.by)
    answered = make_move(ask(visitor.reception, ROAD), Move.ANSWER_TEXT, cast.by)
    page = typed(visitor, "ремонт дороги на Ерубаева, там ямы").content.decode()
    assert "I have this question too" in page
    assert 'value="1"' in page
    assert f"/questions/{answered.public_no}/" in page
    assert "Already answered: read it" in page


def test_what_is_not_public_is_never_offered(visitor: Visitor) -> None:
    ask(visitor.reception, ROAD)
    answer = typed(visitor, ROAD)
    assert (answer.status_code, answer.content) == (204, b"")


def test_it_says_nothing_where_there_is_nothing_to_say(visitor: Visitor, cast: Cast) -> None:
    make_move(ask(visitor.reception, ROAD), Move.APPROVE, cast.by)
    assert typed(visitor, "Ямы").status_code == 204
    assert typed(visitor, "Почему школьная форма такая дорогая?").status_code == 204


def test_too_many_looks_are_refused_and_asking_goes_on(
    visitor: Visitor, settings: Settings
) -> None:
    settings.SUGGESTIONS_PER_ADDRESS_PER_MIN = 2
    visitors.forget_limits()
    codes = [typed(visitor, ROAD).status_code for _ in range(3)]
    assert codes[-1] == 429
    assert visitor.ask(ROAD).status_code == 303


def test_the_receipt_says_where_to_call(visitor: Visitor) -> None:
    ack = visitor.ask_by_script("Помогите, горит дом, люди внутри!").json()["ack"]
    assert "112 / 102" in ack["urgent"]
    assert "urgent" not in visitor.ask_by_script(ROAD).json()["ack"]
