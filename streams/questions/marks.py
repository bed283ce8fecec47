"""What doesn't change a question's status: tags, the public text, the words said on air."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from streams.common.columns import Columns
from streams.people.actors import Actor
from streams.people.rules import lineage
from streams.questions import answers, search, similar, urgent
from streams.questions.actions import Stale, is_made, last_actor
from streams.questions.effects import digest
from streams.questions.models import Answer, Cue, Question, Tag, TextVersion
from streams.questions.row import locked
from streams.receptions import journal
from streams.receptions.models import Reception
from streams.receptions.rules import State

_TAG = Columns(Tag, "t")
_AVAILABLE = f"""
SELECT {_TAG.text} FROM streams_tag t JOIN streams_unit u ON u.id = t.unit_id
WHERE u.code = ANY(%s) ORDER BY t.slug
"""  # noqa: S608 -- columns of our own model


class NotNow(Exception):
    """The question is not in a state where this can be done."""


class NoSuchUnit(Exception):
    """No unit of the reception's tree has this code."""


def unsealed(question_id: int) -> tuple[Question, Reception]:
    """Both under their locks. Raises NotNow."""
    question, reception = locked(question_id)
    if reception.state == State.SEALED:
        raise NotNow
    return question, reception


@transaction.atomic
def set_tags(
    question_id: int,
    slugs: Iterable[str],
    *,
    by: Actor,
    now: datetime,
    seen: Iterable[str] | None = None,
) -> Question:
    """Make these the question's tags; slugs that the unit and the units above it lack are ignored.

    `seen`: the tags that stood on the form. Where they are given, only what differs from them is
    changed, so that what a colleague added or took away meanwhile stays so.
    """
    question, reception = unsealed(question_id)
    before = sorted(question.tags.values_list("slug", flat=True))
    wanted = set(slugs)
    if seen is not None:
        wanted = set(before) - (set(seen) - wanted) | (wanted - set(seen))
    tags = [tag for tag in available_tags(reception.unit.path) if tag.slug in wanted]
    after = sorted(tag.slug for tag in tags)
    if before == after:
        return question
    question.tags.set(tags)
    journal.append(
        reception,
        "tag",
        by=by,
        at=now,
        question_number=question.number,
        data={"tags": after, "were": before},
    )
    return question


def available_tags(unit_path: str) -> list[Tag]:
    """The tags of the unit and of the units above it."""
    return _TAG.read(_AVAILABLE, [lineage(unit_path)])


@transaction.atomic
def set_urgent(question_id: int, reason: str, *, by: Actor, now: datetime) -> Question:
    """Mark it as urgent (a code of `urgent.REASONS`), or with "" as no longer so. Raises NotNow."""
    assert not reason or reason in urgent.REASONS
    question, reception = unsealed(question_id)
    if question.urgent == reason:
        return question
    question.urgent = reason
    question.save(update_fields=["urgent"])
    journal.append(
        reception,
        "urgent",
        by=by,
        at=now,
        question_number=question.number,
        data={"urgent": bool(reason)},
    )
    return question


@transaction.atomic
def set_language(question_id: int, language: str, *, by: Actor, now: datetime) -> Question:
    """The language was taken for another one. Raises NotNow."""
    assert language in dict(settings.LANGUAGES)
    question, reception = unsealed(question_id)
    if question.language == language:
        return question
    before, question.language = question.language, language
    question.save(update_fields=["language"])
    journal.append(
        reception,
        "language",
        by=by,
        at=now,
        question_number=question.number,
        data={"language": language, "had": before},
    )
    return question


@transaction.atomic
def set_district(question_id: int, code: str, *, by: Actor, now: datetime) -> Question:
    """Hand it to a unit of the reception's own tree, or with "" to none. Raises NotNow, NoSuchUnit."""
    question, reception = unsealed(question_id)
    unit = reception.unit.tree().filter(code=code).first() if code else None
    if code and unit is None:
        raise NoSuchUnit
    if question.district_id == (unit.pk if unit else None):
        return question
    had = question.district.code if question.district else ""
    question.district = unit
    question.save(update_fields=["district"])
    journal.append(
        reception,
        "district",
        by=by,
        at=now,
        question_number=question.number,
        data={"district": code, "had": had},
    )
    return question


@transaction.atomic
def edit_text(
    question_id: int,
    text: str,
    *,
    by: Actor,
    expect: int,
    now: datetime,
    key: UUID | None = None,
) -> Question:
    """A new version of the public text; the original stays. `key` as in `actions.move`: made once,
    however often it is sent. Raises Stale, NotNow."""
    question, reception = locked(question_id)
    if is_made(question, by=by, expect=expect, key=key):
        return question
    if question.version != expect:
        raise Stale(question, last_actor(question))
    if reception.state == State.SEALED:
        raise NotNow
    if text == question.public_text:
        return question
    question.public_text = text
    question.text_version += 1
    question.version += 1
    question.changed_at = now
    question.save(update_fields=["public_text", "text_version", "version", "changed_at"])
    TextVersion.objects.create(
        question=question, version=question.text_version, text=text, by=by.user, at=now
    )
    search.index(question)
    similar.index(question)
    journal.append(
        reception,
        "redact",
        by=by,
        at=now,
        question_number=question.number,
        data={
            "text": digest(question, text),
            "text_version": question.text_version,
            "version": question.version,
            **({"key": str(key)} if key else {}),
        },
    )
    return question


@transaction.atomic
def record_said(question_id: int, text: str, *, by: Actor, now: datetime) -> Question:
    """The line of what was said, for a question answered on air, until the seal. Raises NotNow."""
    question, reception = locked(question_id)
    answer = answers.standing(question)
    if answer is None or answer.kind != Answer.Kind.ON_AIR or reception.state == State.SEALED:
        raise NotNow
    answer.text = text
    answer.save(update_fields=["text"])
    search.index(question)
    journal.append(
        reception,
        "said",
        by=by,
        at=now,
        question_number=question.number,
        data={"text": digest(question, text)},
    )
    return question


@transaction.atomic
def set_cue(question_id: int, text: str, *, by: Actor, now: datetime) -> Question:
    """What the chief is to have before their eyes with this question; empty takes it away.

    Staff's own words, so the journal tells that they changed and no more. Raises NotNow.
    """
    assert by.user is not None
    question, reception = unsealed(question_id)
    if text == getattr(Cue.objects.filter(question=question).first(), "text", ""):
        return question
    if text:
        words = {"text": text, "by": by.user, "at": now}
        Cue.objects.update_or_create(question=question, defaults=words)
    else:
        Cue.objects.filter(question=question).delete()
    journal.append(reception, "cue", by=by, at=now, question_number=question.number)
    return question
