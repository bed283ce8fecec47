"""The strip over the broadcast: the public text of what is on air, for whoever has the address."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.common import clock, crypto
from streams.overlay import actions, queries
from streams.overlay.actions import Addresses
from streams.overlay.frames import SCREEN
from streams.overlay.models import Overlay
from streams.overlay.rules import Order, hidden_after
from streams.questions import marks
from streams.questions.models import Question
from streams.questions.rules import Move
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, ask, make_move
from tests.law import assert_screen_law


@pytest.fixture
def addresses(cast: Cast, reception: Reception) -> Addresses:
    return actions.make(reception.pk, by=cast.moderator, now=clock.now())


def put_on_air(reception: Reception, cast: Cast, text: str = "Когда починят дорогу?") -> Question:
    question = ask(reception, text, name="Айгуль Сериковна", district="TAU")
    make_move(question, Move.QUEUE, cast.by)
    return make_move(question, Move.PUT_ON_AIR, cast.by)


def page(client: Client, addresses: Addresses) -> Any:
    return client.get(f"/overlay/{addresses.token}/")


@pytest.mark.parametrize(
    ("order", "was", "becomes"),
    [
        (Order.SHOW, False, False),
        (Order.SHOW, True, False),
        (Order.HIDE, False, True),
        (Order.HIDE, True, True),
        (Order.TOGGLE, False, True),
        (Order.TOGGLE, True, False),
    ],
)
def test_every_order(order: Order, *, was: bool, becomes: bool) -> None:
    assert hidden_after(order, is_hidden=was) is becomes


def test_shows_the_public_text_of_the_question_on_air(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    question = put_on_air(reception, cast, "Мой ИИН 900101300123, где <b>участковый</b>?")
    marks.edit_text(
        question.pk, "Где <b>участковый</b>?", by=cast.by, expect=question.version, now=clock.now()
    )
    html = page(client, addresses).content.decode()
    assert "Где &lt;b&gt;участковый&lt;/b&gt;?" in html
    assert "900101300123" not in html
    assert "Сериковна" not in html


def test_a_question_that_is_not_on_air_is_nowhere_on_it(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    make_move(ask(reception, "Ждёт в очереди?"), Move.QUEUE, cast.by)
    html = page(client, addresses).content.decode()
    assert "Ждёт в очереди?" not in html
    assert "data-now" not in html


def test_an_address_that_was_taken_back_shows_an_empty_picture(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    put_on_air(reception, cast)
    actions.take_back(reception.pk)
    response = page(client, addresses)
    assert response.status_code == 410
    assert "дорогу" not in response.content.decode()
    assert "<main" not in response.content.decode()
    assert client.get(f"/overlay/{addresses.token}/state/").status_code == 410
    assert client.get(f"/overlay/remote/{addresses.remote}/").status_code == 410


def test_new_addresses_end_the_old_ones(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    newer = actions.make(reception.pk, by=cast.moderator, now=clock.now())
    assert page(client, addresses).status_code == 410
    assert page(client, newer).status_code == 200


def test_the_database_keeps_fingerprints_only(addresses: Addresses) -> None:
    kept = json.dumps(list(Overlay.objects.values()), default=str)
    assert addresses.token not in kept
    assert addresses.remote not in kept
    assert crypto.fingerprint(addresses.token) in kept


def test_the_remote_is_no_page_and_the_page_no_remote(client: Client, addresses: Addresses) -> None:
    assert client.get(f"/overlay/{addresses.remote}/").status_code == 410
    assert client.post(f"/overlay/remote/{addresses.token}/", {"order": "hide"}).status_code == 410


def test_a_remote_says_what_is_seen_and_how_much_waits(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    remote = f"/overlay/remote/{addresses.remote}/"
    assert client.get(remote).json() == {
        "shown": False, "hidden": False, "on_air": None, "queue": 0,
    }  # fmt: skip
    make_move(ask(reception, "Ждёт?"), Move.QUEUE, cast.by)
    question = put_on_air(reception, cast)
    shown = {"shown": True, "hidden": False, "on_air": question.number, "queue": 1}
    assert client.get(remote).json() == shown
    hidden = client.post(remote, {"order": "toggle"}).json()
    assert hidden == shown | {"shown": False, "hidden": True}
    assert client.post(remote, {"order": "show"}).json() == shown


def test_a_remote_that_says_nonsense_changes_nothing(client: Client, addresses: Addresses) -> None:
    remote = f"/overlay/remote/{addresses.remote}/"
    assert client.post(remote, {"order": "answer_live"}).status_code == 422
    assert client.post(remote).status_code == 422
    assert not client.get(remote).json()["hidden"]


def test_hiding_is_no_decision_and_stays_out_of_the_journal(
    cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    put_on_air(reception, cast)
    before = Entry.objects.filter(reception=reception).count()
    actions.order(reception.pk, Order.HIDE)
    actions.set_up(reception.pk, auto_hide_s=30, shows_asker=True)
    assert Entry.objects.filter(reception=reception).count() == before


def test_a_page_loaded_again_shows_the_same(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    put_on_air(reception, cast)
    actions.order(reception.pk, Order.HIDE)
    html = page(client, addresses).content.decode()
    assert "&quot;hidden&quot;: true" in html
    first, second = client.get(f"/overlay/{addresses.token}/state/").json()["frames"]
    assert second["side"]["overlay"]["hidden"] is True
    assert "Когда починят дорогу?" in first["put"][0]["html"]
    assert first["seq"] == second["seq"]


def test_the_addresses_are_told_once(cast: Cast, reception: Reception) -> None:
    client = Client()
    client.force_login(cast.moderator)
    setup = f"/studio/{reception.no}/overlay/"
    made = client.post(f"{setup}addresses/")
    token = made.context["made"].token
    assert f"http://testserver/overlay/{token}/" in made.content.decode()
    assert made.headers["Cache-Control"].startswith("no-store") or "no-store" in str(made.headers)
    assert token not in client.get(setup).content.decode()


def test_what_is_set_up_reaches_open_pages(
    cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    client = Client()
    client.force_login(cast.moderator)
    setup = f"/studio/{reception.no}/overlay/"
    assert client.post(setup, {"auto_hide_s": "30", "shows_asker": "on"}).status_code == 302
    assert SCREEN.side(reception.pk)["overlay"] == {
        "hidden": False, "auto_hide_s": 30, "asker": True, "revision": 1,
    }  # fmt: skip
    assert client.post(setup, {"auto_hide_s": "31"}).status_code == 422
    assert queries.of(reception.pk).auto_hide_s == 30


def test_the_overlay_keeps_the_law_of_the_screen(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    address = f"/overlay/{addresses.token}/"

    def holds(action: object) -> None:
        assert callable(action)
        language = reception.unit.default_language
        assert_screen_law(client, address, "overlay", reception, action, language=language)

    question = ask(reception, "Первый?")
    holds(lambda: make_move(question, Move.QUEUE, cast.by))
    holds(lambda: make_move(question, Move.PUT_ON_AIR, cast.by))
    holds(lambda: make_move(question, Move.BACK_TO_QUEUE, cast.by))
    holds(lambda: make_move(question, Move.PUT_ON_AIR, cast.by))
    holds(lambda: make_move(question, Move.ANSWER_LIVE, cast.by))
    holds(lambda: receptions.end(reception.pk, by=cast.by, now=clock.now()))


def test_a_look_takes_as_many_queries_at_one_question_as_at_three(
    client: Client, cast: Cast, reception: Reception, addresses: Addresses
) -> None:
    put_on_air(reception, cast)
    with CaptureQueriesContext(
        connection,
    ) as one:
        page(client, addresses)
    for _ in range(3):
        make_move(ask(reception), Move.QUEUE, cast.by)
    with CaptureQueriesContext(connection) as three:
        page(client, addresses)
    assert len(one) == len(three) <= 6
