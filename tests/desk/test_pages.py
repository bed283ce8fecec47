"""The desk as a page: its lists, its search, its head, and what each costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from streams.common import clock
from streams.people.rules import DESK, Role
from streams.questions import marks
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from tests import law
from tests.cast import Cast, ask, make_move, make_reception
from tests.desk.conftest import ELSEWHERE, FROM_CARD, Desk, sit_down

pytestmark = pytest.mark.django_db


def numbers(page: law.Page, name: str) -> list[int]:
    return [int(card[0]) for card in page.lists[name]]


def test_each_question_stands_where_it_belongs(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    questions = [ask(reception, f"Вопрос номер {i}?") for i in range(1, 8)]
    make_move(questions[1], Move.APPROVE, cast.by)
    make_move(questions[2], Move.QUEUE, cast.by)
    make_move(questions[3], Move.QUEUE, cast.by, first=True)
    make_move(make_move(questions[4], Move.QUEUE, cast.by), Move.PUT_ON_AIR, cast.by)
    make_move(questions[5], Move.ANSWER_TEXT, cast.by)
    page = law.load(desk.client, desk.address())
    assert numbers(page, "inbox") == [1, 2, 7]
    assert numbers(page, "queue") == [4, 3]
    assert "Вопрос номер 5?" in page.lists["head"][0][2]
    assert page.counts["waiting"] == "6"
    assert page.counts["new"] == "2"
    assert page.counts["queued"] == "2"
    assert page.counts["answered_text"] == "1"


def test_an_empty_desk_says_so(desk: Desk) -> None:
    page = desk.get().content.decode()
    assert "No question waits here" in page
    assert "The queue is empty" in page
    assert "No question is on air" in page
    assert "Choose a question" in page


@pytest.mark.parametrize("role", sorted(DESK))
def test_the_roles_of_the_desk_see_it(reception: Reception, cast: Cast, role: Role) -> None:
    assert sit_down(cast.with_role(role), reception).get().status_code == 200


def test_who_serves_above_sees_it_and_visitors_sign_in(reception: Reception, cast: Cast) -> None:
    assert sit_down(cast.region_chief, reception).get().status_code == 200
    visitor = Client().get(f"/desk/{reception.no}/")
    assert visitor.status_code == 302
    assert visitor["Location"] == f"/sign-in/?next=/desk/{reception.no}/"


@pytest.fixture
def mixed(reception: Reception, cast: Cast) -> None:
    """1 road ru, 2 road kk closed, 3 noise ru declined-proposed, 4 road ru answered."""
    ask(reception, "Когда починят дорогу на Абая?", name="Гүлнәр", district="KOL")
    two = ask(reception, "Жол қашан жөнделеді? Абай көшесі.", language="kk")
    three = ask(reception, "Кто остановит шум ночью?")
    four = ask(reception, "Почему дорога разбита?")
    make_move(two, Move.FORWARD, cast.by_second)
    make_move(three, Move.PROPOSE_DECLINE, cast.by_second)
    make_move(four, Move.ANSWER_LIVE, cast.by, text="Заасфальтируем весной.")
    marks.set_tags(three.pk, ["noise"], by=cast.by, now=clock.now())


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"q": "дорог"}, [1, 2, 4]),
        ({"q": "ДОРОГУ абая"}, [1]),
        ({"q": "гулнар"}, []),
        ({"q": "Гүлнәр"}, [1]),
        ({"q": "жол"}, [2]),
        ({"q": "весной"}, [4]),
        ({"q": "№ 3"}, [3]),
        ({"q": "2"}, [2]),
        ({"q": "%_'"}, []),
        ({"status": "closed"}, [2, 4]),
        ({"outcome": "forwarded"}, [2]),
        ({"language": "kk"}, [2]),
        ({"tag": "noise"}, [3]),
        ({"district": "KOL"}, [1]),
        ({"mine": "on"}, [3, 4]),
        ({"proposed": "on"}, [3]),
        ({"q": "дорог", "status": "closed"}, [2, 4]),
        ({}, [1, 2, 3, 4]),
    ],
)
@pytest.mark.usefixtures("mixed")
def test_the_search_finds(desk: Desk, wanted: dict[str, Any], found: list[int]) -> None:
    page = desk.client.get(desk.address("search/"), wanted, headers=ELSEWHERE).content.decode()
    shown = page.split('data-numbers="')[1].split('"')[0]
    assert [int(number) for number in shown.split()] == found
    rows = {n for n in range(1, 5) if f'id="question-{n}"' in page}
    assert rows == {n for n in found if n in {2, 4}}  # the open ones stand on the live lists


@pytest.mark.usefixtures("mixed")
def test_the_search_works_without_scripts(desk: Desk) -> None:
    page = desk.get("search/", {"q": "дорог"}).content.decode()
    assert "3 questions found" in page
    assert page.count('id="question-4"') == 1
    for bad in ({"status": "asleep"}, {"q": "x" * 201}, {"tag": "'"}):
        assert desk.get("search/", bad).status_code == 404


@pytest.mark.usefixtures("mixed")
def test_likely_duplicates_are_offered(desk: Desk, reception: Reception) -> None:
    ask(reception, "Когда починят дорогу на улице Абая?")
    page = desk.get("questions/5/same/").content.decode()
    assert 'value="1"' in page
    assert 'value="5"' not in page
    assert 'value="3"' in desk.get("questions/5/same/", {"q": "шум"}).content.decode()
    assert "Nothing similar" in desk.get("questions/5/same/", {"q": "вертолёт"}).content.decode()


@pytest.mark.parametrize("path", ["", "questions/1/", "search/", "search/?q=дорогу"])
@pytest.mark.parametrize("quick", [False, True])
def test_the_cost_does_not_grow_with_the_rows(
    reception: Reception, cast: Cast, django_assert_num_queries: Any, path: str, quick: bool
) -> None:
    desk = sit_down(cast.moderator, reception)
    headers = FROM_CARD if quick else None

    def busy_row() -> None:
        question = ask(reception, "Когда починят дорогу?", contact="+7 701 000 00 00")
        marks.set_tags(question.pk, ["roads", "noise"], by=cast.by, now=clock.now())
        make_move(question, Move.PROPOSE_DECLINE, cast.by)
        same = ask(reception)
        make_move(same, Move.MERGE, cast.by, target=question.number)

    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert desk.client.get(desk.address(path), headers=headers).status_code == 200
        return len(queries)

    busy_row()
    cost()  # what the first request of a process looks up
    one = cost()
    busy_row()
    busy_row()
    assert cost() == one


STEPS = [
    ("scheduled", "go_live", "live"),
    ("live", "pause", "paused"),
    ("paused", "resume", "live"),
    ("live", "end", "ended"),
    ("ended", "seal", "sealed"),
    ("scheduled", "cancel", "cancelled"),
]


def bring(reception: Reception, cast: Cast, state: str) -> None:
    now = clock.now()
    for wanted, step in (
        ("live", receptions.go_live),
        ("paused", receptions.pause),
        ("ended", receptions.end),
    ):
        if state == "scheduled":
            return
        if wanted == "paused" and state != "paused":
            continue
        step(reception.pk, by=cast.by, now=now)
        if wanted == state:
            return


@pytest.mark.parametrize(("frm", "step", "to"), STEPS)
def test_the_reception_is_led_from_the_desk(cast: Cast, frm: str, step: str, to: str) -> None:
    reception = make_reception(cast, live=False)
    bring(reception, cast, frm)
    desk = sit_down(cast.moderator, reception)
    assert f'value="{step}"' in desk.get().content.decode()
    response = desk.post("state/", {"step": step}, headers=ELSEWHERE)
    assert response.status_code == 200
    reception.refresh_from_db()
    assert reception.state == to
    again = desk.post("state/", {"step": step}, headers=ELSEWHERE)
    assert again.status_code == 409
    assert "another state" in again.content.decode()


def test_without_scripts_a_step_leads_back_to_the_page(desk: Desk, reception: Reception) -> None:
    assert desk.post("state/", {"step": "pause"}, headers=None).status_code == 303
    assert "paused" in desk.get().content.decode()
    assert desk.post("state/", {"step": "pause"}, headers=None).status_code == 303
    assert "Not done:" in desk.get().content.decode()
    assert desk.post("state/", {"step": "fly"}).status_code == 404
    assert desk.post("state/").status_code == 404


def test_what_waits_holds_the_seal(desk: Desk, reception: Reception, cast: Cast) -> None:
    question = ask(reception)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    page = desk.get().content.decode()
    assert "1 question still waits" in page
    assert 'value="seal"' not in page
    refused = desk.post("state/", {"step": "seal"}, headers=ELSEWHERE)
    assert refused.status_code == 409
    assert "1 question still waits" in refused.content.decode()
    make_move(question, Move.ANSWER_TEXT, cast.by)
    assert 'value="seal"' in desk.get().content.decode()
    assert desk.post("state/", {"step": "seal"}, headers=ELSEWHERE).status_code == 200
