"""The card says where a question came from and how each message back stands; a person decides doubts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from streams.common import clock
from streams.desk.pages import SCREEN
from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.sources.models import Reply
from tests.cast import Cast, ask
from tests.sources.stage import make_source, unknown_reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(reception: Reception) -> Question:
    return ask(reception)


@pytest.fixture
def reply(cast: Cast, question: Question) -> Reply:
    return unknown_reply(make_source(cast, "telegram", name="Бот приёмной"), question)


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    client.force_login(cast.moderator, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = "en"
    return client


def card(desk: Client, question: Question) -> str:
    where = reverse("desk_card", args=[question.reception.no, question.number])
    return desk.get(where).content.decode()


def looked(reply: Reply) -> str:
    question = reply.question
    return reverse("desk_reply", args=[question.reception.no, question.number, reply.pk])


def test_the_card_shows_the_place_and_the_state(desk: Client, reply: Reply) -> None:
    page = card(desk, reply.question)
    for words in ("Бот приёмной", "@test", "Receipt", "may have arrived or not", "It is there"):
        assert words in page


@pytest.mark.parametrize(("found", "state"), [("yes", "sent"), ("no", "queued")])
def test_a_person_who_looked_decides_once(
    desk: Client, cast: Cast, reply: Reply, found: str, state: str
) -> None:
    assert desk.post(looked(reply), {"found": found}).status_code == 303
    reply.refresh_from_db()
    assert reply.state == state
    assert desk.post(looked(reply), {"found": "yes"}).status_code == 303
    reply.refresh_from_db()
    assert reply.state == state
    assert "It is there" not in card(desk, reply.question)


def test_an_answer_is_needed(desk: Client, reply: Reply) -> None:
    assert desk.post(looked(reply), {}).status_code == 422


def test_a_reply_of_another_question_is_not_there(
    desk: Client, reception: Reception, reply: Reply
) -> None:
    other = ask(reception)
    where = reverse("desk_reply", args=[reception.no, other.number, reply.pk])
    assert desk.post(where, {"found": "yes"}).status_code == 404


def test_what_the_asker_does_not_want_has_no_button(
    desk: Client, cast: Cast, question: Question
) -> None:
    source = make_source(cast, "telegram")
    unknown_reply(source, question, state="refused", code="opted_out")
    page = card(desk, question)
    assert "the asker wants no messages" in page
    assert "Send it again" not in page


def test_the_socket_says_whose_messages_changed_and_the_part_comes_anew(
    desk: Client, reply: Reply
) -> None:
    question = reply.question
    side: Any = SCREEN.side(question.reception_id)
    assert side["told"] == {str(question.number): clock.stamp(reply.changed_at)}
    part = desk.get(reverse("desk_told", args=[question.reception.no, question.number]))
    assert f'data-told="{clock.stamp(reply.changed_at)}"' in part.content.decode()
    Reply.objects.update(changed_at=clock.now() - timedelta(minutes=2))
    later: Any = SCREEN.side(question.reception_id)
    assert later["told"] == {}


def test_what_the_end_would_cut_off_is_said_and_hurried(
    desk: Client, cast: Cast, question: Question
) -> None:
    """Instagram takes messages during the broadcast only; Telegram at any time."""
    waiting = unknown_reply(make_source(cast, "instagram"), question, state="queued")
    other = ask(question.reception)
    unknown_reply(make_source(cast, "telegram"), other, state="queued")
    side: Any = SCREEN.side(question.reception_id)
    assert side["unsent"] == {"0": 1}
    where = reverse("desk_hurry", args=[question.reception.no])
    assert desk.post(where, headers={"HX-Request": "true"}).status_code == 200
    assert desk.post(where).status_code == 303
    waiting.state = "sent"
    waiting.save()
    then: Any = SCREEN.side(question.reception_id)
    assert then["unsent"] == {}


def test_a_card_shows_no_comment_of_its_template(desk: Client, reply: Reply) -> None:
    assert "{#" not in card(desk, reply.question)


def test_the_card_leads_to_the_comment(desk: Client, reply: Reply) -> None:
    assert "Look at it there" not in card(desk, reply.question)
    reply.comment.permalink = "https://t.me/c/1/2"
    reply.comment.save()
    page = " ".join(card(desk, reply.question).split())
    assert 'href="https://t.me/c/1/2" target="_blank" rel="noopener noreferrer"' in page
