"""The reception's page in every state, and the plain form: what strangers send stays inert and counted."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from streams.common import clock
from streams.people.models import Unit
from streams.questions import intake, queries
from streams.questions.models import AskerContact, Question, Vote
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import Kind
from tests.cast import Cast, ask, make_move, make_reception
from tests.room.conftest import JSON, Visitor

pytestmark = pytest.mark.django_db

EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><script>alert(1)</script>",
    "{{ settings.SECRET_KEY }} {% debug %} ${7*7}",
    "<svg/onload=alert(1)>",
]


def text_of(response: Any) -> str:
    return str(response.content.decode())


def scheduled(cast: Cast, *, opens_in: timedelta) -> Reception:
    now = clock.now()
    return receptions.schedule(
        cast.district,
        Kind.WEDNESDAY,
        starts_at=now + timedelta(days=2),
        intake_from=now + opens_in,
        host_name="Серік Омаров",
        by=cast.by,
        now=now,
    )


# --- The page ------------------------------------------------------------------------------------


def test_the_live_page_shows_the_question_on_air_and_every_number(
    visitor: Visitor, reception: Reception, cast: Cast
) -> None:
    on_air = ask(reception, "Когда починят мост?", name="Асель Тестова", district="KOL")
    hidden = ask(reception, "Мой ИИН никому не показывать")
    make_move(on_air, Move.APPROVE, cast.by)
    make_move(on_air, Move.PUT_ON_AIR, cast.by)
    page = text_of(visitor.page())
    assert 'data-state="live"' in page
    assert page.count("Когда починят мост?") == 2
    assert "Асель" in page
    assert "Тестова" not in page
    assert cast.neighbour.name_en in page
    assert f'id="question-{hidden.number}"' in page
    assert "Мой ИИН" not in page


def test_before_intake_the_page_says_from_when_questions_are_taken(
    client: Client, cast: Cast
) -> None:
    reception = scheduled(cast, opens_in=timedelta(days=1))
    page = text_of(client.get(f"/en/receptions/{reception.no}/"))
    assert 'data-intake="closed"' in page
    assert "<textarea" not in page


def test_before_the_broadcast_one_may_ask(client: Client, cast: Cast) -> None:
    reception = scheduled(cast, opens_in=timedelta(days=-1))
    page = text_of(client.get(f"/en/receptions/{reception.no}/"))
    assert 'data-state="scheduled"' in page
    assert "<textarea" in page


def test_times_are_those_of_the_unit(client: Client, cast: Cast) -> None:
    Unit.objects.filter(pk=cast.district.pk).update(timezone="Asia/Aqtau")
    start = clock.now().replace(hour=5, minute=7, second=0, microsecond=0) + timedelta(days=3)
    reception = receptions.schedule(
        cast.district,
        Kind.WEDNESDAY,
        starts_at=start,
        intake_from=clock.now(),
        host_name="Серік Омаров",
        by=cast.by,
        now=clock.now(),
    )
    assert ", 10:07" in text_of(client.get(f"/en/receptions/{reception.no}/"))


def test_a_paused_broadcast_takes_questions(
    visitor: Visitor, reception: Reception, cast: Cast
) -> None:
    receptions.pause(reception.pk, by=cast.by, now=clock.now())
    page = text_of(visitor.page())
    assert 'data-state="paused"' in page
    assert "<textarea" in page


def test_after_the_end_there_is_no_form(visitor: Visitor, reception: Reception, cast: Cast) -> None:
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    page = text_of(visitor.page())
    assert 'data-state="ended"' in page
    assert "<textarea" not in page


def test_the_sealed_page_adds_up_and_names_the_seal(
    visitor: Visitor, reception: Reception, cast: Cast
) -> None:
    answered, aside = ask(reception, "Когда?"), ask(reception, "Здравствуйте!")
    make_move(answered, Move.ANSWER_TEXT, cast.by)
    make_move(aside, Move.SET_ASIDE, cast.by)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    sealed = receptions.seal(
        reception.pk, by=cast.by_chief, now=clock.now(), count=queries.for_seal
    )
    response = visitor.page()
    page = text_of(response)
    assert sealed.last_hash in page
    assert "It adds up" in page
    assert 'id="bucket-answered_text"' in page
    assert 'id="bucket-not_a_question"' in page
    assert reverse("ledger", args=[reception.no]) in page
    assert reverse("question", args=[answered.public_no]) in page
    assert "public" in response.headers["Cache-Control"]


def test_a_cancelled_reception_says_so(client: Client, cast: Cast) -> None:
    reception = scheduled(cast, opens_in=timedelta(days=-1))
    receptions.cancel(reception.pk, by=cast.by, now=clock.now())
    page = text_of(client.get(f"/en/receptions/{reception.no}/"))
    assert "was cancelled" in page
    assert "<textarea" not in page


@pytest.mark.parametrize("no", ["2026-9999", "x", "2026-0001%00", "٢٠٢٦-٠٠٠١"])
def test_there_is_no_page_for_a_number_that_was_not_dealt(cast: Cast, no: str) -> None:
    assert Client().get(f"/en/receptions/{no}/").status_code == 404


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_speaks_the_language_of_its_address(visitor: Visitor, language: str) -> None:
    response = visitor.page(language=language)
    assert f'<html lang="{language}">' in text_of(response)
    assert response.headers["Content-Language"] == language


def test_earlier_questions_have_pages_of_their_own(visitor: Visitor, reception: Reception) -> None:
    asks = [intake.Ask(uuid.uuid4(), f"Вопрос {n}?", language="ru") for n in range(105)]
    intake.receive_many(reception.pk, asks, now=clock.now())
    newest = text_of(visitor.page())
    numbers = [int(number) for number in re.findall(r'id="question-(\d+)"', newest)]
    assert numbers == list(range(105, 5, -1))
    assert 'href="?before=6"' in newest
    earlier = text_of(visitor.page("?before=6"))
    numbers = [int(number) for number in re.findall(r'id="question-(\d+)"', earlier)]
    assert numbers == [5, 4, 3, 2, 1]
    assert "data-list" not in earlier


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999999999", "%00", "٦"])
def test_an_earlier_page_of_nonsense_is_no_page(visitor: Visitor, before: str) -> None:
    assert visitor.page(f"?before={before}").status_code == 404


def test_one_question_and_three_cost_the_same_queries(
    visitor: Visitor,
    reception: Reception,
    cast: Cast,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    def fill(text: str) -> None:
        question = ask(reception, text, district="KOL")
        make_move(question, Move.ANSWER_TEXT, cast.by)

    fill("Первый?")
    visitor.page()  # the content types and the like
    fill("Второй?")
    with django_assert_num_queries(11) as two:
        visitor.page()
    fill("Третий?")
    fill("Четвёртый?")
    with django_assert_num_queries(len(two)):
        visitor.page()


def test_a_page_nobody_changed_is_not_made_twice(
    visitor: Visitor, reception: Reception, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(reception)
    visitor.page()
    with django_assert_num_queries(1):  # the reception
        visitor.page()


# --- Asking by form ------------------------------------------------------------------------------


def test_a_plain_form_leads_to_the_askers_own_page(visitor: Visitor) -> None:
    response = visitor.ask("Когда починят дорогу?", name="Асель", district="KOL", contact="8 701")
    question = Question.objects.get()
    assert response.status_code == 303
    assert visitor.client.get(response.headers["Location"]).status_code == 200
    assert (question.original_text, question.asker_name) == ("Когда починят дорогу?", "Асель")
    assert question.district is not None
    assert question.district.code == "KOL"
    assert b"701" not in bytes(AskerContact.objects.get(question=question).sealed)


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


# --- Voting by form ------------------------------------------------------------------------------


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


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "99999999999", "1.5", "\x00", "٣"])
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
