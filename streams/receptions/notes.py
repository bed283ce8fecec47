"""Short messages to the chief on air: shown over the studio's screen until somebody there reads them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from streams.common import clock
from streams.common.columns import Columns
from streams.people.models import User
from streams.people.named import named
from streams.receptions import bell
from streams.receptions.models import Note

MAX_CHARS = 200
_NOTE = Columns(Note, "n", by=named("by_user"), read_by=named("reader"))
_LAST = f"""
SELECT {_NOTE.text}
FROM streams_note n JOIN streams_user by_user ON by_user.id = n.by_id
LEFT JOIN streams_user reader ON reader.id = n.read_by_id
WHERE n.reception_id = %s AND n.withdrawn_at IS NULL ORDER BY n.id DESC LIMIT 1
"""  # noqa: S608 -- columns of our own models


@transaction.atomic
def send(reception_id: int, text: str, *, by: User, now: datetime) -> Note:
    """The newest replaces the one before: two at once would hide each other."""
    withdraw(reception_id, now=now)
    note = Note.objects.create(reception_id=reception_id, text=text, by=by, at=now)
    bell.ring_side_on_commit(reception_id)
    return note


@transaction.atomic
def withdraw(reception_id: int, *, now: datetime) -> None:
    """Take back what nobody has read yet."""
    rows = Note.objects.filter(reception_id=reception_id, read_at=None, withdrawn_at=None)
    if rows.update(withdrawn_at=now):
        bell.ring_side_on_commit(reception_id)


@transaction.atomic
def read(reception_id: int, note_id: int, *, by: User, now: datetime) -> None:
    """OK in the studio. A second OK, or one for a note that was taken back, changes nothing."""
    rows = Note.objects.filter(
        pk=note_id, reception_id=reception_id, read_at=None, withdrawn_at=None
    )
    if rows.update(read_at=now, read_by=by):
        bell.ring_side_on_commit(reception_id)


def last(reception_id: int) -> Note | None:
    """The newest that stands, read or not."""
    return _NOTE.first(_LAST, [reception_id])


def told(note: Note | None) -> dict[str, object] | None:
    """As sockets tell of it. Times are UTC, as in the journal."""
    if note is None:
        return None
    return {
        "id": note.pk,
        "text": note.text,
        "by": note.by.initials,
        "at": clock.stamp(note.at),
        "read_at": clock.stamp(note.read_at) if note.read_at else None,
    }
