"""What is found about the open question: like ones, personal data, urgency, the language, tags."""

from __future__ import annotations

import pytest
from django.test import Client

from streams.common import clock
from streams.questions import commonness, marks
from streams.questions.models import Question, Tag
from streams.questions.rules import Move, Status
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move, secret_of
from tests.desk.conftest import Desk
from tests.law import assert_screen_law, load

pytestmark = pytest.mark.django_db

ROAD = "Когда отремонтируют дорогу на улице Ерубаева? Там большие ямы."
FIRE = "Помогите, горит дом на Мира 5, люди внутри!"
PRIVATE = "Сосед Марат Оспанов угрожает, его номер 8 701 234 56 78."


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    commonness.forget()


def fresh(question: Question) -> Question:
    return Question.objects.get(pk=question.pk)


def test_like_ones_are_merged_at_once_and_parted_by_one_undo(
    desk: Desk, reception: Reception
) -> None:
    target, one, two = (ask(reception, ROAD) for _ in range(3))
    beside = desk.get("questions/1/beside/", quick=True).content.decode()
    assert 'value="2:1"' in beside
    assert 'value="3:1"' in beside
    answer = desk.post("questions/1/merge-many/", {"join": ["2:1", "3:1"]})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "2 questions are now part of No. 1." in page
    assert fresh(one).merged_into_id == fresh(two).merged_into_id == target.pk
    assert f'action="/desk/{reception.no}/questions/1/part/"' in page
    parted = desk.post("questions/1/part/", {"of-2": "2", "of-3": "2"})
    assert "2 questions stand alone again." in parted.content.decode()
    assert fresh(one).status == fresh(two).status == Status.NEW
    assert desk.post("questions/1/merge-many/", {}).status_code == 422
    assert desk.post("questions/1/merge-many/", {"join": ["2:1"]}).status_code == 409


def test_anybody_may_part_what_is_not_the_same(
    desk: Desk, colleague: Desk, reception: Reception
) -> None:
    ask(reception, ROAD)
    other = ask(reception, ROAD)
    desk.post("questions/1/merge-many/", {"join": ["2:1"]})
    assert "Part them" in colleague.card(fresh(other).merged_into or other)
    assert colleague.post("questions/1/unmerge/", {"part": "2:2"}).status_code == 200
    assert fresh(other).is_open
    assert Entry.objects.filter(kind=Move.REOPEN, question_number=2).exists()
    assert colleague.post("questions/1/unmerge/", {"part": "2:2"}).status_code == 422


