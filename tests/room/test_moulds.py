"""One rendering for all who open the page, and nothing in it of one that another gets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from streams.receptions.models import Reception
from streams.room import moulds
from tests.cast import Cast, ask

pytestmark = pytest.mark.django_db
OWN = {
    "token": r'name="csrfmiddlewaretoken" value="([^"]+)"',
    "nonce": r'nonce="([^"]+)"',
    "id": r'name="client_id"[^>]*value="([^"]+)"',
}


def page(client: Client, reception: Reception, **headers: str) -> Any:
    return client.get(f"/ru/receptions/{reception.no}/", headers=headers)


def own(response: Any) -> dict[str, set[str]]:
    text = response.content.decode()
    return {name: set(re.findall(pattern, text)) for name, pattern in OWN.items()}


def test_everybody_gets_what_is_theirs(reception: Reception) -> None:
    one, other = Client(), Client()
    first, second, again = (page(client, reception) for client in (one, other, one))
    for name in OWN:
        mine, theirs = own(first)[name], own(second)[name]
        assert len(mine) == len(theirs) == 1, name
        assert not mine & theirs, name
        assert own(again)[name] != mine, name
    assert "gap" not in first.content.decode().replace("gap:", "")
    assert one.cookies["viewer"].value != other.cookies["viewer"].value
    assert f"'nonce-{next(iter(own(first)['nonce']))}'" in first.headers["Content-Security-Policy"]
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_form_of_the_page_is_taken(reception: Reception) -> None:
    strict = Client(enforce_csrf_checks=True)
    other = Client(enforce_csrf_checks=True)
    mine, theirs = own(page(strict, reception)), own(page(other, reception))
    address = f"/ru/receptions/{reception.no}/ask/"
    sent = {"client_id": mine["id"].pop(), "text": "Когда починят мост?"}
    token = mine["token"].pop()
    assert strict.post(address, sent | {"csrfmiddlewaretoken": token}).status_code == 303
    refused = strict.post(address, sent | {"csrfmiddlewaretoken": theirs["token"].pop()})
    assert refused.status_code == 403


def test_it_is_rendered_once_and_again_when_the_journal_grew(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def counted(template: str, *args: Any) -> str:
        rendered.append(template)
        return render_to_string(template, *args)

    monkeypatch.setattr("streams.room.pages.render_to_string", counted)
    seqs = set()
    for _ in range(5):
        seqs.add(re.findall(r'data-seq="(\d+)"', page(Client(), reception).content.decode())[0])
    assert (len(rendered), len(seqs)) == (1, 1)
    ask(reception)
    seqs.add(re.findall(r'data-seq="(\d+)"', page(Client(), reception).content.decode())[0])
    assert (len(rendered), len(seqs)) == (2, 2)


def test_who_opens_it_next_costs_one_query(
    reception: Reception, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(Client(), reception)
    with django_assert_max_num_queries(1):
        page(Client(), reception)


def test_a_browser_that_has_the_page_is_told_so(reception: Reception) -> None:
    client = Client()
    etag = page(client, reception).headers["ETag"]
    etag = page(client, reception).headers["ETag"]
    same = page(client, reception, if_none_match=etag)
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == etag
    # Another browser has another token in its forms.
    assert page(Client(), reception, if_none_match=etag).status_code == 200
    ask(reception)
    assert page(client, reception, if_none_match=etag).status_code == 200


def test_staff_get_a_page_of_their_own(reception: Reception, cast: Cast) -> None:
    page(Client(), reception)
    staff = Client()
    staff.force_login(cast.moderator)
    response = page(staff, reception)
    assert str(cast.moderator) in response.content.decode()
    assert "ETag" not in response.headers
    assert str(cast.moderator) not in page(Client(), reception).content.decode()


def test_no_visitor_can_write_a_gap(reception: Reception) -> None:
    assert len(set(vars(moulds.gaps()).values())) == 3
    assert all(len(gap) > 40 for gap in vars(moulds.gaps()).values())
