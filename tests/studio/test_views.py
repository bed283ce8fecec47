"""The chief's screen: its buttons, its refusals, its law."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from streams.common import clock
from streams.control.models import ControlRecord
from streams.people.models import User
from streams.people.rules import STUDIO, Role
from streams.questions import service_clock
from streams.questions.models import Question
from streams.questions.rules import Move, Outcome, Status
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import State
from tests.cast import Cast, ask, make_move, make_reception
from tests.law import assert_screen_law


def signed_in(user: User, language: str = "ru") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def url(name: str, reception: Reception, *args: object) -> str:
    return reverse(name, args=[reception.no, *args])


def on_air(reception: Reception, cast: Cast, text: str = "Когда починят дорогу?") -> Question:
    question = ask(reception, text, name="Айгуль Сериковна", district="TAU")
    make_move(question, Move.QUEUE, cast.by)
    return make_move(question, Move.PUT_ON_AIR, cast.by)


def press(client: Client, reception: Reception, question: Question, move: Move, **more: str) -> Any:
    data = {"move": move.value, "question": question.number, "expect": question.version, **more}
    return client.post(url("studio_move", reception), data)


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


def promise_data(question: Question, **changes: object) -> dict[str, object]:
    due_on = clock.local_date(clock.now(), "Asia/Almaty") + timedelta(days=5)
    return {
        "expect": question.version,
        "time_code_s": 61,
        "promise": "Починим до конца месяца.",
        "owner_name": "Серік Омаров",
        "due_on": due_on.isoformat(),
        **changes,
    }


def test_promise_form_is_filled_with_the_chief_and_the_service_days(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    form = (
        signed_in(cast.chief).get(url("studio_promise", reception, question.number)).context["form"]
    )
    today = clock.local_date(clock.now(), "Asia/Almaty")
    assert form.initial["due_on"] == service_clock.promise_from(today, cast.district)
    assert form.initial["due_on"] >= today + timedelta(days=12)
    assert form.initial["owner_name"] == "Серік Омаров"
    assert form.initial["expect"] == question.version


def test_to_control_takes_the_promise_word_for_word(cast: Cast, reception: Reception) -> None:
    question = on_air(reception, cast)
    client = signed_in(cast.chief)
    response = client.post(
        url("studio_promise", reception, question.number), promise_data(question)
    )
    assert response.status_code == 303
    record = ControlRecord.objects.get()
    question.refresh_from_db()
    assert question.outcome == Outcome.ON_CONTROL
    assert (record.promise, record.owner_name, record.time_code_s) == (
        "Починим до конца месяца.",
        "Серік Омаров",
        61,
    )
    assert record.promised_by == reception.host_name
    assert record.chief == cast.chief


def test_taking_to_control_is_undone_together_with_its_record(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    client = signed_in(cast.moderator)
    client.post(url("studio_promise", reception, question.number), promise_data(question))
    offered = client.get(url("studio", reception)).context["undo"]
    assert client.post(url("studio_undo", reception), offered["fields"]).status_code == 303
    question.refresh_from_db()
    assert question.status == Status.ON_AIR
    assert ControlRecord.objects.get().work_state == "taken_back"


def test_a_promise_about_a_question_that_changed_keeps_its_words(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    make_move(question, Move.BACK_TO_QUEUE, cast.by_second)
    client = signed_in(cast.chief)
    address = url("studio_promise", reception, question.number)
    response = client.post(address, promise_data(question))
    assert response.status_code == 409
    html = response.content.decode()
    assert "Починим до конца месяца." in html
    assert "Болат Ким" in html
    # A second press is a decision about the question as it is now.
    fresh = response.context["form"]["expect"].value()
    assert client.post(address, promise_data(question, expect=fresh)).status_code == 303


@pytest.mark.parametrize(
    "changes",
    [
        {"promise": " "},
        {"promise": "\x00\u200b"},
        {"promise": "я" * 2001},
        {"owner_name": ""},
        {"due_on": "2020-01-01"},
        {"due_on": "9999-12-31"},
        {"due_on": "завтра"},
        {"expect": "x"},
    ],
)
def test_a_promise_that_lacks_something_is_422(
    cast: Cast, reception: Reception, changes: dict[str, object]
) -> None:
    question = on_air(reception, cast)
    address = url("studio_promise", reception, question.number)
    response = signed_in(cast.chief).post(address, promise_data(question, **changes))
    assert response.status_code == 422
    assert not ControlRecord.objects.exists()


def test_the_time_code_of_a_promise_is_never_in_the_future(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    address = url("studio_promise", reception, question.number)
    signed_in(cast.chief).post(address, promise_data(question, time_code_s=99_999))
    code = ControlRecord.objects.get().time_code_s
    assert code is not None
    assert code < 360


def test_what_was_said_may_be_written_down_afterwards(cast: Cast, reception: Reception) -> None:
    question = make_move(on_air(reception, cast), Move.ANSWER_LIVE, cast.by, text="")
    client = signed_in(cast.moderator)
    data = {"question": question.number, "said": "Обещали   проверить.\n"}
    assert client.post(url("studio_said", reception), data).status_code == 303
    assert question.answers.get().text == "Обещали проверить."
    assert "Обещали проверить." in client.get(url("studio", reception)).content.decode()


def test_words_for_a_question_that_was_not_answered_on_air_are_refused(
    cast: Cast, reception: Reception
) -> None:
    question = on_air(reception, cast)
    data = {"question": question.number, "said": "Что-то."}
    response = signed_in(cast.moderator).post(url("studio_said", reception), data)
    assert response.status_code == 409


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
