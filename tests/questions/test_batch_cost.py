"""What a batch costs: so many statements, whatever its size."""

from __future__ import annotations

import uuid

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.questions import intake, queries, receipts
from streams.questions.intake import Ask
from streams.questions.models import AskerContact, Question, TextVersion
from streams.questions.receipts import Receipt
from streams.receptions.models import Reception
from tests.cast import Cast, make_reception

# Line up, lock, known ids, questions, journal.
STATEMENTS = 5


def asks(count: int, **fields: str) -> list[Ask]:
    texts = [f"Когда починят дорогу номер {n}?" for n in range(count)]
    return [Ask(client_id=uuid.uuid4(), text=text, **fields) for text in texts]


def statements(captured: CaptureQueriesContext) -> list[str]:
    # Of one whose plan PostgreSQL has kept, Django doesn't know the words.
    told = [q["sql"] or "" for q in captured.captured_queries]
    return [sql for sql in told if "SAVEPOINT" not in sql]


@pytest.mark.parametrize("count", [1, 3, 200])
def test_a_batch_is_few_statements(reception: Reception, count: int) -> None:
    with CaptureQueriesContext(connection) as captured:
        intake.receive_many(reception.pk, asks(count, contact="+7 701"), now=clock.now())
    assert len(statements(captured)) == STATEMENTS
    assert Question.objects.filter(reception=reception).count() == count
    assert TextVersion.objects.filter(question__reception=reception).count() == count
    assert AskerContact.objects.filter(question__reception=reception).count() == count


def test_districts_cost_one_more(reception: Reception) -> None:
    with CaptureQueriesContext(connection) as captured:
        intake.receive_many(reception.pk, asks(9, district="KOL"), now=clock.now())
    assert len(statements(captured)) == STATEMENTS + 1


def test_what_is_known_already_costs_no_write(reception: Reception) -> None:
    sent = asks(7)
    first = intake.receive_many(reception.pk, sent, now=clock.now())
    with CaptureQueriesContext(connection) as captured:
        again = intake.receive_many(reception.pk, sent, now=clock.now())
    assert len(statements(captured)) == STATEMENTS - 2
    assert [r.hash for r in first if isinstance(r, Receipt)] == [
        r.hash for r in again if isinstance(r, Receipt)
    ]


def test_every_column_has_what_the_model_gives_it(reception: Reception) -> None:
    """The statement is made from the model: what it stores is what the model would have stored."""
    intake.receive_many(reception.pk, asks(1), now=clock.now())
    stored = Question.objects.get(reception=reception)
    for field in Question._meta.concrete_fields:
        if field.has_default():
            assert getattr(stored, field.attname) == field.get_default(), field.name


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_said_as_it_is_and_nothing_stays(reception: Reception) -> None:
    """The statements, BEGIN among them, go out without waiting for each other's answers; the first error is
    the one told, and the connection goes on."""
    poisoned = [*asks(2), Ask(client_id=uuid.uuid4(), text="не\x00текст"), *asks(2)]
    with pytest.raises(DataError):
        intake.receive_many(reception.pk, poisoned, now=clock.now())
    intake.receive_many(reception.pk, asks(3), now=clock.now())
    assert Question.objects.filter(reception=reception).count() == 3
    reception.refresh_from_db()
    assert (reception.last_number, queries.equation(reception.pk).adds_up) == (3, True)


def test_a_reception_the_statistics_do_not_know_is_not_read_through(
    reception: Reception, cast: Cast
) -> None:
    """PostgreSQL thinks that it has one question, and would take any index that begins with it.

    Without statistics it takes a two-hundredth of all questions instead: of a thousand known ones more than
    one, even where earlier tests have left room in the file, so that it doesn't grow.
    """
    earlier = make_reception(cast)
    for _ in range(5):
        intake.receive_many(earlier.pk, asks(200), now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE streams_question, streams_entry")
    for _ in range(10):
        intake.receive_many(reception.pk, asks(200), now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (ANALYZE) {receipts.KNOWN}",
            {"reception": reception.pk, "ids": [uuid.uuid4()]},
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using question_client_once" in plan, plan
    assert "Rows Removed by Filter" not in plan, plan
