"""A new message as a comment: what it is to us, and the ask that a question is made of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from streams.questions import intake as questions
from streams.receptions.models import Reception
from streams.sources import links, rules, shaping
from streams.sources.inbound import Inbound, Op, Origin
from streams.sources.models import Comment, Source
from streams.sources.rules import Facts, Fate

# How far back a twin may have been stored: a slow road brings the same words much later.
_TWINS_STORED_WITHIN = timedelta(minutes=10)
Words = tuple[str, str]


def born(
    source: Source,
    reception: Reception | None,
    fresh: Sequence[tuple[str, Inbound]],
    now: datetime,
) -> list[Comment]:
    """Unsaved comments with their fates, in order; a twin points at the first of its kind."""
    keys = {shaping.author_key(item.author) for _id, item in fresh} - {""}
    twins = _twins(source, keys, now)
    banned = set(
        source.comments.filter(author_key__in=keys, banned_at__isnull=False).values_list(
            "author_key", flat=True
        )
    )
    comments = []
    for external_id, item in fresh:
        comment = _comment(source, reception, external_id, item, now)
        first = _find_twin(twins, comment)
        facts = Facts(
            is_staff=comment.is_staff,
            has_words=bool(comment.text),
            is_opt_out=rules.is_opt_out(comment.text),
            is_banned=comment.author_key in banned,
            is_history=_is_history(item, reception),
            is_duplicate=first is not None,
            has_reception=reception is not None,
        )
        comment.fate = rules.fate(facts)
        if comment.fate == Fate.DUPLICATE:
            comment.duplicate_of = first
        else:
            twins.setdefault((comment.author_key, comment.text), []).append(comment)
        comments.append(comment)
    return comments


def client_id(source: Source, comment: Comment) -> uuid.UUID:
    """The same for the same message, so that even without the comment no second question is made."""
    return uuid.uuid5(source.uuid, comment.external_id)


def ask(source: Source, comment: Comment) -> questions.Ask:
    return questions.Ask(
        client_id=client_id(source, comment),
        text=shaping.question_text(comment.text),
        name=shaping.name(comment.author_name or comment.author_handle, questions.NAME_MAX),
        language=comment.language,
        source=source.platform,
    )


def _comment(
    source: Source, reception: Reception | None, external_id: str, item: Inbound, now: datetime
) -> Comment:
    start = None
    if reception is not None and item.origin is Origin.LIVE:
        start = reception.live_since or reception.intake_from
    posted_at = rules.clamp(item.posted_at, start=start, now=now)
    return Comment(
        source=source,
        external_id=external_id,
        reception=reception,
        author_key=shaping.author_key(item.author),
        author_id=shaping.key(item.author.ext_id),
        author_name=shaping.name(item.author.name),
        author_handle=shaping.name(item.author.handle),
        is_staff=item.author.is_staff,
        text=shaping.words(item.text),
        language=shaping.language(item),
        posted_at=posted_at,
        received_at=item.received_at,
        edited_at=item.reported_at or item.received_at if item.op is Op.EDIT else None,
        permalink=links.safe(item.permalink),
        parent_id=shaping.key(item.parent_id),
        thread=shaping.key(item.thread),
        reply_ref=shaping.json_fit(item.reply_ref),
        origin=item.origin,
        is_question_box=item.is_question_box,
    )


def _is_history(item: Inbound, reception: Reception | None) -> bool:
    """Written before anybody was asked to write: told to us as the past, and older than the intake."""
    if item.origin is not Origin.BACKFILL or reception is None or item.posted_at is None:
        return False
    return item.posted_at < reception.intake_from


def _twins(source: Source, keys: Iterable[str], now: datetime) -> dict[Words, list[Comment]]:
    found: dict[Words, list[Comment]] = {}
    for comment in source.comments.filter(
        author_key__in=keys,
        received_at__gt=now - _TWINS_STORED_WITHIN,
        duplicate_of__isnull=True,
        deleted_at__isnull=True,
    ).select_related("question"):
        found.setdefault((comment.author_key, comment.text), []).append(comment)
    return found


def _find_twin(twins: dict[Words, list[Comment]], comment: Comment) -> Comment | None:
    """Needs an author and words: nameless people may well ask the same."""
    if not comment.author_key or not comment.text:
        return None
    for other in twins.get((comment.author_key, comment.text), ()):
        if abs(_moment(other) - _moment(comment)) <= rules.SAME_WORDS:
            return other
    return None


def _moment(comment: Comment) -> datetime:
    return comment.posted_at or comment.received_at
