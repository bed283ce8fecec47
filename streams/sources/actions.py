"""What becomes of a comment after it came: its author changed or took back the words, or was banned.

Every caller has locked the reception (where the comment has one) and then the source.
"""

from __future__ import annotations

from datetime import datetime

from streams.people.actors import ASKER
from streams.questions import actions as questions
from streams.questions import rules as question_rules
from streams.questions.effects import digest
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import journal
from streams.receptions.models import Reception
from streams.receptions.rules import WORKABLE
from streams.sources import shaping
from streams.sources.inbound import Inbound
from streams.sources.models import Comment, CommentEdit, Source
from streams.sources.rules import Fate

# The entry that says so in the journal.
CHANGED = "changed_at_source"


def edit(comment: Comment, item: Inbound, reception: Reception | None, *, now: datetime) -> bool:
    """The author's new words; the old ones are kept, and a question made of them only gets a flag.

    An edit older than the one we know changes nothing.
    """
    moment = item.reported_at or item.received_at
    if comment.edited_at is not None and moment <= comment.edited_at:
        return False
    text = shaping.words(item.text)
    comment.edited_at = moment
    if comment.deleted_at is not None or text == comment.text:
        comment.save(update_fields=["edited_at"])
        return False
    CommentEdit.objects.create(comment=comment, text=comment.text, replaced_at=now)
    comment.text = text
    question = comment.question
    if question is not None and question.is_open:
        comment.changed_since = True
        _mark(question, reception, "edited", text, now)
    comment.save(update_fields=["edited_at", "text", "changed_since"])
    return True


def delete(comment: Comment, reception: Reception | None, *, now: datetime) -> bool:
    """Taken back where it was written: withdrawn here while the question is open.

    A question that several comments stand for is withdrawn with the last of them.
    """
    if comment.deleted_at is not None:
        return False
    comment.deleted_at = now
    comment.save(update_fields=["deleted_at"])
    question = comment.question
    if question is None or not question.is_open:
        return True
    if question.comments.filter(deleted_at__isnull=True).exists():
        return True
    if reception is None or reception.state not in WORKABLE:
        return True
    fresh = Question.objects.only("version", "status", "outcome").get(pk=question.pk)
    if question_rules.is_legal(
        Move.WITHDRAW, question_rules.Status(fresh.status), None, reception.stage
    ):
        questions.move(question.pk, Move.WITHDRAW, by=ASKER, expect=fresh.version, now=now)
    return True


def tombstone(source: Source, item: Inbound, *, now: datetime) -> Comment:
    """A deletion that came before the message itself: the message will be born withdrawn."""
    return Comment.objects.create(
        source=source,
        external_id=shaping.key(item.external_id),
        fate=Fate.WITHDRAWN,
        received_at=now,
        deleted_at=now,
        thread=shaping.key(item.thread),
    )


def ban(source: Source, author_key: str, reception: Reception | None, *, now: datetime) -> int:
    """The platform banned the author: what still waits is flagged for a moderator, nothing is hidden.

    A machine sets no citizen's question aside; a person does, with a reason. How many were flagged.
    """
    if not author_key:
        return 0
    pending = list(
        source.comments.filter(author_key=author_key, banned_at__isnull=True)
        .select_related("question")
        .order_by("pk")
    )
    for comment in pending:
        comment.banned_at = now
        question = comment.question
        if question is not None and question.status == question_rules.Status.NEW:
            _mark(question, reception, "author_banned", "", now)
    Comment.objects.bulk_update(pending, ["banned_at"])
    return len(pending)


def _mark(
    question: Question, reception: Reception | None, what: str, text: str, now: datetime
) -> None:
    if reception is None or reception.pk != question.reception_id:
        return
    if reception.state not in WORKABLE:
        return
    # Read anew: questions received or moved in this transaction have put entries behind our back.
    head = journal.lock(reception.pk)
    question.refresh_from_db(fields=["version"])
    question.version += 1
    question.changed_at = now
    # A new version: who decides on the words they saw before is told to look again.
    question.save(update_fields=["version", "changed_at"])
    data: dict[str, object] = {"what": what, "version": question.version}
    if text:
        data["text"] = digest(question, text)
    journal.append(head, CHANGED, by=ASKER, at=now, question_number=question.number, data=data)
