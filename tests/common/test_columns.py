"""Objects out of a statement written by hand are what Django itself would have made of it."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import DEFAULT_DB_ALIAS

from streams.common import clock
from streams.common.columns import Columns
from streams.people.models import User
from streams.people.named import named
from streams.questions.models import Claim, Question
from streams.receptions import notes
from streams.receptions.models import Entry, Note, Reception
from tests.cast import Cast

AT = datetime(2026, 11, 23, tzinfo=UTC)
AUTHOR, READER = (3, "serik", "Серік Омаров"), (4, "dana", "Дана Ахметова")
NOBODY = (None, None, None)
NOTE = Columns(Note, "n", only=("id", "text", "by", "read_by"), by=named("u"), read_by=named("r"))


def test_a_statement_names_the_columns_in_the_order_in_which_they_are_taken() -> None:
    assert Columns(Claim, "c", holder=named("u")).text == (
        'c."id", c."question_id", c."holder_id", c."since", c."until", '
        'u."id", u."username", u."full_name"'
    )


def test_it_is_an_object_that_stands_in_the_database() -> None:
    user = named("u").make(AUTHOR)
    assert (user.pk, user.username, str(user)) == AUTHOR
    assert (user._state.db, user._state.adding) == (DEFAULT_DB_ALIAS, False)


def test_what_is_not_selected_is_left_to_django() -> None:
    left_out = {field.attname for field in User._meta.concrete_fields}
    assert named("u").make(AUTHOR).get_deferred_fields() == left_out - {
        "id",
        "username",
        "full_name",
    }
    few = Columns(Note, "n", without=("text", "withdrawn_at")).make((7, 1, 3, AT, None, None))
    assert few.get_deferred_fields() == {"text", "withdrawn_at"}
    assert (few.reception_id, few.at) == (1, AT)


def test_what_django_itself_reads_is_read() -> None:
    entry = Columns(Entry, "e", only=("id", "data")).make((5, '{"version": 2}'))
    assert entry.data == {"version": 2}


def test_what_is_joined_hangs_on_it() -> None:
    note = NOTE.make((7, "Кратко.", 3, 4, *AUTHOR, *READER))
    assert (note.text, str(note.by)) == ("Кратко.", "Серік Омаров")
    assert note.read_by is not None
    assert str(note.read_by) == "Дана Ахметова"
    assert note.read_by._state.db == DEFAULT_DB_ALIAS


def test_where_an_outer_join_found_nothing_there_is_none() -> None:
    assert named("u").find(NOBODY) is None
    assert NOTE.make((7, "Кратко.", 3, None, *AUTHOR, *NOBODY)).read_by is None
    claimed = Columns(Question, "q", only=("id",), claim=Columns(Claim, "c", holder=named("u")))
    # Not asked for again, although no column of the question says so.
    assert not hasattr(claimed.make((9, *[None] * 5, *NOBODY)), "claim")
    question = claimed.make((9, 1, 9, 3, AT, AT, *AUTHOR))
    assert str(question.claim.holder) == "Серік Омаров"


def test_what_comes_after_what_was_not_found_is_taken_by_who_comes_after() -> None:
    row = iter((None, None, None, None, *NOBODY, *NOBODY, *AUTHOR, "rest"))
    assert NOTE.find(row) is None
    assert named("u").make(row).pk == 3
    assert list(row) == ["rest"]


def test_a_relation_that_the_model_does_not_have_is_a_mistake() -> None:
    with pytest.raises(FieldDoesNotExist):
        Columns(Claim, "c", owner=named("u"))


@pytest.mark.django_db
def test_it_reads_what_django_reads(cast: Cast, reception: Reception) -> None:
    now = clock.now()
    sent = notes.send(reception.pk, "Кратко.", by=cast.moderator, now=now)
    notes.read(reception.pk, sent.pk, by=cast.chief, now=now)
    statement = f"""
    SELECT {NOTE.text}, 'more' FROM streams_note n JOIN streams_user u ON u.id = n.by_id
    LEFT JOIN streams_user r ON r.id = n.read_by_id WHERE n.reception_id = %s
    """  # noqa: S608 -- columns of our own models
    (note,) = NOTE.read(statement, [reception.pk])
    assert note == NOTE.first(statement, [reception.pk])
    assert (note, note.by, note.read_by) == (sent, cast.moderator, cast.chief)
    assert NOTE.first(statement, [0]) is None
