"""The room's page in every state of its reception."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from streams.common import clock
from streams.people.models import Unit
from streams.questions import intake, queries
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import Kind
from tests.cast import Cast, ask, make_move
from tests.room.conftest import Visitor, text_of

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("before", ["x", "-1", "99999999999999999999", "9" * 5000, "%00", "٦"])
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
