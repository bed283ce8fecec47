"""Asking by the form and by the page's script: taken once, cleaned, refused with a reason, never lost."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from streams.common import clock
from streams.questions import intake
from streams.questions.models import AskerContact, Question
from streams.questions.receipts import Receipt
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests.cast import Cast, make_move
from tests.room.conftest import Visitor, text_of

pytestmark = pytest.mark.django_db
EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "{{ settings.SECRET_KEY }} {% debug %} ${7*7}",
    "<svg/onload=alert(1)>",
]


def test_a_plain_form_leads_to_the_askers_own_page(visitor: Visitor) -> None:
    response = visitor.ask("Когда починят дорогу?", name="Асель", district="KOL", contact="8 701")
    question = Question.objects.get()
    assert response.status_code == 303
    assert visitor.client.get(response.headers["Location"]).status_code == 200
    assert (question.original_text, question.asker_name) == ("Когда починят дорогу?", "Асель")
    assert question.district is not None
    assert question.district.code == "KOL"
    assert b"8 701" not in bytes(AskerContact.objects.get(question=question).sealed)


def test_the_form_carries_an_id_of_its_own(visitor: Visitor) -> None:
    found = [
        re.search(r'name="client_id"[^>]*value="([^"]+)"', text_of(visitor.page())) for _ in "12"
    ]
    ids = {uuid.UUID(match.group(1)) for match in found if match}
    assert len(ids) == 2


def test_the_same_form_twice_is_one_question(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    first = visitor.ask(client_id=client_id)
    second = visitor.ask(client_id=client_id)
    assert first.headers["Location"] == second.headers["Location"]
    assert Question.objects.count() == 1


@pytest.mark.parametrize("source", ["import", "paste", "telegram", "carried_over"])
def test_nobody_gets_the_secret_of_what_came_by_another_door(
    visitor: Visitor, source: str, reception: Reception
) -> None:
    """Ids of imported rows are made of their words, so whoever reads the words can work out the id."""
    words, client_id = "Когда починят дорогу?", uuid.uuid4()
    by_another_door = intake.Ask(client_id, words, source=source)
    intake.receive_many(reception.pk, [by_another_door], now=clock.now())
    (there,) = intake.receive_many(reception.pk, [by_another_door], now=clock.now())
    assert isinstance(there, Receipt)
    assert there.repeated
    answer = visitor.ask_by_script(words, client_id=str(client_id))
    assert (answer.status_code, answer.json()["refused"]["code"]) == (409, "reused")
    assert there.secret not in visitor.ask(words, client_id=str(client_id)).headers["Location"]


def test_another_text_from_a_page_gone_back_to_is_another_question(visitor: Visitor) -> None:
    client_id = str(uuid.uuid4())
    locations = [
        visitor.ask(text, client_id=client_id).headers["Location"]
        for text in ("Первый вопрос?", "Второй вопрос?", "Второй вопрос?")
    ]
    assert locations[0] != locations[1] == locations[2]
    assert Question.objects.count() == 2


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u202e\u2066", "\x00\x01", "..."])
def test_a_form_without_a_question_comes_back(visitor: Visitor, text: str) -> None:
    response = visitor.ask(text, name="Асель")
    page = text_of(response)
    assert response.status_code == 422
    assert "Write your question." in page
    assert 'value="Асель"' in page
    assert Question.objects.count() == 0


def test_a_long_question_is_refused_with_the_numbers_and_kept(visitor: Visitor) -> None:
    response = visitor.ask("ү" * 2001)
    page = text_of(response)
    assert response.status_code == 422
    assert "2001" in page
    assert "ү" * 2001 in page


def test_errors_speak_the_language_of_the_page(visitor: Visitor) -> None:
    response = visitor.client.post(visitor.address("ask/", "ru"), {"text": ""})
    assert response.status_code == 422
    assert '<html lang="ru">' in text_of(response)


def test_a_long_name_is_an_error_of_the_name(visitor: Visitor) -> None:
    response = visitor.ask(name="a" * 61)
    page = text_of(response)
    assert response.status_code == 422
    assert 'id="ask-name_error"' in page
    assert "<details" in page
    assert re.search(r'class="ask__more"[^>]*open', page)


def test_a_spoiled_id_is_renewed_with_the_text_kept(visitor: Visitor) -> None:
    response = visitor.ask("Когда?", client_id="1' OR '1'='1")
    assert response.status_code == 422
    assert ">\nКогда?</textarea>" in text_of(response)
    match = re.search(r'name="client_id"[^>]*value="([^"]+)"', text_of(response))
    assert match
    assert str(uuid.UUID(match.group(1))) == match.group(1)


@pytest.mark.parametrize("district", ["ALS", "SRY'--", "K\x00L", "\ud800", "x" * 500])
def test_a_district_that_is_none_of_ours_is_left_out(visitor: Visitor, district: str) -> None:
    sent = district.encode("utf-8", "surrogatepass")
    response = visitor.client.post(
        visitor.address("ask/"),
        b"client_id=" + str(uuid.uuid4()).encode() + b"&text=Why%3F&district=" + sent,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code == 303
    assert Question.objects.get().district is None


def test_fields_that_the_form_lacks_change_nothing(visitor: Visitor) -> None:
    assert visitor.ask(status="closed", outcome="answered_text", is_public="1").status_code == 303
    question = Question.objects.get()
    assert (question.status, question.outcome, question.is_public) == ("new", None, False)


@pytest.mark.parametrize("evil", EVIL)
def test_markup_is_only_text(visitor: Visitor, reception: Reception, cast: Cast, evil: str) -> None:
    response = visitor.ask(evil, name=evil[:60], contact=evil[:100])
    assert response.status_code == 303
    question = Question.objects.get()
    own = visitor.client.get(response.headers["Location"])
    make_move(question, Move.APPROVE, cast.by)
    make_move(question, Move.PUT_ON_AIR, cast.by)
    refused = visitor.ask(evil + " " * 3, name="n" * 100)
    for shown in (own, visitor.page(), refused):
        page = text_of(shown)
        assert evil not in page.replace("</textarea>", "", 1) or "<" not in evil
        assert "onerror=alert(1)>" not in page
        assert "<script>alert" not in page


def test_direction_tricks_are_gone_and_the_text_stands_apart(visitor: Visitor, cast: Cast) -> None:
    visitor.ask("Вопрос \u202etxt.exe\u202c и\u200b\u2060 ещё", name="\u2066Асель")
    question = Question.objects.get()
    assert question.original_text == "Вопрос txt.exe и ещё"
    assert question.asker_name == "Асель"
    make_move(question, Move.APPROVE, cast.by)
    assert "<bdi>Вопрос txt.exe и ещё</bdi>" in text_of(visitor.page())


def test_ten_megabytes_are_refused_before_they_are_read(visitor: Visitor) -> None:
    response = visitor.ask("a" * 10_000_000)
    assert response.status_code in {400, 413}
    assert Question.objects.count() == 0


def test_a_form_from_elsewhere_is_refused(reception: Reception) -> None:
    strict = Client(enforce_csrf_checks=True)
    address = f"/en/receptions/{reception.no}/ask/"
    assert strict.post(address, {"text": "Why?"}).status_code == 403
    strict.get(f"/en/receptions/{reception.no}/")
    token = strict.cookies["csrftoken"].value
    fields = {"text": "Why?", "client_id": str(uuid.uuid4()), "csrfmiddlewaretoken": token}
    foreign = strict.post(address, fields, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert Question.objects.count() == 0
    assert strict.post(address, fields).status_code == 303


def test_asking_is_a_post(visitor: Visitor) -> None:
    assert visitor.client.get(visitor.address("ask/")).status_code == 405
    assert visitor.client.get(visitor.address("votes/")).status_code == 405


def test_an_ended_reception_refuses_and_keeps_the_text(
    visitor: Visitor, reception: Reception, cast: Cast
) -> None:
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    response = visitor.ask("Я опоздал?")
    assert response.status_code == 409
    assert "Я опоздал?" in text_of(response)
    assert Question.objects.count() == 0


def test_scripts_get_the_receipt_as_data(visitor: Visitor, reception: Reception) -> None:
    client_id = str(uuid.uuid4())
    response = visitor.ask_by_script(client_id=client_id)
    ack = response.json()["ack"]
    question = Question.objects.get()
    assert response.status_code == 201
    assert (ack["client_id"], ack["number"], ack["no"]) == (
        client_id,
        question.number,
        question.public_no,
    )
    assert visitor.client.get(ack["link"]).status_code == 200
    again = visitor.ask_by_script(client_id=client_id).json()["ack"]
    assert again == ack | {"repeated": True}
    other = visitor.ask_by_script("Другой текст?", client_id=client_id)
    assert (other.status_code, other.json()["refused"]["code"]) == (409, "reused")


def test_scripts_hear_which_field_is_wrong(visitor: Visitor) -> None:
    response = visitor.ask_by_script(" ")
    refused = response.json()["refused"]
    assert response.status_code == 422
    assert (refused["code"], refused["field"]) == ("empty", "text")


def test_who_asks_too_much_hears_when_to_go_on_and_nobody_else_does(
    visitor: Visitor, reception: Reception, settings: Settings
) -> None:
    settings.ASK_PER_VIEWER_PER_MIN = 2
    neighbour = Visitor(Client(), reception)
    visitor.page()
    neighbour.page()
    assert visitor.ask("Первый?").status_code == 303
    limited = visitor.ask("Второй?")
    assert limited.status_code == 429
    assert 0 < int(limited.headers["Retry-After"]) <= 31
    assert "Второй?" in text_of(limited)
    assert visitor.ask_by_script("Третий?").json()["refused"]["retry_s"] > 0
    assert neighbour.ask("Можно?").status_code == 303


def test_an_address_has_a_limit_that_a_header_can_not_lift(
    reception: Reception, settings: Settings
) -> None:
    settings.ASK_PER_ADDRESS_PER_MIN = 2
    crowd = [Visitor(Client(headers={"x-forwarded-for": f"10.0.0.{n}"}), reception) for n in "123"]
    statuses = [one.ask(f"Вопрос {n}?").status_code for n, one in enumerate(crowd)]
    assert statuses == [303, 429, 429]


def test_without_the_database_the_text_comes_back_to_be_sent_again(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError

    client_id = str(uuid.uuid4())
    with monkeypatch.context() as patch:
        patch.setattr(intake, "receive_many", away)
        response = visitor.ask("Не потеряется?", client_id=client_id)
        by_script = visitor.ask_by_script("Не потеряется?", client_id=client_id)
    page = text_of(response)
    assert response.status_code == by_script.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Не потеряется?" in page
    assert client_id in page
    assert by_script.json()["refused"]["code"] == "unavailable"
    assert visitor.ask("Не потеряется?", client_id=client_id).status_code == 303
    assert Question.objects.count() == 1
