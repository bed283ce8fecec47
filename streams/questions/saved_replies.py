"""Saved replies: answers given again and again, each unit's and those of the units above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.formats import date_format

from streams.common import clock, text
from streams.common.columns import Columns
from streams.people.models import Unit, User
from streams.people.rules import lineage
from streams.questions import placeholders, service_clock
from streams.questions.models import Question, SavedReply

LANGUAGES = ("kk", "ru")
# So many stand in the answer form, each with a digit of its own.
SHOWN = 6
_REPLY = Columns(SavedReply, "s", without=("search_text",))
_FIRST = f"""
SELECT {_REPLY.text} FROM streams_savedreply s JOIN streams_unit u ON u.id = s.unit_id
WHERE u.code = ANY(%s) AND NOT s.is_retired ORDER BY s.used DESC, s.title, s.id LIMIT %s
"""  # noqa: S608 -- columns of our own model


@dataclass(frozen=True)
class Offer:
    """A reply as an answer to one question; `text` is empty where it has none in its language."""

    reply: SavedReply
    text: str

    @property
    def other(self) -> str:
        """What it says in another language, where it says nothing in the question's."""
        return "" if self.text else self.reply.text_ru or self.reply.text_kk


def available(unit: Unit) -> QuerySet[SavedReply]:
    """Those in use in the unit, the most used first."""
    return SavedReply.objects.filter(unit__code__in=lineage(unit.path), is_retired=False)


def first(unit: Unit) -> list[SavedReply]:
    """The SHOWN most used ones."""
    return _REPLY.read(_FIRST, [lineage(unit.path), SHOWN])


def with_words(replies: QuerySet[SavedReply], words: str) -> QuerySet[SavedReply]:
    """Those with all of these words in the title or the texts, however they are spelt."""
    for word in text.search_form(words).split()[:10]:
        replies = replies.filter(search_text__contains=word)
    return replies


def offers(question: Question, replies: Iterable[SavedReply], now: datetime) -> list[Offer]:
    """Filled in the question's language; those without a text in it come last."""
    language = question.language
    given = [(reply, reply.text(language)) for reply in replies]
    values = values_for(question, language, now) if any(said for _reply, said in given) else {}
    filled = [Offer(reply, placeholders.fill(said, values)) for reply, said in given]
    return sorted(filled, key=lambda offer: not offer.text)


def values_for(question: Question, language: str, now: datetime) -> dict[str, str]:
    """What each placeholder stands for. One query."""
    reception, unit = question.reception, question.reception.unit
    promised = service_clock.of(reception, now)
    if promised is not None:
        due_on = promised.due(question).on
    else:
        due_on = service_clock.promise_from(clock.local_date(now, unit.timezone), unit)
    with translation.override(language):
        return {
            "number": question.public_no,
            "due_date": date_format(due_on, "DATE_FORMAT"),
            "unit": unit.name,
            "phone": unit.police_number,
            "rescue": unit.rescue_number,
            "chief": reception.host_name,
        }


def samples_for(unit: Unit, language: str, now: datetime) -> dict[str, str]:
    """What each placeholder may look like, for a look before the reply is used. One query."""
    today = clock.local_date(now, unit.timezone)
    with translation.override(language):
        return {
            "number": f"{today.year}-0001-57",
            "due_date": date_format(service_clock.promise_from(today, unit), "DATE_FORMAT"),
            "unit": unit.name,
            "phone": unit.police_number,
            "rescue": unit.rescue_number,
            "chief": "С. Омаров",
        }


def save(reply: SavedReply, *, by: User, now: datetime) -> SavedReply:
    """Keep what was written in it."""
    reply.search_text = text.search_form(f"{reply.title} {reply.text_kk} {reply.text_ru}")
    reply.changed_by, reply.changed_at = by, now
    reply.save()
    return reply


def count_use(pk: int) -> None:
    SavedReply.objects.filter(pk=pk).update(used=F("used") + 1)
