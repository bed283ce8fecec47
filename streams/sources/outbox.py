"""The outbox: a row for every message back, written once, and what is known of it.

A row is written before anything is sent, and claimed before the platform is called. From `sending` there
is no way back to `queued` but a certain word that nothing was sent, or a person who looked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import django_rq
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from redis.exceptions import RedisError

from streams.people.models import User
from streams.questions.models import Question
from streams.receptions import bell
from streams.sources import letters, registry, rules
from streams.sources.connectors.base import Chat, Chatting, Replier, ReplyMode
from streams.sources.letters import Letter
from streams.sources.models import Comment, Reply, Source
from streams.sources.rules import Fate, ReplyStatus

log = structlog.get_logger(__name__)
# Longer than any job lives: who still sends then is dead, and nobody knows how far it came.
DEAD_AFTER = timedelta(seconds=180)
_SEND = "streams.sources.jobs.send_replies"


def replier(source: Source) -> Replier | None:
    connector = registry.connectors().get(source.platform)
    if connector is None or connector.capabilities.reply is ReplyMode.NONE:
        return None
    return connector if isinstance(connector, Replier) else None


def chat_of(way: Replier, comment: Comment) -> Chat:
    if isinstance(way, Chatting):
        return way.chat(comment.reply_ref)
    return Chat("", is_private=way.capabilities.reply is ReplyMode.PRIVATE)


def write_receipts(source: Source, comments: Iterable[Comment], now: datetime) -> int:
    """In the transaction that made the questions of these comments."""
    way = replier(source)
    chosen = str(source.settings.get("receipts", ""))
    if way is None or not source.is_enabled:
        return 0
    rows = []
    for comment in comments:
        if comment.question is None or comment.fate != Fate.QUEUED or not comment.reply_ref:
            continue
        chat = chat_of(way, comment)
        if rules.is_told(chosen, is_private=chat.is_private):
            letter = letters.receipt(comment.question, is_private=chat.is_private)
            rows.append(_row(way, comment, comment.question, chat, letter, now))
    return _write(source.pk, rows)


def write_outcome(asked: Question, decided: Question, comment: Comment, now: datetime) -> int:
    """Once for each kind, whoever finds it first."""
    source = comment.source
    way = replier(source)
    if way is None or not tells_outcomes(source, way):
        return 0
    chat = chat_of(way, comment)
    if not rules.is_told(str(source.settings.get("outcomes", "")), is_private=chat.is_private):
        return 0
    letter = letters.outcome(asked, decided, is_private=chat.is_private)
    if letter is None:
        return 0
    return _write(source.pk, [_row(way, comment, asked, chat, letter, now)])


def tells_outcomes(source: Source, way: Replier) -> bool:
    """Where one message has one reply, and that is the receipt, nothing is left for the outcome."""
    is_only_one = way.capabilities.reply_per_message == 1
    return not is_only_one or source.settings.get("receipts") == rules.Tell.OFF


def opted_out(comment: Comment) -> bool:
    return (
        bool(comment.author_key)
        and Comment.objects.filter(
            source_id=comment.source_id, author_key=comment.author_key, fate=Fate.OPT_OUT
        ).exists()
    )


def settle(
    reply: Reply, state: ReplyStatus, now: datetime, *, code: str = "", external_id: str = ""
) -> bool:
    """What became of this attempt; later knowledge than a sweeper's `unknown` counts too."""
    done = Reply.objects.filter(
        pk=reply.pk,
        attempts=reply.attempts,
        state__in=[ReplyStatus.SENDING, ReplyStatus.UNKNOWN],
        looked_by=None,
    ).update(state=state, code=code[:60], external_id=external_id[:255], changed_at=now)
    ring(reply)
    return bool(done)


def put_back(reply: Reply, until: datetime, now: datetime, code: str) -> bool:
    """Certainly nothing was sent: again, not before `until`."""
    done = Reply.objects.filter(
        pk=reply.pk, attempts=reply.attempts, state=ReplyStatus.SENDING
    ).update(state=ReplyStatus.QUEUED, code=code[:60], not_before=until, changed_at=now)
    ring(reply)
    return bool(done)


