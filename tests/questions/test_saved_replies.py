"""Saved replies: placeholders, languages, whose they are, and what becomes of them."""

from __future__ import annotations

import pytest

from streams.common import clock
from streams.questions import placeholders, saved_replies
from streams.questions.models import SavedReply
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_saved_reply


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Без скобок.", []),
        ("{number} {due_date} {unit} {phone} {rescue} {chief}", []),
        ("{number}{number}", []),
        ("{Number}", ["{Number}"]),
        ("{имя} и {имя}", ["{имя}"]),
        ("{}", ["{}"]),
        ("{ number }", ["{ number }"]),
        ("Одна { скобка", ["{"]),
        ("и ещё }", ["}"]),
        ("{{number}}", ["{", "}"]),
        ("{phone} {fax} }", ["{fax}", "}"]),
    ],
)
def test_what_is_no_placeholder_is_named(text: str, wrong: list[str]) -> None:
    assert placeholders.unknown(text) == wrong


def test_every_placeholder_is_filled_and_braces_of_values_stay() -> None:
    values = {name: f"<{name}>" for name in placeholders.KNOWN} | {"unit": "{phone}"}
    text = " ".join(f"{{{name}}}" for name in placeholders.KNOWN)
    filled = placeholders.fill(text, values)
    assert filled == "<number> <due_date> {phone} <phone> <rescue> <chief>"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("kk", "Таулы ауданының полиция бөлімі: № {no}, 102, Серік Омаров."),
        ("ru", "Отдел полиции Таулинского района: № {no}, 102, Серік Омаров."),
        ("en", ""),
    ],
)
def test_a_reply_speaks_the_language_of_the_question(
    cast: Cast, reception: Reception, language: str, text: str
) -> None:
    said = "{unit}: № {number}, {phone}, {chief}."
    reply = make_saved_reply(cast, text_kk=said, text_ru=said)
    question = ask(reception, language=language)
    type(question).objects.filter(pk=question.pk).update(language=language)
    question.refresh_from_db()
    (offer,) = saved_replies.offers(question, [reply], clock.now())
    assert offer.text == text.format(no=question.public_no)
    assert bool(offer.other) is (language == "en")


@pytest.mark.django_db
def test_a_reply_without_a_text_in_the_language_comes_last_and_says_so(
    cast: Cast, reception: Reception
) -> None:
    russian = make_saved_reply(cast, title="Только по-русски", text_kk="")
    both = make_saved_reply(cast)
    SavedReply.objects.filter(pk=russian.pk).update(used=5)
    question = ask(reception, "Қашан жөндейді?")
    found = saved_replies.offers(question, saved_replies.available(cast.district), clock.now())
    assert [offer.reply for offer in found] == [both, russian]
    assert (found[1].text, found[1].other) == ("", "Ремонт закончат до {due_date}.")


@pytest.mark.django_db
def test_a_unit_has_its_own_and_those_from_above_the_most_used_first(cast: Cast) -> None:
    own = make_saved_reply(cast, title="Свой")
    above = make_saved_reply(cast, cast.region, title="Сверху")
    make_saved_reply(cast, cast.neighbour)
    make_saved_reply(cast, cast.abroad)
    retired = make_saved_reply(cast, title="Старый")
    SavedReply.objects.filter(pk=retired.pk).update(is_retired=True)
    saved_replies.count_use(above.pk)
    assert list(saved_replies.available(cast.district)) == [above, own]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "found"),
    [("ремонт", True), ("ЖОНДЕУ аякталады", True), ("жөндеу", True), ("ремонт шум", False)],
)
def test_replies_are_found_however_they_are_spelt(cast: Cast, words: str, found: bool) -> None:
    make_saved_reply(cast)
    replies = saved_replies.available(cast.district)
    assert saved_replies.with_words(replies, words).exists() is found
