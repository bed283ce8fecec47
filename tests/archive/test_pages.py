"""Home and the archive: what they say, in which language, with how many queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from streams.archive import queries
from streams.common import clock
from streams.questions import marks
from streams.questions.rules import Move
from streams.receptions.models import Reception
from tests.archive.reading import page_of, text_of
from tests.cast import Cast, ask, make_move, make_reception
from tests.receptions.ledgers import full_reception

pytestmark = pytest.mark.django_db


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
