""" "My question": the way of each outcome in plain words, a receipt that proves, a way to withdraw."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from streams.common import clock
from streams.control import actions as control
from streams.questions import actions, marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions import journal
from streams.receptions.models import Entry, Reception
from streams.receptions.rules import Kind
from tests.cast import Cast, ask, make_move, secret_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(reception: Reception) -> Question:
    return ask(reception, "Когда починят дорогу?", name="Асель", contact="+7 701 000 00 00")


def address(question: Question, path: str = "", language: str = "en") -> str:
    return f"/{language}/q/{secret_of(question)}/{path}"


def page(question: Question, language: str = "en") -> str:
    response = Client().get(address(question, language=language))
    assert response.status_code == 200
    return str(response.content.decode())


def chapters(question: Question) -> list[tuple[str, str]]:
    """The timeline as state and words."""
    found = re.findall(r'<li\s+data-state="(\w+)"[^>]*>(.*?)</li>', page(question), flags=re.DOTALL)
    return [(state, _words(html)) for state, html in found]


def _words(html: str) -> str:
    without_time = re.sub(r"<time.*?</time>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", without_time)).strip()


def coming(cast: Cast) -> Reception:
    return receptions.schedule(
        cast.district,
        Kind.WEDNESDAY,
        starts_at=clock.now() + timedelta(days=7),
        intake_from=clock.now(),
        host_name="Серік Омаров",
        by=cast.by,
        now=clock.now(),
    )


# --- What the page tells -------------------------------------------------------------------------


def test_a_new_question_sees_the_road_ahead(question: Question) -> None:
    assert chapters(question) == [
        ("now", "Received"),
        # Who can't see the marks hears that it has not happened.
        ("later", "Approved by a moderator (still to come)"),
        ("later", "Read on air (still to come)"),
        ("later", "Answered (still to come)"),
    ]


def test_the_way_to_an_answer_on_air(question: Question, cast: Cast) -> None:
    for move in (Move.APPROVE, Move.QUEUE, Move.PUT_ON_AIR):
        make_move(question, move, cast.by)
    assert "Your question is on air now." in page(question)
    make_move(question, Move.ANSWER_LIVE, cast.by, time_code_s=754, text="Ремонт в мае.")
    assert chapters(question) == [
        ("done", "Received"),
        ("done", "Approved: the text is public"),
        ("done", "In the queue for the air"),
        ("done", "On air: the question is being read"),
        ("now", "Answered on air"),
    ]
    shown = page(question)
    assert "Ремонт в мае." in shown
    assert "0:12:34" in shown


def test_an_answer_in_text_stands_on_the_page(question: Question, cast: Cast) -> None:
    make_move(question, Move.ANSWER_TEXT, cast.by, text="Первая строка.\nВторая.", language="ru")
    assert chapters(question)[-1] == ("now", "Answered in text")
    assert "Первая строка.\nВторая." in page(question)


def test_a_promise_has_a_number_and_a_date(question: Question, cast: Cast) -> None:
    due_on = clock.now().date() + timedelta(days=10)
    record = control.escalate(
        question.pk,
        promise="Разберёмся.",
        promised_by="Серік Омаров",
        owner_name="Отдел дорог",
        due_on=due_on,
        by=cast.by,
        expect=question.version,
        now=clock.now(),
    )
    assert chapters(question)[-1] == ("now", f"Taken on personal control: {record.number}")
    assert f"{due_on:%Y}" in page(question)
    assert record.number in page(question)
    now, chief = clock.now(), cast.by_chief
    control.assign(record.pk, executor_name="И. Ким", instruction="Осмотреть", by=chief, now=now)
    assert "Осмотреть" not in page(question)
    control.answer(record.pk, text="Дорогу починили.", language="ru", by=chief, now=now)
    assert chapters(question)[-1] == ("now", "Answered from personal control")
    assert "Дорогу починили." in page(question)


def test_a_decline_names_its_reason(question: Question, cast: Cast) -> None:
    make_move(question, Move.PROPOSE_DECLINE, cast.by)
    assert chapters(question)[0] == ("now", "Received")
    make_move(question, Move.DECLINE, cast.by_second)
    assert chapters(question)[-1] == ("now", "Not accepted: No facts that could be checked")
    assert "Нет сведений, которые можно проверить." in page(question)


def test_what_was_no_question_hears_it_politely(question: Question, cast: Cast) -> None:
    make_move(question, Move.SET_ASIDE, cast.by)
    assert chapters(question)[-1][1] == "Set aside: not taken as a question: Greeting or thanks"


def test_forwarded_names_the_body(question: Question, cast: Cast) -> None:
    make_move(question, Move.FORWARD, cast.by)
    assert "Акимат района" in page(question)


def test_a_merged_question_gets_the_others_answer(
    question: Question, reception: Reception, cast: Cast
) -> None:
    target = ask(reception, "Дорога на Мира?")
    make_move(question, Move.MERGE, cast.by, target=target.number)
    assert "Дорога на Мира?" not in page(question)
    before = re.search(r'data-version="(\d+)"', page(question))
    make_move(target, Move.ANSWER_TEXT, cast.by, text="Ответ для всех.")
    shown = page(question)
    after = re.search(r'data-version="(\d+)"', shown)
    assert "Дорога на Мира?" in shown
    assert "Ответ для всех." in shown
    assert before
    assert after
    assert int(before.group(1)) < int(after.group(1))
    assert chapters(question)[-1] == (
        "now",
        "Joined with the same question of another person: № 2",
    )


def test_a_carried_question_is_followed_by_its_link(
    question: Question, reception: Reception, cast: Cast
) -> None:
    later = coming(cast)
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    make_move(question, Move.CARRY_OVER, cast.by, reception=later.no)
    child = Question.objects.get(carried_from=question)
    assert f'href="{address(child)}"' in page(question)
    assert chapters(child)[0] == ("now", "Received from an earlier reception")
    assert "Когда починят дорогу?" in page(child)


def test_what_was_taken_back_is_told_too(question: Question, cast: Cast) -> None:
    moved = make_move(question, Move.ANSWER_TEXT, cast.by)
    actions.undo(question.pk, by=cast.by, expect=moved.version, now=clock.now())
    assert [words for _state, words in chapters(question)][:3] == [
        "Received",
        "Answered in text",
        "The last decision was taken back",
    ]
    assert "Ремонт запланирован на май." not in page(question)


def test_the_asker_sees_their_own_words_and_the_public_ones(question: Question, cast: Cast) -> None:
    moved = make_move(question, Move.APPROVE, cast.by)
    marks.edit_text(
        question.pk, "Когда починят […]?", by=cast.by, expect=moved.version, now=clock.now()
    )
    shown = page(question)
    assert "Когда починят дорогу?" in shown
    assert "Когда починят […]?" in shown
    assert "+7 701" not in shown


def test_markup_in_the_question_is_text(reception: Reception) -> None:
    shown = page(ask(reception, "<script>alert(1)</script> {{ 7 }}"))
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 }}</bdi>" in shown


def test_a_longer_story_costs_no_more_queries(
    question: Question, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    make_move(question, Move.APPROVE, cast.by)
    with django_assert_num_queries(5):
        client.get(address(question))
    make_move(question, Move.PUT_ON_AIR, cast.by)
    make_move(question, Move.ANSWER_LIVE, cast.by)
    with django_assert_num_queries(5):
        client.get(address(question))


# --- The door ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "withdraw/", "receipt/"])
def test_an_unknown_secret_opens_nothing(question: Question, path: str) -> None:
    for secret in ("A" * 24, "a" * 23, secret_of(question)[:-1] + "=", "../" * 8):
        assert Client().get(f"/en/q/{secret}/{path}").status_code == 404
    assert Client().post(f"/en/q/{'A' * 24}/withdraw/").status_code == 404


@pytest.mark.parametrize("path", ["", "withdraw/", "receipt/"])
def test_the_page_is_for_one_pair_of_eyes(question: Question, path: str) -> None:
    headers = Client().get(address(question, path)).headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Referrer-Policy"] == ("same-origin" if path == "withdraw/" else "no-referrer")


def test_the_secret_is_nowhere_else(question: Question, reception: Reception, cast: Cast) -> None:
    make_move(question, Move.APPROVE, cast.by)
    secret = secret_of(question)
    for url in (
        reverse("reception", args=[reception.no]),
        reverse("ledger", args=[reception.no]),
        reverse("question", args=[question.public_no]),
    ):
        assert secret not in Client().get(url).content.decode(), url
    published = [journal.public(entry) for entry in Entry.objects.filter(reception=reception)]
    assert secret not in json.dumps(published)


# --- The receipt ---------------------------------------------------------------------------------


def test_the_receipt_proves_the_question(question: Question, reception: Reception) -> None:
    response = Client().get(address(question, "receipt/"))
    receipt = json.loads(response.content)
    entry = Entry.objects.get(reception=reception, seq=receipt["seq"])
    assert "attachment" in response.headers["Content-Disposition"]
    assert question.public_no in response.headers["Content-Disposition"]
    digest = hmac.new(
        bytes.fromhex(receipt["key"]), receipt["text"].encode(), hashlib.sha256
    ).hexdigest()
    assert digest == receipt["digest"] == journal.public(entry)["data"]["text"]
    assert receipt["hash"] == entry.hash
    assert receipt["link"] == f"http://testserver{address(question)}"
    assert "HMAC-SHA256" in receipt["how_to_check"]
    assert "701" not in receipt["text"] + receipt["how_to_check"]


# --- Withdrawing ---------------------------------------------------------------------------------


def withdraw(question: Question, version: object = None) -> Any:
    fields = {"version": question.version if version is None else version}
    return Client().post(address(question, "withdraw/"), fields)


def test_the_asker_may_withdraw_after_being_asked_once_more(question: Question) -> None:
    assert address(question, "withdraw/") in page(question)
    asked = Client().get(address(question, "withdraw/"))
    assert asked.status_code == 200
    assert f'name="version" value="{question.version}"' in asked.content.decode()
    response = withdraw(question)
    assert (response.status_code, response.headers["Location"]) == (303, address(question))
    question.refresh_from_db()
    assert (question.outcome, question.is_public) == ("withdrawn", False)
    assert chapters(question)[-1] == ("now", "Withdrawn by you")
    assert address(question, "withdraw/") not in page(question)


def test_what_moved_on_meanwhile_is_not_withdrawn(question: Question, cast: Cast) -> None:
    seen = question.version
    make_move(question, Move.APPROVE, cast.by)
    response = withdraw(question, seen)
    assert response.status_code == 409
    assert "was not withdrawn" in response.content.decode()
    question.refresh_from_db()
    assert question.status == "approved"


def test_what_is_closed_stays_closed(question: Question, cast: Cast) -> None:
    answered = make_move(question, Move.ANSWER_TEXT, cast.by)
    assert address(question, "withdraw/") not in page(question)
    assert Client().get(address(question, "withdraw/")).status_code == 303
    assert withdraw(question, answered.version).status_code == 409
    question.refresh_from_db()
    assert question.outcome == "answered_text"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "\x00", "٣"])
def test_a_version_of_nonsense_withdraws_nothing(question: Question, version: str) -> None:
    assert withdraw(question, version).status_code == 409
    question.refresh_from_db()
    assert question.status == "new"


def test_withdrawing_twice_is_once(question: Question) -> None:
    assert [withdraw(question).status_code for _ in "12"] == [303, 303]
    assert Entry.objects.filter(question_number=question.number, kind="withdraw").count() == 1


def test_a_withdrawal_from_elsewhere_is_refused(question: Question) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address(question, "withdraw/"), {"version": 1}).status_code == 403
