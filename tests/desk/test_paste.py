"""A pasted block: looked through first, stored once, identical words of two people are two questions."""

from __future__ import annotations

from typing import Any

import pytest

from streams.archive.audit import audit
from streams.common import clock
from streams.questions.models import Question
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast
from tests.desk.conftest import Desk

pytestmark = pytest.mark.django_db

BLOCK = """
aigerim_test
Қашан жауап береді?
2h3 likesReply
erzhan.b
Почему не работает светофор на Абая?
15 мин.Ответить
erzhan.b
Спасибо!
15 мин.Ответить
"""


def paste(desk: Desk, block: str = BLOCK) -> Any:
    return desk.post("paste/", {"block": block}, headers=None)


def take(desk: Desk, *picks: str, block: str = BLOCK) -> Any:
    return desk.post("paste/", {"block": block, "import": "1", "pick": picks}, headers=None)


def test_the_preview_stores_nothing(desk: Desk) -> None:
    page = paste(desk).content.decode()
    assert "aigerim_test" in page
    assert page.count('name="pick"') == 3
    assert page.count("checked") == 2
    assert "few words" in page
    assert not Question.objects.exists()


def test_the_chosen_ones_become_questions(desk: Desk, cast: Cast, reception: Reception) -> None:
    response = take(desk, "0", "1")
    assert response.status_code == 303
    texts = Question.objects.order_by("number").values_list("asker_name", "original_text")
    assert list(texts) == [
        ("aigerim_test", "Қашан жауап береді?"),
        ("erzhan.b", "Почему не работает светофор на Абая?"),
    ]
    entry = Entry.objects.filter(kind="receive").first()
    assert entry is not None
    assert (entry.data["source"], entry.by) == ("paste", cast.moderator)
    assert audit(reception.no).holds


def test_the_same_block_twice_and_a_longer_one_add_only_what_is_new(desk: Desk) -> None:
    take(desk, "0", "1")
    take(desk, "0", "1")
    assert Question.objects.count() == 2
    longer = BLOCK + "oleg\nГде участковый?\n1h\nReply\n"
    page = paste(desk, longer).content.decode()
    assert page.count("already here as No.") == 2
    take(desk, "0", "1", "3", block=longer)
    assert Question.objects.count() == 3


def test_the_same_words_twice_are_two_questions(desk: Desk) -> None:
    block = "Олег: Где принимают документы?\nОлег: Где принимают документы?\nАнна: Где принимают документы?"
    take(desk, "0", "1", "2", block=block)
    assert Question.objects.count() == 3


@pytest.mark.parametrize("block", ["", "   ", "👍👍", "Reply\nLike\n2h"])
def test_what_holds_no_comment_says_so(desk: Desk, block: str) -> None:
    assert paste(desk, block).status_code == 422


def test_wrong_choices_are_passed_over(desk: Desk) -> None:
    assert take(desk, "99999", "x", "-1").status_code == 303
    assert take(desk).status_code == 422
    assert paste(desk, "\x00Где участковый?").status_code == 422
    assert not Question.objects.exists()


def test_a_closed_reception_keeps_the_block(desk: Desk, cast: Cast, reception: Reception) -> None:
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    response = take(desk, "0")
    assert response.status_code == 409
    assert "Почему не работает светофор" in response.content.decode()


def test_five_hundred_at_once(desk: Desk) -> None:
    block = "\n".join(f"Асель{n}: Когда починят дорогу номер {n}?" for n in range(500))
    page = paste(desk, block).content.decode()
    assert page.count('name="pick"') == 500
    response = take(desk, *map(str, range(500)), block=block)
    assert response.status_code == 303
    assert Question.objects.count() == 500
