"""Like questions are found across spellings and languages, only where they may be; many become one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from streams.common import clock
from streams.questions import actions, commonness, marks, merging, similar, tagging
from streams.questions.models import Likeness, Question, Tag
from streams.questions.rules import Move, Outcome, Status
from streams.questions.terms import terms
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move, make_reception

pytestmark = pytest.mark.django_db

ROAD = "Когда отремонтируют дорогу на улице Ерубаева? Там большие ямы."
OTHERS = (
    "Почему участковый не приходит на вызовы?",
    "В школе №24 плохая еда в столовой.",
    "Не горит фонарь возле поликлиники.",
    "Автобус 32 опаздывает каждый день.",
    "Собаки бегают по двору, куда звонить?",
    "Как получить справку о несудимости?",
)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    commonness.forget()


def best(words: str, reception: Reception, language: str = "ru") -> list[int]:
    found = similar.ranked(
        words, within=Q(question__reception=reception), limit=3, language=language
    )
    numbers = dict(Question.objects.values_list("pk", "number"))
    return [numbers[pk] for pk, score in found if score >= similar.SHOWN_FROM]


@pytest.mark.parametrize(
    "words",
    [
        "когда отремонтируют дорогу на ул. Ерубаева, одни ямы",
        "Ерубаева улица, ямы на дороге. Ремонт будет?",
        "Ерубаев көшесіндегі жолды қашан жөндейсіздер? Шұңқырлар үлкен.",
        "Koгдa oтpeмoнтиpуют дopoгу нa улицe Epубaeвa?".replace("ремонт", "ремонт"),
        "Ерубаев кошесиндеги жолды кашан жондейсиздер? Шункырлар улкен.",
    ],
)
def test_the_same_in_other_words_letters_and_the_other_language(
    words: str, reception: Reception
) -> None:
    for text in (*OTHERS, ROAD):
        ask(reception, text)
    assert best(words, reception)[:1] == [len(OTHERS) + 1]


def test_what_is_not_alike_is_not_offered(reception: Reception) -> None:
    for text in (*OTHERS, ROAD):
        ask(reception, text)
    assert best("Можно ли парковаться у рынка по субботам?", reception) == []


def test_only_the_public_text_is_compared(cast: Cast, reception: Reception) -> None:
    """Who types a number must not learn that somebody's masked text held it."""
    question = ask(reception, "Мне угрожает 87011234567, что делать?")
    similar.catch_up()
    secret = terms("87011234567")
    assert secret <= set(Likeness.objects.get(question=question).terms)
    marks.edit_text(question.pk, "Мне угрожают, что делать?", by=cast.by, expect=1, now=clock.now())
    assert secret.isdisjoint(Likeness.objects.get(question=question).terms)


def test_askers_are_led_to_public_texts_only(cast: Cast, reception: Reception) -> None:
    hidden, shown, answered, other_open = (ask(reception, ROAD) for _ in range(4))
    earlier = make_reception(cast)
    elsewhere = ask(earlier, ROAD)
    make_move(elsewhere, Move.APPROVE, cast.by)
    make_move(shown, Move.APPROVE, cast.by)
    make_move(answered, Move.ANSWER_TEXT, cast.by)
    make_move(other_open, Move.MERGE, cast.by, target=shown.number)
    found = similar.to_asked(ROAD, reception_id=reception.pk, language="ru", limit=9)
    assert {like.question.pk for like in found} == {shown.pk, answered.pk}
    assert hidden.pk not in {like.question.pk for like in found}


def test_staff_see_their_reception_and_the_public_of_others(
    cast: Cast, reception: Reception
) -> None:
    question, hidden = ask(reception, ROAD), ask(reception, ROAD)
    earlier = make_reception(cast)
    private, public = ask(earlier, ROAD), ask(earlier, ROAD)
    make_move(public, Move.ANSWER_TEXT, cast.by)
    found = {like.question.pk for like in similar.to_question(question, limit=9)}
    assert found == {hidden.pk, public.pk}
    assert private.pk not in found


def test_new_ones_are_found_at_the_next_look(reception: Reception) -> None:
    ask(reception, ROAD)
    assert best(ROAD, reception) == [1]
    ask(reception, ROAD)
    assert best(ROAD, reception) == [1, 2]


def test_counts_from_before_the_first_question_hide_nothing(reception: Reception) -> None:
    assert commonness.now().rows == 0
    ask(reception, ROAD)
    assert best(ROAD, reception) == [1]


def test_many_become_one_and_many_again(cast: Cast, reception: Reception) -> None:
    target, *others = (ask(reception, ROAD) for _ in range(4))
    expect = {question.pk: question.version for question in others}
    merged = merging.merge_many(target, expect, by=cast.by, now=clock.now())
    assert [question.outcome for question in merged] == [Outcome.MERGED] * 3
    assert target.merged.count() == 3
    assert Entry.objects.filter(reception=reception, kind=Move.MERGE).count() == 3
    back = {question.pk: question.version for question in merged}
    parted = merging.undo_many(back, by=cast.by, now=clock.now())
    assert [question.status for question in parted] == [Status.NEW] * 3
    assert target.merged.count() == 0


def test_all_or_none_are_merged(cast: Cast, reception: Reception) -> None:
    target, one, two = (ask(reception, ROAD) for _ in range(3))
    make_move(two, Move.APPROVE, cast.by)
    expect = {one.pk: one.version, two.pk: two.version}
    with pytest.raises(actions.Stale):
        merging.merge_many(target, expect, by=cast.by, now=clock.now())
    one.refresh_from_db()
    assert one.status == Status.NEW


def test_tags_are_learned_from_tagged_questions(cast: Cast, reception: Reception) -> None:
    roads = Tag.objects.create(
        unit=cast.district, slug="roads-x", name_kk="Жолдар", name_ru="Дороги"
    )
    schools = Tag.objects.create(
        unit=cast.district, slug="schools-x", name_kk="Мектеп", name_ru="Школы"
    )
    for text, tag in (
        ("Дорога на Гоголя вся в ямах", roads),
        ("Когда ремонт дороги на Мира?", roads),
        ("В школе холодно", schools),
    ):
        marks.set_tags(ask(reception, text).pk, [tag.slug], by=cast.by, now=clock.now())
    fresh = ask(reception, "Жолды жөндеу қашан болады? Шұңқыр көп.")
    offered = tagging.suggest(fresh)
    assert offered[0].tag == roads
    marks.set_tags(fresh.pk, [roads.slug], by=cast.by, now=clock.now())
    assert tagging.suggest(Question.objects.get(pk=fresh.pk)) == []


# Five thousand questions of eighty terms each, as many of them common as in real ones.
_MANY = """
INSERT INTO streams_likeness (question_id, text_version, terms)
SELECT -n, 1, (SELECT array_agg((1 + 40000 * power(random(), 4))::int) FROM generate_series(1, 80) WHERE n = n)
FROM generate_series(1, 5000) AS n
"""


def test_a_look_right_after_many_came_in_reads_the_index() -> None:
    with connection.cursor() as cursor:
        # The questions themselves are not what this is about.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_MANY)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE streams_likeness")
    commonness.forget()
    with CaptureQueriesContext(connection) as asked:
        similar.ranked(ROAD, within=Q(), limit=6, language="ru")
    looked = next(q["sql"] for q in asked.captured_queries if '"terms" &&' in q["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {looked}")
        assert "likeness_terms" in str(cursor.fetchone())
