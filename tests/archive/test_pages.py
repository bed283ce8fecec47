"""The public pages of the archive: what they say, in which language, with how many queries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from streams.archive import queries
from streams.common import clock
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as reception_actions
from streams.receptions.models import Reception
from tests.cast import ASKER, Cast, ask, make_move, make_reception
from tests.receptions.ledgers import full_reception, promise

pytestmark = pytest.mark.django_db


def text_of(
    client: Client, url: str, status: int = 200, query: dict[str, str] | None = None
) -> str:
    response = client.get(url, query or {})
    assert response.status_code == status, url
    return " ".join(response.content.decode().split())


def page_of(client: Client, question: Question, status: int = 200, language: str = "en") -> str:
    return text_of(client, f"/{language}/questions/{question.public_no}/", status)


# --- Home ---------------------------------------------------------------------------------------


def test_home_is_calm_before_anything_happened(client: Client) -> None:
    text = text_of(client, "/en/")
    assert "Every question gets an answer" in text
    assert "No reception is planned yet" in text
    assert "No answers yet" in text


def test_home_shows_what_is_on_air_what_comes_and_what_was_answered(
    client: Client, cast: Cast, reception: Reception
) -> None:
    coming = make_reception(cast, live=False)
    make_move(ask(reception, "Где поставят светофор?"), Move.ANSWER_LIVE, cast.by)
    text = text_of(client, "/en/")
    assert "On air now" in text
    assert f"/en/receptions/{reception.no}/" in text
    assert f"/en/receptions/{coming.no}/" in text
    assert "Где поставят светофор?" in text
    assert "Ремонт начнётся в мае." in text


def test_totals_of_all_receptions_count_a_carried_question_once(client: Client, cast: Cast) -> None:
    full_reception(cast)
    totals = queries.totals()
    assert totals.adds_up
    # 12 came in, 1 of them no question; 2 were carried over and wait in the next reception.
    assert (totals.captured, totals.received, totals.not_questions) == (12, 11, 1)
    assert totals.buckets["carried_over"] == 0
    assert totals.waiting == 2
    assert "It adds up" in text_of(client, "/en/")


def test_addresses_without_a_language_lead_to_the_reader_s_own(client: Client) -> None:
    for path in ("/", "/archive/?q=шу"):
        response = client.get(path, headers={"accept-language": "kk"})
        assert response.status_code == 302
        assert response["Location"].startswith("/kk/")


# --- Archive ------------------------------------------------------------------------------------


def test_the_story_of_a_question_names_its_tags_in_the_readers_language(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = ask(reception)
    marks.set_tags(question.pk, ["roads"], by=cast.by, now=clock.now())
    answered = make_move(question, Move.ANSWER_LIVE, cast.by)
    for language, name in (("kk", "Жолдар"), ("ru", "Дороги")):
        assert f'<span class="muted">{name}</span>' in page_of(client, answered, language=language)


def test_archive_narrows_by_unit_outcome_language_year_and_tag(client: Client, cast: Cast) -> None:
    here, there = make_reception(cast), make_reception(cast, unit=cast.neighbour)
    make_move(ask(here, "Яма на дороге у школы"), Move.ANSWER_LIVE, cast.by)
    make_move(ask(there, "Шу туралы өтініш, көмектесіңіз"), Move.APPROVE, cast.by)
    archive = "/en/archive/"
    assert "2 questions" in text_of(client, archive)
    assert "2 questions" in text_of(client, archive, query={"unit": cast.region.code})
    for query, wanted, other in (
        ({"unit": cast.district.code}, "Яма", "Шу туралы"),
        ({"unit": cast.neighbour.code}, "Шу туралы", "Яма"),
        ({"outcome": "answered_live"}, "Яма", "Шу туралы"),
        ({"outcome": "waiting"}, "Шу туралы", "Яма"),
        ({"language": "kk"}, "Шу туралы", "Яма"),
        ({"q": "яма", "language": "ru"}, "<mark>Яма</mark>", "Шу туралы"),
    ):
        text = text_of(client, archive, query=query)
        assert "1 question<" in text.replace(" </h2>", "<").replace(" <", "<"), query
        assert wanted in text
        assert other not in text
    assert "Nothing found" in text_of(client, archive, query={"year": "1999"})
    assert "Nothing found" in text_of(client, archive, query={"tag": "roads"})


@pytest.mark.parametrize(
    "query",
    [
        {"unit": "'; --"}, {"unit": "_%"}, {"outcome": "all"}, {"language": "xx"}, {"year": "20"}, {"tag": "<b>"},
        {"page": "-1"}, {"page": "99999999999"}, {"page": "x"}, {"page": "²"}, {"q": "дом", "page": "7"}, {"sort": "x"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_left_out(
    client: Client, cast: Cast, reception: Reception, query: dict[str, str]
) -> None:
    make_move(ask(reception, "Тёмный дом"), Move.APPROVE, cast.by)
    assert "Тёмный" in text_of(client, "/ru/archive/", query=query)


def test_found_pages_are_not_for_search_engines(
    client: Client, cast: Cast, reception: Reception
) -> None:
    assert "noindex" not in text_of(client, "/ru/archive/")
    assert 'content="noindex, follow"' in text_of(client, "/ru/archive/", query={"q": "дом"})
    assert 'content="noindex, follow"' in text_of(client, "/ru/archive/", query={"language": "kk"})


def test_nothing_found_says_what_to_try(client: Client, cast: Cast, reception: Reception) -> None:
    make_move(ask(reception), Move.APPROVE, cast.by)
    assert "Take fewer or shorter words" in text_of(client, "/en/archive/", query={"q": "бегемот"})


def test_number_typed_into_the_search_leads_there(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = ask(reception)
    for raw in (question.public_no, f"№ {question.public_no}", f"#{question.public_no}"):
        assert f'href="/en/questions/{question.public_no}/"' in text_of(
            client, "/en/archive/", query={"q": raw}
        )
    assert f'href="/en/receptions/{reception.no}/"' in text_of(
        client, "/en/archive/", query={"q": reception.no}
    )


def test_pages_of_results_keep_the_query(client: Client, cast: Cast, reception: Reception) -> None:
    for _ in range(21):
        make_move(ask(reception, "Дорога и дорога"), Move.APPROVE, cast.by)
    text = text_of(client, "/en/archive/", query={"q": "дорога"})
    assert "Page 1 of 2" in text
    assert re.search(r'rel="next"\s+href="\?q=[^"]+&amp;page=2"', text) or re.search(
        r'href="\?q=[^"]+&amp;page=2"', text
    )
    assert (
        text_of(client, "/en/archive/", query={"q": "дорога", "page": "2"}).count(
            '<article class="result"'
        )
        == 1
    )


# --- One question -------------------------------------------------------------------------------


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


# --- How many queries ---------------------------------------------------------------------------

ADDRESSES = [
    "/ru/",
    "/ru/archive/",
    "/ru/archive/?q=дорогу",
    "/ru/archive/?unit=TAU",
    "/ru/receptions/{no}/ledger/",
]


def _fill(cast: Cast, reception: Reception, rows: int) -> None:
    for number in range(rows):
        question = ask(reception, f"Дорогу номер {number} починят?")
        make_move(question, Move.ANSWER_LIVE, cast.by)
    make_reception(cast)
    make_reception(cast, live=False)


@pytest.mark.parametrize("address", ADDRESSES)
def test_queries_do_not_grow_with_rows(
    client: Client, cast: Cast, reception: Reception, address: str, django_assert_num_queries: Any
) -> None:
    count = _counter(client, address.format(no=reception.no))
    _fill(cast, reception, 1)
    first = count()
    _fill(cast, reception, 3)
    assert count() == first


def test_queries_of_a_question_do_not_grow_with_its_story(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = make_move(ask(reception), Move.APPROVE, cast.by)
    make_move(ask(reception), Move.MERGE, cast.by, target=question.number)
    count = _counter(client, f"/ru/questions/{question.public_no}/")
    first = count()
    for _ in range(3):
        make_move(question, Move.QUEUE, cast.by)
        make_move(question, Move.UNQUEUE, cast.by)
        make_move(ask(reception), Move.MERGE, cast.by, target=question.number)
    assert count() == first


def _counter(client: Client, address: str) -> Callable[[], int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count
