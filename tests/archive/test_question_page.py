"""The permanent page of one question: its words, its answer, its story, and what it must not say."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from streams.common import clock
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as reception_actions
from streams.receptions.models import Reception
from tests.archive.reading import page_of, text_of
from tests.cast import ASKER, Cast, ask, make_move, make_reception
from tests.receptions.ledgers import full_reception, promise

pytestmark = pytest.mark.django_db


def test_answered_question_shows_words_answer_and_story(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception, "Где поставят светофор?"), Move.ANSWER_LIVE, cast.by)
    text = page_of(client, question)
    for part in (
        "Где поставят светофор?",
        "Ремонт начнётся в мае.",
        "Answer on air",
        "0:12:34",
        cast.chief.full_name,
    ):
        assert part in text
    assert cast.moderator.full_name not in text
    assert 'lang="ru"' in text
    assert (
        f'<link rel="canonical" href="http://testserver/en/questions/{question.public_no}/">'
        in text
    )
    for language in ("kk", "ru", "en"):
        address = f"http://testserver/{language}/questions/{question.public_no}/"
        assert f'hreflang="{language}" href="{address}"' in text


def test_words_after_the_number_are_decoration(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception), Move.APPROVE, cast.by)
    address = f"/ru/questions/{question.public_no}/"
    for decorated in (
        f"{address}kogda-pochinyat/",
        address.replace(question.public_no, f"{reception.no}-00{question.number}"),
    ):
        response = client.get(decorated)
        assert (response.status_code, response["Location"]) == (301, address)


@pytest.mark.parametrize("no", ["2020-0001-1", "2026-9999-1", "0000-0000-0", "2026-0001-999999999"])
def test_number_never_dealt_has_no_page(client: Client, no: str) -> None:
    text_of(client, f"/ru/questions/{no}/", 404)
    text_of(client, f"/ru/questions/{no}/x/", 404)


@pytest.mark.parametrize(
    "path",
    [
        "/ru/questions/x/",
        "/ru/questions/2026-0001-9999999999/",
        "/ru/questions/٢٠٢٦-0001-1/",
        "/ru/questions/",
    ],
)
def test_what_is_no_number_has_no_page(client: Client, path: str) -> None:
    text_of(client, path, 404)


def test_question_not_public_names_number_state_and_reason_without_text(
    client: Client, cast: Cast, reception: Reception
) -> None:
    new = ask(reception, "Секретные слова")
    aside = make_move(ask(reception, "Секретные слова"), Move.SET_ASIDE, cast.by)
    merged = make_move(ask(reception, "Секретные слова"), Move.MERGE, cast.by, target=new.number)
    for question, phrase in (
        (new, "with the moderators"),
        (aside, "Reason: Greeting or thanks"),
        (merged, f"/en/questions/{new.public_no}/"),
    ):
        text = page_of(client, question)
        assert question.public_no in text
        assert phrase in text
        assert "Секретные" not in text
        assert 'content="noindex"' in text


def test_withdrawn_question_is_gone_but_its_number_is_not(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception, "Секретные слова"), Move.APPROVE, cast.by)
    make_move(question, Move.WITHDRAW, ASKER)
    text = page_of(client, question, status=410)
    assert question.public_no in text
    assert "took this question back" in text
    assert "Секретные" not in text


def test_question_of_cancelled_reception_is_not_public(client: Client, cast: Cast) -> None:
    reception = make_reception(cast, live=False)
    question = make_move(ask(reception, "Секретные слова"), Move.APPROVE, cast.by)
    reception_actions.cancel(reception.pk, by=cast.by, now=clock.now())
    assert "Секретные" not in page_of(client, question)
    assert "Секретные" not in text_of(client, "/en/archive/")
    assert "Секретные" not in text_of(client, "/en/archive/", query={"q": "секретные"})


def test_promise_is_quoted_with_its_day(client: Client, cast: Cast, reception: Reception) -> None:
    question = ask(reception)
    promise(cast, question)
    text = page_of(client, question)
    for part in ("Починим до зимы", "TAU-", "Отдел дорог", "Due"):
        assert part in text


def test_merged_question_shows_the_answer_it_shares(
    client: Client, cast: Cast, reception: Reception
) -> None:
    target, same = ask(reception, "Где светофор?"), ask(reception, "Когда светофор?")
    make_move(same, Move.APPROVE, cast.by)
    make_move(same, Move.MERGE, cast.by, target=target.number)
    make_move(target, Move.ANSWER_TEXT, cast.by)
    text = page_of(client, same)
    assert "Когда светофор?" in text
    assert "Где светофор?" in text
    assert "Ремонт запланирован на май." in text
    assert same.public_no in page_of(client, target)


def test_carried_question_leads_on_and_back(client: Client, cast: Cast) -> None:
    reception = full_reception(cast)
    carried = Question.objects.get(reception=reception, number=9)
    assert f"/en/questions/{carried.carried_to.public_no}/" in page_of(client, carried)
    assert f"/en/questions/{carried.public_no}/" in page_of(client, carried.carried_to)


def test_question_for_machines_names_no_person(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = ask(reception, "</script><script>alert(1)</script> & дорога", name="Гульнара")
    make_move(question, Move.ANSWER_LIVE, cast.by)
    response = client.get(f"/ru/questions/{question.public_no}/")
    text = response.content.decode()
    found = re.search(
        r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', text, re.DOTALL
    )
    assert found is not None
    assert f"'nonce-{found[1]}'" in response["Content-Security-Policy"]
    data = json.loads(found[2])
    assert data["mainEntity"]["text"] == question.public_text
    assert data["mainEntity"]["acceptedAnswer"]["text"] == "Ремонт начнётся в мае."
    assert data["mainEntity"]["acceptedAnswer"]["author"]["@type"] == "GovernmentOrganization"
    assert "Гульнара" not in text
    assert cast.chief.full_name not in found[2]
    assert "<script>alert" not in text


def test_address_of_video_must_be_one(client: Client, cast: Cast, reception: Reception) -> None:
    question = make_move(ask(reception), Move.ANSWER_LIVE, cast.by)
    Reception.objects.filter(pk=reception.pk).update(video_url="javascript:alert(1)")
    assert "javascript:alert" not in page_of(client, question)
    Reception.objects.filter(pk=reception.pk).update(video_url="https://video.example/1")
    assert 'href="https://video.example/1"' in page_of(client, question)