def sweep(now: datetime) -> int:
    """Whose worker died in the middle: it may have arrived, so nobody but a person sends it again."""
    dead = Reply.objects.filter(state=ReplyStatus.SENDING, started_at__lt=now - DEAD_AFTER)
    return dead.update(state=ReplyStatus.UNKNOWN, code="worker_died", changed_at=now)


def send_again(reply: Reply, by: User, now: datetime) -> bool:
    """A person looked, and it is not there. False where it is no longer so."""
    done = Reply.objects.filter(
        Q(state=ReplyStatus.UNKNOWN)
        | (Q(state=ReplyStatus.REFUSED) & ~Q(code__in=["opted_out", "taken_back"])),
        pk=reply.pk,
    ).update(state=ReplyStatus.QUEUED, code="", not_before=now, looked_by=None, changed_at=now)
    if done:
        log.info("reply.again", reply=reply.pk, by=by.pk)
        kick(reply.source_id)
    return bool(done)


def while_live(reception_id: int) -> QuerySet[Reply]:
    """What still waits and can't be sent once the broadcast has ended."""
    platforms = [
        name for name, one in registry.connectors().items() if one.capabilities.reply_while_live
    ]
    return Reply.objects.filter(
        question__reception_id=reception_id,
        source__platform__in=platforms,
        source__is_enabled=True,
        state__in=[ReplyStatus.QUEUED, ReplyStatus.SENDING],
    )


def hurry(reception_id: int) -> int:
    """Have what can't wait for the end sent now. How many still wait."""
    waiting = while_live(reception_id)
    for source_id in waiting.order_by().values_list("source_id", flat=True).distinct():
        kick(source_id)
    return waiting.count()


def told_of_late(reception_id: int, since: datetime) -> dict[int, datetime]:
    """Questions whose messages back changed after `since`, and when, by number."""
    rows = (
        Reply.objects.filter(changed_at__gt=since, question__reception_id=reception_id)
        .order_by()
        .values_list("question__number")
        .annotate(at=Max("changed_at"))
    )
    return dict(rows)


def is_there(reply: Reply, by: User, now: datetime) -> bool:
    """A person looked, and it is there."""
    return bool(
        Reply.objects.filter(pk=reply.pk, state=ReplyStatus.UNKNOWN).update(
            state=ReplyStatus.SENT, code="seen", looked_by=by, changed_at=now
        )
    )


def due(now: datetime) -> list[int]:
    """Sources that have something to send now."""
    waiting = Reply.objects.filter(
        source=OuterRef("pk"), state=ReplyStatus.QUEUED, not_before__lte=now
    )
    found = Source.objects.filter(Exists(waiting), is_enabled=True).order_by("pk")
    return list(found.values_list("pk", flat=True))


def kick(source_id: int) -> None:
    """After the commit; where the queue is away, the clock comes round."""
    transaction.on_commit(lambda: _enqueue(source_id), robust=True)


def ring(reply: Reply) -> None:
    bell.ring_side_on_commit(reply.question.reception_id)


def _enqueue(source_id: int) -> None:
    try:
        django_rq.get_queue("default").enqueue(_SEND, source_id)
    except (RedisError, OSError) as error:
        log.warning("reply.queue_away", error=type(error).__name__)


def _row(
    way: Replier, comment: Comment, asked: Question, chat: Chat, letter: Letter, now: datetime
) -> Reply:
    within = way.capabilities.reply_within_s
    written_at = comment.posted_at or comment.received_at
    return Reply(
        question=asked,
        source_id=comment.source_id,
        comment=comment,
        kind=letter.kind,
        text=letter.text,
        language=asked.language or settings.LANGUAGE_CODE,
        chat=chat.key[:120],
        deadline=written_at + timedelta(seconds=within) if within else None,
        not_before=now,
        created_at=now,
        changed_at=now,
    )


def _write(source_id: int, rows: list[Reply]) -> int:
    if rows:
        Reply.objects.bulk_create(rows, ignore_conflicts=True)
        kick(source_id)
        ring(rows[0])
    return len(rows)
