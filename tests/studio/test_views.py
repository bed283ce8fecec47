"""The chief's screen: its buttons, its refusals, its law."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from streams.common import clock
from streams.people.rules import STUDIO, Role
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import State
from tests.cast import Cast, ask, make_move, make_reception
from tests.law import assert_screen_law
from tests.studio.stage import on_air, press, promise_data, signed_in, url


def test_visitor_is_led_to_the_sign_in(client: Client, reception: Reception) -> None:
    response = client.get(url("studio", reception))
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in/?next=/studio/{reception.no}/"


def test_stranger_finds_nothing(cast: Cast, reception: Reception) -> None:
    question = on_air(reception, cast)
    client = signed_in(cast.stranger)
    pages = [client.get(url("studio", reception)), client.get(url("studio_promise", reception, 1))]
    posts = [
        press(client, reception, question, Move.ANSWER_LIVE),
        client.post(url("studio_undo", reception), {"question": 1, "expect": 3}),
        client.post(url("studio_said", reception), {"question": 1, "said": "x"}),
        client.post(url("studio_step", reception), {"step": "resume"}),
        client.post(url("studio_promise", reception, 1), {"promise": "x"}),
    ]
    assert {response.status_code for response in (*pages, *posts)} == {404}
    question.refresh_from_db()
    assert question.status == Status.ON_AIR


@pytest.mark.parametrize("role", list(Role))
def test_the_studio_is_for_those_who_hold_the_reception(
    cast: Cast, reception: Reception, role: Role
) -> None:
    response = signed_in(cast.with_role(role)).get(url("studio", reception))
    assert response.status_code == (200 if role in STUDIO else 404)


def test_shows_the_public_text_the_first_name_and_the_district_only(
    cast: Cast, reception: Reception
) -> None:
    on_air(reception, cast, "Где <b>участковый</b>?")
    html = signed_in(cast.chief).get(url("studio", reception)).content.decode()
    assert "Где &lt;b&gt;участковый&lt;/b&gt;?" in html
    assert "Айгуль" in html
    assert "Сериковна" not in html
    assert "Отдел полиции Таулинского района" in html


def test_answered_takes_the_time_code_and_the_words(cast: Cast, reception: Reception) -> None:
    question = on_air(reception, cast)
    client = signed_in(cast.moderator)
    response = press(client, reception, question, Move.ANSWER_LIVE, said="Дорогу починят в мае.")
    assert response.status_code == 303
    question.refresh_from_db()
    answer = question.answers.get()
    assert question.outcome == Outcome.ANSWERED_LIVE
    assert answer.text == "Дорогу починят в мае."
    assert answer.time_code_s is not None
    assert 300 <= answer.time_code_s <= 330


def test_later_puts_it_behind_those_who_wait_and_next_takes_the_first(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    second = ask(reception, "Второй вопрос?")
    make_move(second, Move.QUEUE, cast.by)
    client = signed_in(cast.chief)
    press(client, reception, question, Move.BACK_TO_QUEUE)
    page = client.get(url("studio", reception)).content.decode()
    assert "Второй вопрос?" in page
    second.refresh_from_db()
    press(client, reception, second, Move.PUT_ON_AIR)
    second.refresh_from_db()
    assert second.status == Status.ON_AIR


def test_htmx_gets_a_toast_with_undo_and_the_frame(cast: Cast, reception: Reception) -> None:
    question = on_air(reception, cast)
    client = signed_in(cast.moderator)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    response = press(client, reception, question, Move.ANSWER_LIVE)
    assert response.status_code == 200
    html = response.content.decode()
    assert 'hx-swap-oob="beforeend:#toasts"' in html
    assert reverse("studio_undo", args=[reception.no]) in html
    frame = response.context["frame"]
    reception.refresh_from_db()
    assert json.loads(frame)["seq"] == reception.last_seq
    assert json.loads(frame)["put"][0]["id"] == 0


def test_who_was_slower_gets_409_with_the_fresh_screen_and_the_name(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    make_move(question, Move.ANSWER_LIVE, cast.by_second)
    response = press(signed_in(cast.chief), reception, question, Move.BACK_TO_QUEUE)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Болат Ким" in html
    assert 'data-now=""' in html


def test_a_second_question_on_air_is_refused_in_plain_words(
    cast: Cast, reception: Reception
) -> None:
    on_air(reception, cast)
    other = ask(reception, "Ещё один вопрос?")
    other = make_move(other, Move.QUEUE, cast.by)
    response = press(signed_in(cast.moderator, "en"), reception, other, Move.PUT_ON_AIR)
    assert response.status_code == 409
    assert "Question 1 is on air now" in response.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"move": "decline", "question": 1, "expect": 1},
        {"move": "answer_live", "question": "x", "expect": 1},
        {"move": "answer_live", "question": 1, "expect": 10**30},
        {"move": "answer_live", "question": 1, "expect": 3, "said": "я" * 501},
    ],
)
def test_what_can_not_be_read_is_422_and_changes_nothing(
    cast: Cast, reception: Reception, data: dict[str, object]
) -> None:
    question = on_air(reception, cast)
    assert signed_in(cast.chief).post(url("studio_move", reception), data).status_code == 422
    question.refresh_from_db()
    assert question.status == Status.ON_AIR


def test_unknown_question_is_404(cast: Cast, reception: Reception) -> None:
    client = signed_in(cast.chief)
    data = {"move": "answer_live", "question": 99, "expect": 1}
    assert client.post(url("studio_move", reception), data).status_code == 404
    assert client.get(f"/studio/{reception.no}/promise/{10**30}/").status_code == 404


def test_own_last_move_is_offered_for_undo_and_taken_back(cast: Cast, reception: Reception) -> None:
    question = on_air(reception, cast)
    client = signed_in(cast.chief)
    press(client, reception, question, Move.ANSWER_LIVE)
    offered = client.get(url("studio", reception)).context["undo"]
    response = client.post(url("studio_undo", reception), offered["fields"])
    assert response.status_code == 303
    question.refresh_from_db()
    assert question.status == Status.ON_AIR
    assert client.get(url("studio", reception)).context["undo"] is None


def test_a_colleagues_move_is_not_offered_and_not_taken_back(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    question = make_move(question, Move.ANSWER_LIVE, cast.by)
    client = signed_in(cast.chief)
    assert client.get(url("studio", reception)).context["undo"] is None
    data = {"question": question.number, "expect": question.version}
    assert client.post(url("studio_undo", reception), data).status_code == 409


def test_going_live_and_on_after_a_pause(cast: Cast) -> None:
    reception = make_reception(cast, live=False)
    client = signed_in(cast.chief)
    assert "go_live" in client.get(url("studio", reception)).content.decode()
    assert client.post(url("studio_step", reception), {"step": "go_live"}).status_code == 303
    receptions.pause(reception.pk, by=cast.by, now=clock.now())
    assert 'value="resume"' in client.get(url("studio", reception)).content.decode()
    assert client.post(url("studio_step", reception), {"step": "resume"}).status_code == 303
    assert client.post(url("studio_step", reception), {"step": "go_live"}).status_code == 409
    assert client.post(url("studio_step", reception), {"step": "end"}).status_code == 422
    reception.refresh_from_db()
    assert reception.state == State.LIVE


def test_every_state_of_a_reception_has_its_screen(cast: Cast, reception: Reception) -> None:
    make_move(on_air(reception, cast), Move.ANSWER_LIVE, cast.by)
    client = signed_in(cast.chief, "en")
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    html = client.get(url("studio", reception)).content.decode()
    assert "The broadcast has ended" in html
    cancelled = make_reception(cast, live=False)
    receptions.cancel(cancelled.pk, by=cast.by, now=clock.now())
    assert "cancelled" in client.get(url("studio", cancelled)).content.decode()


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_law_of_the_screen_holds_for_every_button(
    cast: Cast, reception: Reception, language: str
) -> None:
    client = signed_in(cast.moderator, language)
    first, second = ask(reception, "Первый вопрос?"), ask(reception, "Екінші сұрақ?")
    address = url("studio", reception)

    def holds(action: object) -> None:
        assert callable(action)
        assert_screen_law(client, address, "studio", reception, action, language=language)

    def fresh(question: Question) -> Question:
        return Question.objects.get(pk=question.pk)

    def pressed(question: Question, move: Move) -> int:
        return int(press(client, reception, fresh(question), move).status_code)

    holds(lambda: make_move(first, Move.QUEUE, cast.by))
    holds(lambda: make_move(second, Move.QUEUE, cast.by))
    holds(lambda: pressed(first, Move.PUT_ON_AIR))
    holds(lambda: pressed(first, Move.BACK_TO_QUEUE))
    holds(lambda: pressed(second, Move.PUT_ON_AIR))
    holds(lambda: pressed(second, Move.ANSWER_LIVE))
    holds(lambda: client.post(url("studio_said", reception), {"question": 2, "said": "Да."}))
    holds(lambda: pressed(first, Move.PUT_ON_AIR))
    question = fresh(first)
    holds(lambda: client.post(url("studio_promise", reception, 1), promise_data(question)))
    undo = {"question": 1, "expect": question.version + 1}
    holds(lambda: client.post(url("studio_undo", reception), undo))
    holds(lambda: receptions.pause(reception.pk, by=cast.by, now=clock.now()))
    holds(lambda: client.post(url("studio_step", reception), {"step": "resume"}))
    holds(lambda: receptions.end(reception.pk, by=cast.by, now=clock.now()))
    assert Entry.objects.filter(reception=reception, kind="undo").exists()


def test_the_number_of_queries_does_not_grow(cast: Cast, reception: Reception) -> None:
    client = signed_in(cast.moderator)
    counts = []
    for more in (1, 2):
        for _n in range(more):
            make_move(on_air(reception, cast), Move.ANSWER_LIVE, cast.by)
            make_move(ask(reception, "В очереди?"), Move.QUEUE, cast.by)
        question = on_air(reception, cast)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("studio", reception))
        counts.append(len(queries))
        make_move(question, Move.BACK_TO_QUEUE, cast.by)
    assert counts[0] == counts[1] <= 18
