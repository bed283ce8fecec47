"""Search in Kazakh and Russian, and with whatever else is typed into the field."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from streams.archive import highlight, queries, search
from streams.common import clock
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.cast import Cast, ask, make_move

RUSSIAN = "Когда отремонтируют дорогу и тротуары на улице Жамбыла?"
KAZAKH = "Қала көшелеріндегі шұңқырлар қашан жөнделеді, жолдар өте нашар"
NOISE = "Соседи шумят после одиннадцати вечера, полиция не едет"


@pytest.fixture
def asked(cast: Cast, reception: Reception) -> dict[str, Question]:
    found = {}
    for name, text in (("ru", RUSSIAN), ("kk", KAZAKH), ("noise", NOISE)):
        found[name] = make_move(ask(reception, text), Move.APPROVE, cast.by)
    return found


def found(raw: str) -> list[str]:
    result = search.find(queries.published(), search.parse(raw))
    return [question.public_text for question in queries.shown(result.ids)]


def test_database_sees_letters_beyond_latin(db: None) -> None:
    """Without this nothing misspelt is ever found: the database was made with LC_CTYPE C."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm('жол') <> '{}'")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("дорога", RUSSIAN),  # another case
        ("ДОРОГУ", RUSSIAN),
        ("тротуар", RUSSIAN),
        ("ремонт", RUSSIAN),  # kin that no stemmer knows
        ("ремонтируют", RUSSIAN),
        ("улица жамбыла", RUSSIAN),
        ("дарогу", RUSSIAN),  # misspelt
        ("жамб", RUSSIAN),  # typing goes on
        ("шұңқыр", KAZAKH),  # the stem of шұңқырлар
        ("шункыр", KAZAKH),  # on a Russian keyboard
        ("кала", KAZAKH),
        ("қала", KAZAKH),
        ("жол", KAZAKH),
        ("жолдарды", KAZAKH),  # another suffix
        ("көшеде", KAZAKH),
        ("жөндеу", KAZAKH),
        ("ЖОЛДАР нашар", KAZAKH),
        ("шум", NOISE),
        ("соседи шумят вечером", NOISE),
        ("coceди", NOISE),  # Latin letters that look alike
    ],
)  # fmt: skip
def test_word_is_found_in_any_form(asked: dict[str, Question], raw: str, text: str) -> None:
    assert found(raw)[:1] == [text]


def test_all_words_must_be_there_where_some_question_has_them_all(
    asked: dict[str, Question],
) -> None:
    assert found("дорогу тротуары") == [RUSSIAN]
    result = search.find(queries.published(), search.parse("дорогу соседи"))
    assert result.is_closest
    assert len(result.ids) == 2


def test_yo_and_ye_are_one_letter(cast: Cast, reception: Reception) -> None:
    make_move(ask(reception, "Ребёнок идёт в школу через трассу"), Move.APPROVE, cast.by)
    assert found("ребенок")
    assert found("ребёнок")


def test_answer_is_searched_too(cast: Cast, reception: Reception) -> None:
    question = ask(reception, "Вопрос без нужного слова здесь")
    make_move(
        question, Move.ANSWER_TEXT, cast.by, text="Светофор поставят в октябре", language="ru"
    )
    assert found("светофоры") == [question.public_text]


def test_answer_taken_back_is_not_found(cast: Cast, reception: Reception) -> None:
    question = ask(reception, "Вопрос без нужного слова здесь")
    make_move(question, Move.ANSWER_TEXT, cast.by, text="Светофор поставят", language="ru")
    make_move(question, Move.REOPEN, cast.by)
    assert found("светофор") == []


def test_edited_words_are_no_longer_found(cast: Cast, reception: Reception) -> None:
    question = make_move(
        ask(reception, "Мой телефон 87011234567, почините свет"), Move.APPROVE, cast.by
    )
    marks.edit_text(
        question.pk, "Почините свет", by=cast.by, expect=question.version, now=clock.now()
    )
    assert found("87011234567") == []
    assert found("телефон") == []
    assert found("свет") == ["Почините свет"]


def test_unpublished_is_not_found(cast: Cast, reception: Reception) -> None:
    ask(reception, "Никто этого ещё не читал")
    make_move(ask(reception, "Никто этого читать не будет"), Move.SET_ASIDE, cast.by)
    assert found("читал") == []
    assert found("никто") == []


HOSTILE = [
    "'", '"', "''", "';DROP TABLE streams_question;--", "\\", "\\'", "%", "_", "%%%", "__", "a_b",
    "& | !", "дорога & !дорога", "дорога | ", "!дорога", "(((", "))", "дорога:*", "дорога:ABCD", "<->", "дорога <2> улица",
    "\0", "дорога\0улица", "\x01\x02", "\u202eдорога", "\ud7ff", "😀", "😀😀 😀", "Ⅷ", "½", "ﬁ", "١٢٣", "中文字", "ºª",
    "<script>alert(1)</script>", "{{ 7*7 }}", "x" * 10_000, "дорога " * 2_000, "а" * 10_000, " ".join("абвгдежзик"),
    "-" * 500, "2026-0147-57", "9" * 400, "№", "NULL", "\N{COMBINING ACUTE ACCENT}" * 50,
]  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_query_is_a_query(asked: dict[str, Question], client: Client, raw: str) -> None:
    response = client.get("/ru/archive/", {"q": raw})
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.content.decode()
    wanted = search.parse(raw)
    assert len(wanted.words) <= search.MAX_WORDS
    assert all(word.isalnum() and len(word) <= search.MAX_WORD for word in wanted.words)


def test_wildcards_are_letters_like_others(asked: dict[str, Question]) -> None:
    assert not search.parse("%")
    assert not search.parse("_ ' \\ &")


# --- Marks in the text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "raw", "marked"),
    [
        ("Ремонт дорог", "ремонтируют", "<mark>Ремонт</mark> дорог"),
        ("ремонтируют дом", "ремонт", "<mark>ремонтируют</mark> дом"),
        ("Қала, қалалар", "кала", "<mark>Қала</mark>, <mark>қалалар</mark>"),
        ("Ёлка", "елка", "<mark>Ёлка</mark>"),
        ("дом 102 и 1020", "102", "дом <mark>102</mark> и 1020"),
        ("дорога", "дарога", "<mark>дорога</mark>"),
        ("контракт", "контроль", "контракт"),
        ("в доме", "в", "<mark>в</mark> доме"),
        ("<b>дорога</b> & \"мост\"", "дорога", "&lt;b&gt;<mark>дорога</mark>&lt;/b&gt; &amp; &quot;мост&quot;"),
        ("<mark>чужой</mark>", "mark", "&lt;<mark>mark</mark>&gt;чужой&lt;/<mark>mark</mark>&gt;"),
        ("ничего", "", "ничего"),
    ],
)  # fmt: skip
def test_found_words_are_marked_as_written(text: str, raw: str, marked: str) -> None:
    assert highlight.marked(text, search.parse(raw).words) == marked


def test_snippet_of_long_text_shows_the_found_word() -> None:
    text = "слово " * 100 + "светофор " + "слово " * 100
    piece = highlight.snippet(text, ("светофор",))
    assert "<mark>светофор</mark>" in piece
    assert piece.startswith("… ")
    assert piece.endswith(" …")
    assert len(piece) < 320


def test_snippet_of_one_endless_word_ends() -> None:
    assert len(highlight.snippet("а" * 2000, ("б",))) < 300
