"""Blocks of comments as browsers copy them: who said what, without the page's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.questions import pasted

YOUTUBE = """
@aigerim_test
2 hours ago
Қайда өтініш беруге болады?
12
Reply
@Ержан Болатов
3 минуты назад (изменено)
Когда откроют новый участок на Сарыарке?
Очень ждём.

Ответить
1 ответ
"""
INSTAGRAM = """
aigerim_test's profile picture
aigerim_test
Қашан жауап береді?
2h3 likesReply
See translation
Фото профиля erzhan.b
erzhan.b
Почему не работает светофор на Абая?
15 мин."Нравится": 3Ответить
Показать ответы (2)
"""
FACEBOOK = """
Айгуль Сериккызы
Когда отремонтируют дорогу у школы № 5?
2 ч.
Нравится
Ответить
Top fan
John Smith
Is the office open on Saturday?
1d
Like
Reply
Edited
"""
VK = """
Мария Петрова
Добрый день
Куда обращаться по шуму ночью?
сегодня в 10:02
Ответить
Поделиться
Данияр Оспан
Түнде патруль бола ма?
23 ноя в 10:05 Ответить Поделиться
"""
TELEGRAM = """
Айгерим, [23.11.2026 10:02]
Когда начнут приём документов?
И куда их нести?

Ержан Б, [23 Nov 2026 at 10:03:11]:
[В ответ на Айгерим]
Тоже интересно, где принимают?
"""
WHATSAPP = """
[23.11.2026, 10:02:33] Айгерим: Қашан жөндейді?
Көшеде жарық жоқ
23.11.2026, 10:04 - Олег: Где участковый?
"""
CHAT = "10:02\u200bАйгерим\u200bҚашан жауап береді?\n10:03 AM\u200bErzhan\u200bГде принимают?"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            YOUTUBE,
            [
                ("aigerim_test", "Қайда өтініш беруге болады?"),
                ("Ержан Болатов", "Когда откроют новый участок на Сарыарке?\nОчень ждём."),
            ],
        ),
        (
            INSTAGRAM,
            [
                ("aigerim_test", "Қашан жауап береді?"),
                ("erzhan.b", "Почему не работает светофор на Абая?"),
            ],
        ),
        (
            FACEBOOK,
            [
                ("Айгуль Сериккызы", "Когда отремонтируют дорогу у школы № 5?"),
                ("John Smith", "Is the office open on Saturday?"),
            ],
        ),
        (
            VK,
            [
                ("Мария Петрова", "Добрый день\nКуда обращаться по шуму ночью?"),
                ("Данияр Оспан", "Түнде патруль бола ма?"),
            ],
        ),
        (
            TELEGRAM,
            [
                ("Айгерим", "Когда начнут приём документов?\nИ куда их нести?"),
                ("Ержан Б", "Тоже интересно, где принимают?"),
            ],
        ),
        (WHATSAPP, [("Айгерим", "Қашан жөндейді?\nКөшеде жарық жоқ"), ("Олег", "Где участковый?")]),
        (CHAT, [("Айгерим", "Қашан жауап береді?"), ("Erzhan", "Где принимают?")]),
        (
            "Айгерим: Қашан?\nОлег: Где участковый",
            [("Айгерим", "Қашан?"), ("Олег", "Где участковый")],
        ),
        (
            "Первый вопрос?\nвторая строка\n\nВторой вопрос?",
            [("", "Первый вопрос?\nвторая строка"), ("", "Второй вопрос?")],
        ),
        ("", []),
        ("🙏🙏🙏\n\n👍", []),
    ],
    ids=[
        "youtube",
        "instagram",
        "facebook",
        "vk",
        "telegram",
        "whatsapp",
        "chat",
        "lines",
        "paragraphs",
        "nothing",
        "emoji",
    ],
)
def test_names_and_words_are_told_apart(block: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.text) for one in pasted.read(block)] == expected


def test_a_greeting_is_offered_but_not_chosen() -> None:
    found = pasted.read("Олег: Всем привет\nАнна: Где принимают документы на паспорт")
    assert [one.is_likely for one in found] == [False, True]


def test_windows_line_ends_and_unseen_marks_change_nothing() -> None:
    assert pasted.read(YOUTUBE.replace("\n", "\r\n").replace("@", "\u200e@")) == pasted.read(
        YOUTUBE
    )


@given(st.text(max_size=2000))
def test_any_block_is_read_without_an_error(block: str) -> None:
    for one in pasted.read(block):
        assert one.text
        assert len(one.name) <= 60


def test_a_long_hostile_line_is_read_quickly() -> None:
    for line in ("1" * 50_000, "reply " * 8_000, "a, [" * 10_000, "10:02 " * 8_000 + "x"):
        pasted.read(line + "\nReply\n" + line)
