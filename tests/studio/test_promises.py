"""From the studio to personal control, and what was said on air written down afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.common import clock
from streams.control.models import ControlRecord
from streams.questions import service_clock
from streams.questions.rules import Move, Outcome, Status
from streams.receptions.models import Reception
from tests.cast import Cast, make_move
from tests.studio.stage import on_air, promise_data, signed_in, url


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
