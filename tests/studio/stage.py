"""The chief's screen as the tests press it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from streams.common import clock
from streams.people.models import User
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move


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
