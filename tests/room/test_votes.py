"""“I have this question too”: once for each browser, for what is public and open."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import Settings

from streams.questions.models import Question, Vote
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move, make_reception
from tests.room.conftest import JSON, Visitor, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(reception: Reception, cast: Cast) -> Question:
    return make_move(ask(reception), Move.APPROVE, cast.by)


def test_one_browser_votes_once(visitor: Visitor, question: Question) -> None:
    visitor.page()
    for _ in range(3):
        response = visitor.vote(question.number)
        assert response.status_code == 303
        assert response.headers["Location"].endswith(f"#question-{question.number}")
    question.refresh_from_db()
    assert question.votes == 1
    other = Visitor(Client(), visitor.reception)
    other.page()
    assert other.vote(question.number, **JSON).json() == {"votes": {str(question.number): 2}}


def test_the_new_count_is_on_the_page_at_once(visitor: Visitor, question: Question) -> None:
    visitor.page()
    visitor.vote(question.number)
    assert re.search(r'data-side="votes"[^>]*>1<', text_of(visitor.page()))


def test_without_the_cookie_or_with_an_invented_one_nothing_is_counted(
    visitor: Visitor, question: Question
) -> None:
    assert visitor.vote(question.number).status_code == 403
    visitor.client.cookies["viewer"] = "invented"
    response = visitor.vote(question.number, **JSON)
    assert response.json()["refused"]["code"] == "cookie"
    assert not Vote.objects.exists()


def test_the_cookie_is_kept_from_scripts(visitor: Visitor) -> None:
    cookie = visitor.page().cookies["viewer"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "viewer" not in visitor.page().cookies


def test_what_is_not_public_or_closed_gains_no_vote(
    visitor: Visitor, reception: Reception, cast: Cast, question: Question
) -> None:
    hidden = ask(reception, "Скрытый?")
    make_move(question, Move.ANSWER_TEXT, cast.by)
    visitor.page()
    for number in (hidden.number, question.number, 999):
        visitor.vote(number)
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    "number",
    ["", "x", "-1", "0", "99999999999", "1.5", "\x00", "٣", "000000000019999999999", "9" * 5000],
)
def test_a_vote_for_nonsense_is_refused(visitor: Visitor, number: str) -> None:
    visitor.page()
    assert visitor.vote(number).status_code == 404


def test_votes_of_one_address_are_limited(
    visitor: Visitor, question: Question, settings: Settings
) -> None:
    settings.VOTES_PER_ADDRESS_PER_MIN = 2
    visitor.page()
    assert visitor.vote(question.number).status_code == 303
    limited = visitor.vote(question.number)
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0


def test_a_reception_of_another_number_is_not_touched(cast: Cast, visitor: Visitor) -> None:
    other = make_reception(cast)
    visitor.ask("Куда?")
    assert Question.objects.filter(reception=other).count() == 0
