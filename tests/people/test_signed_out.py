"""Whoever is signed out over a form, or opens the address of one, is not left with nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from streams.receptions.models import Reception
from tests.cast import Cast

pytestmark = pytest.mark.django_db

BY_HAND = {"accept": "text/html,*/*;q=0.8", "accept-language": "en", "origin": "http://testserver"}
WORDS = "Починили вчера, проверьте."


def test_what_was_written_comes_back_with_the_way_to_the_sign_in(cast: Cast) -> None:
    data = {"answer-text": WORDS, "answer-language": "ru", "password": "two words"}
    address = "/control/TAU-2026-0001/answer/"
    response = Client(headers=BY_HAND).post(address, data)
    html = response.content.decode()
    assert response.status_code == 403
    assert WORDS in html
    assert "two words" not in html
    assert f"/sign-in/?next={address}" in html
    assert "no-store" in response["Cache-Control"]


def test_a_form_that_was_open_too_long_gives_back_what_was_written(cast: Cast) -> None:
    strict = Client(headers=BY_HAND, enforce_csrf_checks=True)
    strict.force_login(cast.chief)
    response = strict.post("/control/TAU-2026-0001/answer/", {"answer-text": WORDS})
    assert (response.status_code, WORDS in response.content.decode()) == (403, True)
    # Another site does not put its words on our pages.
    headers = {"origin": "https://evil.example"}
    response = strict.post("/control/TAU-2026-0001/answer/", {"text": WORDS}, headers=headers)
    assert (response.status_code, WORDS in response.content.decode()) == (403, False)


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/control/TAU-2026-0001/answer/", "/control/TAU-2026-0001/"),
        ("/desk/{no}/questions/1/moves/", "/desk/{no}/questions/1/"),
        ("/desk/{no}/rail/next/", "/desk/{no}/"),
        ("/studio/{no}/move/", "/studio/{no}/"),
        ("/ru/receptions/{no}/ask/", "/ru/receptions/{no}/"),
        ("/wednesday/plan/cancel/{no}/", "/wednesday/plan/"),
        ("/sign-out/", "/"),
        ("/language/setlang/", "/"),
    ],
)
def test_the_address_of_a_form_leads_to_the_page_that_holds_it(
    cast: Cast, reception: Reception, form: str, page: str
) -> None:
    client = Client(headers=BY_HAND)
    client.force_login(cast.chief)
    response = client.get(form.format(no=reception.no))
    assert (response.status_code, response["Location"]) == (302, page.format(no=reception.no))


def test_a_program_is_told_that_the_address_takes_forms_only(reception: Reception) -> None:
    assert Client().get(f"/ru/receptions/{reception.no}/ask/").status_code == 405


@pytest.mark.parametrize(("language", "words"), [("kk", "немесе құпия сөз"), ("ru", "и пароль")])
def test_a_wrong_password_is_told_in_ones_own_language(
    cast: Cast, language: str, words: str
) -> None:
    data = {"username": cast.chief.username, "password": "wrong"}
    headers = {**BY_HAND, "accept-language": language}
    html = Client(headers=headers).post("/sign-in/", data).content.decode()
    assert words in html
    assert "Please" not in html


def test_everybody_changes_their_own_password(cast: Cast) -> None:
    cast.executor.set_password("the first one 1")
    cast.executor.save()
    client, elsewhere = Client(), Client()
    for browser in (client, elsewhere):
        assert (
            browser.post(
                "/sign-in/", {"username": cast.executor.username, "password": "the first one 1"}
            ).status_code
            == 302
        )
    new = {"new_password1": "the second one 2", "new_password2": "the second one 2"}
    assert client.post("/password/", {"old_password": "no", **new}).status_code == 200
    assert client.post("/password/", {"old_password": "the first one 1", **new}).status_code == 302
    assert client.get("/control/").status_code == 200
    assert elsewhere.get("/control/").status_code == 302
