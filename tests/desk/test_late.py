"""Decisions sent late: once each, refused with what the other one did, never under another name."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from streams.control.models import ControlRecord
from streams.questions.models import Question
from streams.questions.rules import Move, Status
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move
from tests.receptions.ledgers import check_entries, entries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(reception: Reception) -> Question:
    return ask(reception)


def send(
    client: Client, question: Question, move: Move, key: uuid.UUID, **fields: Any
) -> HttpResponse:
    """As the browser's queue does."""
    given = {"move": move.value, "expect": 1, "key": str(key), **fields}
    address = f"/desk/{question.reception.no}/questions/{question.number}/moves/"
    return client.post(address, given, headers={"Accept": "application/json"})  # type: ignore[return-value]


@pytest.fixture
def client(client: Client, cast: Cast) -> Client:
    client.force_login(cast.moderator)
    return client


def test_a_lost_answer_is_no_second_decision(
    client: Client, cast: Cast, question: Question, reception: Reception
) -> None:
    key, mine = uuid.uuid4(), {"as": cast.moderator.pk}
    for _try in range(2):
        answer = send(client, question, Move.APPROVE, key, **mine)
        assert answer.status_code == 200
        assert answer.json()["done"]["number"] == question.number  # type: ignore[attr-defined]
    # Even after a colleague went on from there.
    make_move(question, Move.QUEUE, cast.by_second)
    assert send(client, question, Move.APPROVE, key, **mine).status_code == 200
    question.refresh_from_db()
    assert (question.status, question.version) == (Status.QUEUED, 3)
    assert Entry.objects.filter(reception=reception, kind=Move.APPROVE).count() == 1
    assert check_entries(entries_of(reception)).findings == []


def test_a_promise_is_one_record(client: Client, cast: Cast, question: Question) -> None:
    key = uuid.uuid4()
    promise = {
        "promise": "Починим.",
        "promised_by": "Серік Омаров",
        "owner_name": "Отдел дорог",
        "due_on": "2027-05-01",
        "as": cast.moderator.pk,
    }
    for _try in range(2):
        answer = send(client, question, Move.ESCALATE, key, **promise)
        assert answer.status_code == 200, answer.content
    assert ControlRecord.objects.filter(question=question).count() == 1


def test_refused_with_what_the_other_one_did(
    client: Client, cast: Cast, question: Question
) -> None:
    approved = make_move(question, Move.APPROVE, cast.by_second)
    mine = {"as": cast.moderator.pk}
    answer = send(client, question, Move.QUEUE, uuid.uuid4(), **mine)
    assert answer.status_code == 409
    refused = answer.json()["refused"]  # type: ignore[attr-defined]
    assert str(cast.second_moderator) in refused["why"]
    assert (refused["version"], refused["may"]) == (approved.version, True)
    again = send(client, question, Move.QUEUE, uuid.uuid4(), expect=refused["version"], **mine)
    assert again.status_code == 200
    # Approving is not possible any more on top of that.
    last = send(client, question, Move.APPROVE, uuid.uuid4(), **mine)
    assert last.json()["refused"]["may"] is False  # type: ignore[attr-defined]
    unclear = send(client, question, Move.FORWARD, uuid.uuid4(), **mine)
    assert unclear.status_code == 422


def test_a_text_and_tags_go_late_too(client: Client, cast: Cast, question: Question) -> None:
    address = f"/desk/{question.reception.no}/questions/{question.number}/"
    accept = {"Accept": "application/json"}
    mine = {"as": cast.moderator.pk}
    text = {"text": "Когда починят мост?", "expect": 1, "key": str(uuid.uuid4()), **mine}
    for _try in range(2):
        answer: Any = client.post(f"{address}text/", text, headers=accept)
        assert answer.json()["done"]["version"] == 2
    late: Any = client.post(f"{address}text/", text | {"key": str(uuid.uuid4())}, headers=accept)
    assert (late.status_code, late.json()["refused"]["may"]) == (409, True)
    tags = {"tags": ["roads"], "seen": "", **mine}
    assert client.post(f"{address}tags/", tags, headers=accept).status_code == 200
    for path, fields in (("text/", text), ("tags/", tags)):
        theirs = fields | {"as": cast.second_moderator.pk}
        assert client.post(address + path, theirs, headers=accept).status_code == 403
    question.refresh_from_db()
    assert (question.public_text, question.text_version) == (text["text"], 2)
    assert [tag.slug for tag in question.tags.all()] == ["roads"]


def test_never_under_another_name(client: Client, cast: Cast, question: Question) -> None:
    theirs = {"as": cast.second_moderator.pk}
    for fields in (theirs, {}):
        answer = send(client, question, Move.APPROVE, uuid.uuid4(), **fields)
        assert answer.status_code == 403
    signed_out = send(Client(), question, Move.APPROVE, uuid.uuid4(), **theirs)
    assert signed_out.status_code == 302
    question.refresh_from_db()
    assert question.status == Status.NEW