def test_an_answered_one_comes_with_its_answer(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    make_move(ask(reception, ROAD), Move.ANSWER_TEXT, cast.by)
    ask(reception, ROAD)
    beside = desk.get("questions/2/beside/", quick=True).content.decode()
    assert "Ремонт запланирован на май." in beside
    assert desk.get("questions/2/beside/").status_code == 303


def test_personal_data_is_marked_and_masked_by_one_press(
    desk: Desk, reception: Reception, cast: Cast
) -> None:
    question = ask(reception, PRIVATE)
    card = desk.card(question)
    assert card.count('class="personal"') == 2  # both texts are one still, and stand there once
    assert desk.post("questions/1/mask/", {"expect": 1, "only": "1"}).status_code == 200
    assert fresh(question).public_text == "Сосед Марат Оспанов угрожает, его номер [телефон]."
    assert desk.card(question).count('class="personal"') == 3
    assert desk.post("questions/1/mask/", {"expect": 2}).status_code == 200
    assert fresh(question).public_text == "Сосед [имя] угрожает, его номер [телефон]."
    assert fresh(question).original_text == PRIVATE
    assert list(question.text_versions.values_list("version", flat=True)) == [1, 2, 3]
    assert "Use this one again" in desk.card(question)
    assert desk.post("questions/1/mask/", {"expect": 3}).status_code == 422
    make_move(question, Move.QUEUE, cast.by)
    room = Client().get(f"/ru/receptions/{reception.no}/").content.decode()
    assert "Оспанов" not in room
    assert "[имя]" in room


def test_marks_never_block_by_themselves(desk: Desk, reception: Reception) -> None:
    question = ask(reception, PRIVATE)
    assert desk.move(question, Move.APPROVE).status_code == 200
    assert fresh(question).public_text == PRIVATE


def test_what_is_urgent_stands_on_its_own_list_and_can_be_cleared(
    desk: Desk, reception: Reception
) -> None:
    ask(reception, ROAD)
    question = ask(reception, FIRE)
    assert question.urgent == "danger"
    page = load(desk.client, desk.address())
    assert [card[0] for card in page.lists["urgent"]] == ["2"]
    card = desk.card(question)
    assert "danger to life" in card
    assert "горит дом" in card
    assert "112 / 102" in card
    assert desk.post("questions/2/urgent/", {"reason": ""}).status_code == 200
    assert fresh(question).urgent == ""
    assert "Urgent after all" in desk.card(question)
    assert desk.post("questions/2/urgent/", {"reason": "danger"}).status_code == 200
    assert desk.post("questions/2/urgent/", {"reason": "nonsense"}).status_code == 422
    entries = Entry.objects.filter(kind="urgent").order_by("seq")
    assert [entry.data["urgent"] for entry in entries] == [False, True]


def test_the_journal_tells_that_it_is_urgent_and_not_why(reception: Reception) -> None:
    ask(reception, "Не хочу больше жить.")
    data = Entry.objects.get(reception=reception, kind="receive").data
    assert data["urgent"] is True
    assert "self_harm" not in str(data)


@pytest.mark.parametrize("what", ["arrives", "set", "cleared", "language", "tag"])
def test_the_law_of_the_screen(what: str, desk: Desk, cast: Cast, reception: Reception) -> None:
    plain, fire = ask(reception, ROAD), ask(reception, FIRE)
    Tag.objects.create(unit=cast.district, slug="fires", name_kk="Өрт", name_ru="Пожары")
    now = clock.now()
    deeds = {
        "arrives": lambda: ask(reception, FIRE),
        "set": lambda: marks.set_urgent(plain.pk, "by_hand", by=cast.by, now=now),
        "cleared": lambda: marks.set_urgent(fire.pk, "", by=cast.by, now=now),
        "language": lambda: marks.set_language(plain.pk, "kk", by=cast.by, now=now),
        "tag": lambda: marks.set_tags(fire.pk, ["fires"], by=cast.by, now=now),
    }
    assert_screen_law(desk.client, desk.address(), "desk", reception, deeds[what], language="en")


def test_the_language_is_corrected_by_hand(desk: Desk, reception: Reception) -> None:
    question = ask(reception, "Жол бойынша сурак")
    assert desk.post("questions/1/language/", {"language": "kk"}).status_code == 200
    assert fresh(question).language == "kk"
    assert desk.post("questions/1/language/", {"language": "xx"}).status_code == 422


def test_a_suggested_tag_is_taken_by_one_press(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    Tag.objects.create(unit=cast.district, slug="roads-y", name_kk="Жол", name_ru="Дороги")
    marks.set_tags(ask(reception, ROAD).pk, ["roads-y"], by=cast.by, now=clock.now())
    question = ask(reception, ROAD)
    assert 'value="roads-y"' in desk.get("questions/2/beside/", quick=True).content.decode()
    assert desk.post("questions/2/tag/", {"tag": "roads-y"}).status_code == 200
    assert [tag.slug for tag in question.tags.all()] == ["roads-y"]


def test_who_writes_of_danger_reads_where_to_call(client: Client, reception: Reception) -> None:
    question = ask(reception, FIRE)
    page = client.get(f"/en/q/{secret_of(question)}/").content.decode()
    assert "call 112 / 102." in page
    calm = ask(reception, ROAD)
    assert "call 112" not in client.get(f"/en/q/{secret_of(calm)}/").content.decode()
