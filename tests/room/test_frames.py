"""The room as a live screen: the law for every action, nothing private in a frame, constant cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import DjangoAssertNumQueries

from streams.common import clock
from streams.control import actions as control
from streams.control.models import ControlRecord
from streams.live import frames
from streams.people.actors import ASKER
from streams.questions import actions, claims, marks, votes
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Reception
from streams.receptions.rules import Kind
from streams.room.frames import SCREEN, _slim
from tests.cast import Cast, ask, make_move, make_reception
from tests.law import assert_screen_law

pytestmark = pytest.mark.django_db

Scene = Callable[[Callable[[], object]], None]


@pytest.fixture
def law(reception: Reception) -> Scene:
    def holds(action: Callable[[], object]) -> None:
        url = f"/ru/receptions/{reception.no}/"
        assert_screen_law(Client(), url, "room", reception, action, language="ru")

    return holds


@pytest.fixture
def question(reception: Reception) -> Question:
    return ask(reception, name="Асель Тестова", district="KOL")


def escalate(question: Question, cast: Cast) -> ControlRecord:
    question.refresh_from_db()
    return control.escalate(
        question.pk,
        promise="Разберёмся.",
        promised_by="Серік Омаров",
        owner_name="Отдел дорог",
        due_on=clock.now().date() + timedelta(days=10),
        by=cast.by,
        expect=question.version,
        now=clock.now(),
    )


def test_a_new_question_comes_as_a_number(law: Scene, reception: Reception) -> None:
    law(lambda: ask(reception, "Ещё один?"))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_cards_of_what_only_came_in_are_those_of_the_template(
    reception: Reception, cast: Cast, language: str
) -> None:
    """They are cast in a mould: the page of a question alone is not."""
    numbers = frozenset(ask(reception).number for _ in range(3))
    reopened = ask(reception)
    make_move(reopened, Move.ANSWER_TEXT, cast.by)
    make_move(reopened, Move.REOPEN, cast.by)
    cards = SCREEN.read(reception.pk, numbers | {reopened.number}).cards[1:]
    with translation.override(language):
        for card in cards:
            html = render_to_string("parts/room_question.html", {"shown": card.data})
            assert SCREEN.html(card) == _slim(html)
    assert len(cards) == 4


@pytest.mark.parametrize(
    "moves",
    [
        [Move.APPROVE],
        [Move.QUEUE],
        [Move.QUEUE, Move.UNQUEUE],
        [Move.APPROVE, Move.PUT_ON_AIR],
        [Move.APPROVE, Move.PUT_ON_AIR, Move.BACK_TO_QUEUE],
        [Move.ANSWER_LIVE],
        [Move.ANSWER_TEXT],
        [Move.ANSWER_TEXT, Move.REOPEN],
        [Move.FORWARD],
        [Move.PROPOSE_DECLINE],
        [Move.PROPOSE_DECLINE, Move.REFUSE_DECLINE],
        [Move.SET_ASIDE],
    ],
    ids=lambda moves: " ".join(moves),
)
def test_the_law_holds_for_every_move(
    law: Scene, question: Question, cast: Cast, moves: list[Move]
) -> None:
    *before, last = moves
    for move in before:
        make_move(question, move, cast.by)
    law(lambda: make_move(question, last, cast.by))


def test_the_law_holds_for_a_decline_by_two(law: Scene, question: Question, cast: Cast) -> None:
    make_move(question, Move.PROPOSE_DECLINE, cast.by)
    law(lambda: make_move(question, Move.DECLINE, cast.by_second))


def test_the_law_holds_for_a_withdrawal(law: Scene, question: Question, cast: Cast) -> None:
    make_move(question, Move.APPROVE, cast.by)
    law(lambda: make_move(question, Move.WITHDRAW, ASKER))


def test_merging_and_taking_it_back_change_both_cards(
    law: Scene, reception: Reception, question: Question, cast: Cast
) -> None:
    target = make_move(ask(reception, "Тот же вопрос?"), Move.APPROVE, cast.by)
    law(lambda: make_move(question, Move.MERGE, cast.by, target=target.number))
    question.refresh_from_db()
    law(lambda: actions.undo(question.pk, by=cast.by, expect=question.version, now=clock.now()))
    make_move(question, Move.MERGE, cast.by, target=target.number)
    law(lambda: make_move(question, Move.REOPEN, cast.by))


def test_the_law_holds_for_an_undo(law: Scene, question: Question, cast: Cast) -> None:
    question = make_move(question, Move.ANSWER_TEXT, cast.by)
    law(lambda: actions.undo(question.pk, by=cast.by, expect=question.version, now=clock.now()))


def test_the_law_holds_for_a_carried_question_here_and_there(
    law: Scene, reception: Reception, question: Question, cast: Cast
) -> None:
    coming = receptions.schedule(
        cast.district,
        Kind.WEDNESDAY,
        starts_at=clock.now() + timedelta(days=7),
        intake_from=clock.now(),
        host_name="Серік Омаров",
        by=cast.by,
        now=clock.now(),
    )
    make_move(question, Move.APPROVE, cast.by)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    second = ask_before_end(coming)

    def carry() -> None:
        make_move(question, Move.CARRY_OVER, cast.by, reception=coming.no)

    law(carry)
    assert second.number == 1
    url = f"/ru/receptions/{coming.no}/"
    make_move(second, Move.APPROVE, cast.by)
    assert_screen_law(Client(), url, "room", coming, lambda: ask(coming, "Третий?"))


def ask_before_end(reception: Reception) -> Question:
    return ask(reception, "Первый из следующего приёма?")


def test_the_law_holds_on_the_whole_way_of_a_promise(
    law: Scene, question: Question, cast: Cast
) -> None:
    records: list[ControlRecord] = []
    law(lambda: records.append(escalate(question, cast)))
    chief = cast.by_chief
    law(
        lambda: control.assign(
            records[0].pk,
            executor_name="И. Ким",
            instruction="Проверить",
            by=chief,
            now=clock.now(),
        )
    )
    law(
        lambda: control.answer(
            records[0].pk, text="Сделано.", language="ru", by=chief, now=clock.now()
        )
    )
    law(lambda: control.remove(records[0].pk, result="done", by=chief, now=clock.now()))


def test_the_law_holds_for_a_promise_taken_back(law: Scene, question: Question, cast: Cast) -> None:
    escalate(question, cast)
    question.refresh_from_db()
    law(
        lambda: control.take_back(question.pk, by=cast.by, expect=question.version, now=clock.now())
    )


def test_the_law_holds_for_the_texts(law: Scene, question: Question, cast: Cast) -> None:
    question = make_move(question, Move.APPROVE, cast.by)
    law(
        lambda: marks.edit_text(
            question.pk, "Скрыто", by=cast.by, expect=question.version, now=clock.now()
        )
    )
    law(lambda: marks.set_tags(question.pk, ["roads"], by=cast.by, now=clock.now()))
    make_move(question, Move.ANSWER_LIVE, cast.by, text="")
    law(lambda: marks.record_said(question.pk, "Сказано.", by=cast.by, now=clock.now()))


@pytest.mark.parametrize("steps", [["pause"], ["pause", "resume"], ["end"]], ids=" ".join)
def test_the_law_holds_for_the_broadcast(
    law: Scene, reception: Reception, question: Question, cast: Cast, steps: list[str]
) -> None:
    *before, last = steps
    for step in before:
        getattr(receptions, step)(reception.pk, by=cast.by, now=clock.now())
    law(lambda: getattr(receptions, last)(reception.pk, by=cast.by, now=clock.now()))


def test_the_law_holds_for_going_live(cast: Cast) -> None:
    reception = make_reception(cast, live=False)
    ask(reception)
    url = f"/ru/receptions/{reception.no}/"
    assert_screen_law(
        Client(),
        url,
        "room",
        reception,
        lambda: receptions.go_live(reception.pk, by=cast.by, now=clock.now()),
    )


def test_the_law_holds_beyond_the_window(law: Scene, reception: Reception, cast: Cast) -> None:
    oldest = ask(reception, "Самый первый?")
    for n in range(100):
        ask(reception, f"Вопрос {n}?")
    law(lambda: make_move(oldest, Move.ANSWER_TEXT, cast.by))
    law(lambda: ask(reception, "Ещё один?"))


def test_a_frame_tells_nothing_that_is_not_public(reception: Reception, cast: Cast) -> None:
    hidden = ask(reception, "Секретный текст", name="Тайна Тайнова", contact="+7 701 000 00 00")
    public = ask(reception, "Открытый текст", name="Асель Тестова")
    make_move(public, Move.APPROVE, cast.by)
    make_move(hidden, Move.PROPOSE_DECLINE, cast.by, text="Причина для коллеги")
    claims.claim(public.pk, by=cast.by, now=clock.now())
    for language in ("kk", "ru", "en"):
        whole = json.dumps(
            frames.frame(SCREEN, SCREEN.read(reception.pk, None), language), ensure_ascii=False
        )
        for secret in (
            "Секретный",
            "Тайна",
            "000 00 00",
            "Тестова",
            "Причина для коллеги",
            str(cast.moderator),
            "csrfmiddlewaretoken",
        ):
            assert secret not in whole, (language, secret)
        assert "Открытый текст" in whole
        assert "Асель" in whole


def test_votes_travel_beside_the_journal(
    reception: Reception, question: Question, cast: Cast
) -> None:
    make_move(question, Move.APPROVE, cast.by)
    assert SCREEN.side(reception.pk) == {"votes": {}}
    votes.vote_many(reception.pk, [(question.number, "a"), (question.number, "b")])
    assert SCREEN.side(reception.pk) == {"votes": {question.number: 2}}
    make_move(question, Move.ANSWER_TEXT, cast.by)
    assert SCREEN.side(reception.pk) == {"votes": {}}


def test_one_question_and_three_cost_the_same_reads(
    reception: Reception, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    numbers = set()
    for n in range(3):
        question = make_move(ask(reception, f"Вопрос {n}?"), Move.ANSWER_TEXT, cast.by)
        numbers.add(question.number)
        with django_assert_num_queries(5):
            SCREEN.read(reception.pk, frozenset(numbers))


def test_a_frame_keeps_the_lines_of_a_text_and_drops_those_of_the_template(
    reception: Reception, cast: Cast
) -> None:
    question = ask(reception, "Первая строка\nвторая\n\nтретья")
    make_move(question, Move.ANSWER_TEXT, cast.by, text="Да.\nИ ещё.\n\n\nНет.", language="ru")
    card = next(card for card in SCREEN.read(reception.pk, None).cards if card.id)
    html = SCREEN.html(card)
    assert "<bdi>Первая строка\nвторая\n\nтретья</bdi>" in html
    assert "<bdi>Да.\nИ ещё.\n\n\nНет.</bdi>" in html
    assert "\n " not in html
