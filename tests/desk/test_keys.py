"""Each moderator's own keys: stored for the person, changed one by one, refused in plain words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from streams.desk import keys
from streams.desk.keymap import KeyMap
from streams.desk.models import DeskKeys
from tests.cast import Cast
from tests.desk.conftest import ELSEWHERE, Desk, sit_down

pytestmark = pytest.mark.django_db
PAGE = "/desk/keys/"


def change(desk: Desk, **fields: str) -> Any:
    return desk.client.post(PAGE, fields, headers=ELSEWHERE)


def test_a_key_is_moved_for_this_person_on_every_computer(
    cast: Cast, desk: Desk, colleague: Desk
) -> None:
    response = change(desk, action="approve", code="KeyQ")
    assert response.status_code == 422
    assert "Q already means “to the queue”." in response.content.decode()
    assert not keys.of(cast.moderator).changes
    response = change(desk, action="approve", code="F2")
    assert response.status_code == 200
    assert "F2 now means “approve”." in response.content.decode()
    told = json.loads(response["HX-Trigger"])["desk:keys"]
    assert told == {"moved": {"KeyA": ["F2", "F2"]}, "characters": True}
    elsewhere = sit_down(cast.moderator, desk.reception)
    assert '"KeyA": ["F2", "F2"]' in elsewhere.get().content.decode()
    assert '"moved": {}' in colleague.get().content.decode()


def test_keys_are_swapped_switched_off_and_reset(cast: Cast, desk: Desk) -> None:
    assert change(desk, action="approve", code="KeyQ", swap="1").status_code == 200
    assert keys.of(cast.moderator).changes == {"approve": "KeyQ", "queue": "KeyA"}
    assert "“decline" in change(desk, off="decline").content.decode()
    assert keys.of(cast.moderator).codes()["decline"] == ""
    assert change(desk, back="decline").status_code == 200
    assert keys.of(cast.moderator).codes()["decline"] == "KeyR"
    page = change(desk, characters="off").content.decode()
    assert "Single keys are off." in page
    assert not keys.of(cast.moderator).characters
    assert change(desk, reset="1").status_code == 200
    assert keys.of(cast.moderator) == KeyMap()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"action": "fly", "code": "F2"}, 422),
        ({"off": "fly"}, 422),
        ({"back": "fly"}, 422),
        ({"action": "approve", "code": "Enter"}, 422),
        ({"action": "approve", "code": "<script>"}, 422),
        ({"action": "approve", "code": "K" * 100_000}, 422),
        ({"action": "approve\x00", "code": "F2"}, 422),
    ],
)
def test_bad_input_is_refused_at_the_door(desk: Desk, fields: dict[str, str], status: int) -> None:
    assert change(desk, **fields).status_code == status
    assert not DeskKeys.objects.exclude(changes={}).exists()


def test_without_scripts_the_page_stands_too(desk: Desk) -> None:
    assert desk.client.get(PAGE).status_code == 200
    response = desk.client.post(PAGE, {"off": "approve"})
    assert (response.status_code, response["Location"]) == (302, PAGE)


def test_who_has_no_desk_has_no_keys(cast: Cast, desk: Desk) -> None:
    assert sit_down(cast.executor, desk.reception).client.get(PAGE).status_code == 404
