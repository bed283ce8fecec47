"""`verify_ledger`: what it praises, what it finds in the database and in a file, what it refuses."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask


def verify(*arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_command_praises_a_reception_that_holds(sealed: Reception) -> None:
    code, text = verify(sealed.no, "--expect-head", sealed.last_hash)
    assert code == 0, text
    assert f"{sealed.last_seq} entries without a gap" in text
    assert "received 11 = " in text
    assert sealed.last_hash in text


def test_command_checks_a_file_without_the_database(
    db: None, file: bytes, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    path = tmp_path / "ledger.json"
    path.write_bytes(file)
    with django_assert_num_queries(0):
        code, text = verify(str(path))
    assert code == 0, text
    lines = file.splitlines(keepends=True)
    lines[11] = lines[11].replace(b'"at":"2', b'"at":"1')
    path.write_bytes(b"".join(lines))
    with django_assert_num_queries(0):
        code, text = verify(str(path))
    assert code == 1
    assert "Line 12 (entry 11)" in text
    assert "does NOT hold" in text


def test_command_refuses_what_is_not_there(db: None) -> None:
    with pytest.raises(CommandError, match="no reception"):
        verify("2020-9999")
    with pytest.raises(CommandError, match="no file"):
        verify("../etc/nothing")
    with pytest.raises(CommandError, match="64"):
        verify("2020-9999", "--expect-head", "abc")


BEHIND_THE_BACK = {
    "text": (
        "UPDATE streams_question SET original_text = 'Спасибо!' WHERE number = 2",
        "question 2 has another text",
    ),
    "public": (
        "UPDATE streams_question SET public_text = 'Спасибо!' WHERE number = 10",
        "question 10 has another text",
    ),
    "outcome": (
        "UPDATE streams_question SET outcome = 'answered_text', reason = '' WHERE outcome = 'declined'",
        "the entries add up to",
    ),
    "published": (
        "UPDATE streams_question SET is_public = false WHERE number = 1",
        "question 1 has is_public False",
    ),
    "entry": ("UPDATE streams_entry SET kind = 'forward' WHERE seq = 30", "Entry 30: its hash"),
    "person": (
        "UPDATE streams_entry SET by_id = NULL WHERE kind = 'go_live'",
        "the account beside it",
    ),
    "gone": ("DELETE FROM streams_entry WHERE seq = 20", "Entry 21: entry 20 is missing"),
    "tail": (
        "DELETE FROM streams_entry e USING streams_reception r WHERE r.id = e.reception_id AND e.seq = r.last_seq",
        "the reception remembers",
    ),
    "head": ("UPDATE streams_reception SET last_seq = last_seq + 1", "the reception remembers"),
}


@pytest.mark.parametrize("name", BEHIND_THE_BACK)
def test_hand_in_the_database_is_found(sealed: Reception, name: str) -> None:
    """Somebody with the owner's rights switches the triggers off."""
    sql, sentence = BEHIND_THE_BACK[name]
    with connection.cursor() as cursor:
        # The checks of the commit are done first: the hand comes later than the honest work.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("RESET session_replication_role")
    code, text = verify(sealed.no)
    assert code == 1
    assert sentence in text


def test_live_reception_holds_too(cast: Cast, reception: Reception) -> None:
    ask(reception)
    assert verify(reception.no)[0] == 0
    assert Entry.objects.filter(reception=reception).count() == 3
