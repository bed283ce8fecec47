"""How questions are received: a number each, once for each id, contacts apart."""

import uuid
from datetime import timedelta

import pytest

from streams.common import clock
from streams.questions import effects, intake, queries
from streams.questions.models import AskerContact, Question
from streams.questions.receipts import Receipt
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_reception

pytestmark = pytest.mark.django_db


def test_a_question_gets_the_next_number_and_an_entry_without_its_text(
    reception: Reception,
) -> None:
    first, second = ask(reception, "Первый вопрос"), ask(reception, "Екінші сұрақ")
    assert (first.number, second.number) == (1, 2)
    entry = Entry.objects.get(reception=reception, question_number=2)
    assert (entry.kind, entry.actor) == ("receive", "asker")
    assert "сұрақ" not in str(entry.data)
    assert entry.data["text"] == effects.digest(second, "Екінші сұрақ")


def test_the_same_client_id_gets_the_same_receipt(reception: Reception) -> None:
    payload = {"client_id": str(uuid.uuid4()), "text": "Один раз"}
    asked = intake.parse(payload)
    first = intake.receive_many(reception.pk, [asked, asked], now=clock.now())
    later = intake.receive_many(reception.pk, [asked], now=clock.now())[0]
    assert isinstance(first[0], Receipt)
    assert isinstance(later, Receipt)
    assert later.repeated
    assert (later.secret, later.number, later.hash) == (first[0].secret, 1, first[0].hash)
    assert Question.objects.filter(reception=reception).count() == 1


def test_a_client_id_with_another_text_is_refused(reception: Reception) -> None:
    client_id = str(uuid.uuid4())
    ask(reception, "Первый", client_id=client_id)
    other = intake.parse({"client_id": client_id, "text": "Второй"})
    assert intake.receive_many(reception.pk, [other], now=clock.now()) == [
        intake.Refusal(uuid.UUID(client_id), "reused")
    ]


def test_a_contact_is_kept_apart_and_encrypted(reception: Reception) -> None:
    question = ask(reception, contact="+7 701 123 45 67")
    sealed = AskerContact.objects.get(question=question)
    assert b"701 123" not in bytes(sealed.sealed)
    assert "701 123" not in str(Entry.objects.get(question_number=1, reception=reception).data)


@pytest.mark.parametrize("state", ["scheduled early", "ended", "cancelled"])
def test_no_question_is_taken_outside_intake(cast: Cast, state: str) -> None:
    reception = make_reception(cast, live=state == "ended")
    if state == "ended":
        receptions.end(reception.pk, by=cast.by, now=clock.now())
    elif state == "cancelled":
        receptions.cancel(reception.pk, by=cast.by, now=clock.now())
    else:
        Reception.objects.filter(pk=reception.pk).update(
            intake_from=clock.now() + timedelta(days=1)
        )
    asked = intake.parse({"client_id": str(uuid.uuid4()), "text": "Можно?"})
    result = intake.receive_many(reception.pk, [asked], now=clock.now())
    assert result == [intake.Refusal(asked.client_id, "closed")]
    assert queries.equation(reception.pk).captured == 0
