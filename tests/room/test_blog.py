"""The standing reception as the public meets it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from streams.common import clock
from streams.questions import intake, queries
from streams.questions.models import Question
from streams.questions.receipts import Receipt
from streams.questions.rules import Move
from streams.receptions import standing
from streams.receptions.models import Reception, Standing
from streams.room import views
from tests.cast import Cast, ask, make_move, secret_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast: Cast) -> Standing:
    return Standing.objects.create(unit=cast.district, host_name=cast.chief.full_name)


@pytest.fixture
def register(plan: Standing) -> Reception:
    found = standing.current(plan.unit, now=clock.now())
    assert found is not None
    return found


def test_the_first_visitor_opens_the_month(plan: Standing) -> None:
    response = Client().get(f"/en/blog/{plan.unit.code}/")
    register = Reception.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/en/receptions/{register.no}/")
    assert Client().get(f"/en/blog/{plan.unit.code}/")["Location"].endswith(f"/{register.no}/")


def test_a_unit_without_one_has_no_such_page(cast: Cast) -> None:
    assert Client().get(f"/en/blog/{cast.neighbour.code}/").status_code == 404
    assert Client().get("/en/blog/NOBODY/").status_code == 404
    assert Client().get(f"/en/blog/{cast.neighbour.code}/months/").status_code == 404


def test_it_is_found_from_the_home_page(register: Reception) -> None:
    page = Client().get("/en/").content.decode()
    assert "Ask at any time" in page
    assert f"/en/blog/{register.unit.code}/" in page
    assert "On air now" not in page
    assert register.unit.name_en in Client().get("/en/blog/").content.decode()


def test_the_page_takes_a_question_without_scripts(register: Reception) -> None:
    client = Client()
    page = client.get(f"/en/receptions/{register.no}/").content.decode()
    assert "Questions are taken day and night" in page
    assert "within 10 working days" in page
    assert "On air" not in page
    form = {"client_id": str(uuid.uuid4()), "text": "Когда откроют паспортный стол?"}
    response = client.post(f"/en/receptions/{register.no}/ask/", form)
    assert response.status_code == 303
    mine = client.get(response["Location"]).content.decode()
    assert "The answer is promised by" in mine
    assert "10 working days left" in mine
    assert "How this day was counted" in mine
    assert "Read on air" not in mine


def test_a_form_of_last_month_still_works(plan: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    october = datetime(2026, 10, 20, 4, tzinfo=UTC)
    old = standing.current(plan.unit, now=october)
    assert old is not None
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 2, 4, tzinfo=UTC))
    form = {"client_id": str(uuid.uuid4()), "text": "Когда откроют паспортный стол?"}
    response = Client().post(f"/en/receptions/{old.no}/ask/", form)
    assert response.status_code == 303
    assert Question.objects.get().reception != old
    page = Client().get(f"/en/receptions/{old.no}/").content.decode()
    assert "The month is over" in page
    assert f"/en/blog/{plan.unit.code}/" in page
    months = Client().get(f"/en/blog/{plan.unit.code}/months/").content.decode()
    assert "October 2026" in months
    assert "November 2026" in months


def test_a_sealed_month_of_thousands_is_read_by_outcome(
    register: Reception, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_ONE_PAGE", 3)
    for n in range(5):
        question = ask(register, f"Вопрос {n}?")
        make_move(question, Move.ANSWER_TEXT if n else Move.SET_ASIDE, cast.by)
    later = clock.now() + timedelta(days=70)
    standing.turn(later)
    standing.seal_finished(later + timedelta(hours=2), count=queries.for_seal)
    register.refresh_from_db()
    assert register.state == "sealed"
    client = Client()
    page = client.get(f"/en/receptions/{register.no}/").content.decode()
    assert page.count("room-question") >= 4
    assert "?outcome=not_a_question" in page
    aside = client.get(f"/en/receptions/{register.no}/?outcome=not_a_question").content.decode()
    assert 'id="question-1"' in aside
    assert client.get(f"/en/receptions/{register.no}/?outcome=nonsense").status_code == 404
    assert client.get(f"/en/receptions/{register.no}/?before=x").status_code == 404
    ledger = client.get(f"/en/receptions/{register.no}/ledger/").content.decode()
    assert "Register closed: the month is over" in ledger
    assert "Went on air" not in ledger


def test_who_wrote_at_midnight_hears_on_the_same_page(register: Reception) -> None:
    one = intake.parse({"client_id": str(uuid.uuid4()), "text": "Неге жол жабық?"})
    receipt = intake.receive_many(register.pk, [one], now=clock.now() + timedelta(days=40))[0]
    assert isinstance(receipt, Receipt)
    question = Question.objects.get()
    assert question.reception != register
    assert Client().get(f"/en/q/{secret_of(question)}/").status_code == 200
