"""Typing a question in for somebody: one field, a number to read out, and nothing twice."""

from __future__ import annotations

import re
import uuid

import pytest

from streams.archive.audit import audit
from streams.common import clock
from streams.questions.models import AskerContact, Question
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast
from tests.desk.conftest import ELSEWHERE, Desk
from tests.law import assert_screen_law

pytestmark = pytest.mark.django_db


def typed(desk: Desk, text: str = "Сосед шумит по ночам.", **fields: str) -> dict[str, str]:
    return {"client_id": str(uuid.uuid4()), "source": "phone", "text": text, **fields}


def test_without_scripts_it_is_a_page_and_the_next_form_is_there(desk: Desk, cast: Cast) -> None:
    page = desk.get("entry/").content.decode()
    assert '<textarea name="text"' in page
    data = typed(desk, name="Асель", district="KOL", contact="8 777 123 45 67", source="paper")
    response = desk.post("entry/", data, headers=None)
    assert response.status_code == 200
    page = response.content.decode()
    question = Question.objects.get()
    assert f'entry__number">{question.number}<' in page
    assert question.public_no in page
    assert data["client_id"] not in page
    assert re.search(r'value="paper"[^>]*checked', page)
    assert (question.asker_name, question.district) == ("Асель", cast.neighbour)
    assert AskerContact.objects.filter(question=question).exists()


def test_the_journal_says_how_it_came_and_who_typed_it(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    desk.post("entry/", typed(desk, source="in_person"), headers=ELSEWHERE)
    entry = Entry.objects.get(kind="receive")
    assert entry.data["source"] == "in_person"
    assert entry.by == cast.moderator
    assert entry.actor.startswith("moderator:")
    assert audit(reception.no).holds
    assert "in person" in desk.card(Question.objects.get())


def test_a_double_click_is_one_question(desk: Desk) -> None:
    data = typed(desk)
    first, second = (desk.post("entry/", data, headers=ELSEWHERE) for _ in range(2))
    question = Question.objects.get()
    for response in (first, second):
        assert f'entry__number">{question.number}<' in response.content.decode()


def test_the_same_form_with_other_words_is_another_question(desk: Desk) -> None:
    data = typed(desk)
    for text in ("Первый вопрос?", "Второй вопрос?", "Второй вопрос?"):
        desk.post("entry/", data | {"text": text}, headers=ELSEWHERE)
    assert Question.objects.count() == 2


@pytest.mark.parametrize("text", ["", "   ", "?!", "я" * 2001])
def test_what_is_no_question_stays_in_the_form(desk: Desk, text: str) -> None:
    response = desk.post("entry/", typed(desk, text=text, name="Ерлан"), headers=ELSEWHERE)
    assert response.status_code == 422
    page = response.content.decode()
    assert "data-invalid" in page
    assert "Ерлан" in page
    assert text.strip() in page
    assert not Question.objects.exists()


def test_nonsense_in_hidden_fields_is_refused_and_keeps_the_words(desk: Desk) -> None:
    for wrong in ({"client_id": "x"}, {"source": "pigeon"}, {"district": "NOWHERE"}):
        response = desk.post("entry/", typed(desk) | wrong, headers=ELSEWHERE)
        assert response.status_code == 422
        assert "Сосед шумит по ночам." in response.content.decode()
    assert not Question.objects.exists()


def test_a_closed_reception_refuses_and_keeps_the_words(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    response = desk.post("entry/", typed(desk), headers=ELSEWHERE)
    assert response.status_code == 409
    assert "Сосед шумит по ночам." in response.content.decode()
    assert not Question.objects.exists()


def test_it_stands_on_every_desk_at_once(desk: Desk, reception: Reception) -> None:
    assert_screen_law(
        desk.client,
        f"/desk/{reception.no}/",
        "desk",
        reception,
        lambda: desk.post("entry/", typed(desk), headers=ELSEWHERE),
        language="en",
    )
