"""Text from strangers: what is kept, what is taken out, and what is the same for the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.common.text import TextError, clean, clean_optional, detect_language, search_form


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Когда   починят\tдорогу? ", "Когда починят дорогу?"),
        ("строка\r\nстрока\rстрока", "строка\nстрока\nстрока"),
        ("а\n\n\n\n\nб", "а\n\nб"),
        ("нуль\x00внутри\x07", "нульвнутри"),
        ("под\u202eмена\u2066 слов", "подмена слов"),
        ("не\u200bви\u2060ди\ufeffмо", "невидимо"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("семья 👨\u200d👩\u200d👧", "семья 👨\u200d👩\u200d👧"),
        ("й" + "\u0301" * 40, "й" + "\u0301" * 3),
        ("е\u0308ж", "ёж"),
        ("Қазақша: әғқңөұүһі ӘҒҚҢӨҰҮҺІ", "Қазақша: әғқңөұүһі ӘҒҚҢӨҰҮҺІ"),
        ("тег\U000e0041конец", "тегконец"),
    ],
)
def test_text_is_kept_as_typed_but_for_what_nobody_sees(raw: str, kept: str) -> None:
    assert clean(raw, max_chars=200) == kept


@pytest.mark.parametrize("raw", ["", "   ", "\n\t ", "\u200b\u202e", "\x00", "?!…", "\u0301\u0301"])
def test_nothing_readable_is_empty(raw: str) -> None:
    with pytest.raises(TextError) as caught:
        clean(raw, max_chars=200)
    assert caught.value.code == "empty"
    assert clean_optional(raw, max_chars=200) == ""


@pytest.mark.parametrize("length", [201, 10_000_000])
def test_a_text_too_long_says_how_long(length: int) -> None:
    with pytest.raises(TextError) as caught:
        clean("я" * length, max_chars=200)
    assert (caught.value.code, caught.value.params) == ("long", {"max": 200, "got": length})


def test_length_is_counted_in_characters() -> None:
    assert len(clean("ө" * 200, max_chars=200)) == 200


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    try:
        once = clean(raw, max_chars=1000)
    except TextError:
        return
    assert clean(once, max_chars=1000) == once
    once.encode()
    assert "\x00" not in once


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("Жолды қашан жөндейді?", "", "kk"),
        ("Когда починят дорогу?", "kk", "ru"),
        ("Қашан?", "ru", "kk"),
        ("When will it be repaired?", "ru", "en"),
        ("салем, калай барсыз", "", "kk"),
        ("рахмет", "kk", "kk"),
        # A Kazakh name in the text of another language decides nothing.
        ("На улице Бейбітшілік, 5 третью неделю темно. Когда включат фонари?", "", "ru"),
        ("Is there a police station on Тәуелсіздік street?", "", "en"),
        ("Кафе на Бейбітшілік көшесінде түнде шулайды", "", "kk"),
        ("12345", "kk", "kk"),
        ("12345", "", "ru"),
    ],
)
def test_the_language_is_told_by_letters_then_by_the_hint(
    text: str, hint: str, language: str
) -> None:
    assert detect_language(text, hint) == language


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлка", "елка"),
        ("қала", "кала"),
        ("пoлиция", "полиция"),  # a Latin o inside
        ("жөндеу", "жондеу"),
        ("Іс-қимыл", "ис кимыл"),
        ("һ", "х"),
    ],
)
def test_spelling_habits_do_not_hide_a_word(one: str, other: str) -> None:
    assert search_form(one) == search_form(other)


def test_a_latin_word_stays_latin() -> None:
    assert search_form("Instagram ТЕЛЕГРАМ") == "instagram телеграм"
