"""The first administrator of an empty database, and what can't be one."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from streams.people.models import Unit, User

pytestmark = pytest.mark.django_db
GIVEN = {
    "username": "tim",
    "full_name": "Тимур Ли",
    "unit_code": "sry",
    "unit_name_ru": "Департамент",
    "unit_name_kk": "Департамент",
}
PASSWORD = "long and odd phrase"


@pytest.fixture(autouse=True)
def _at_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)


def create(**options: object) -> str:
    out = StringIO()
    call_command("create_administrator", stdout=out, **{**GIVEN, **options})
    return out.getvalue()


def test_an_empty_database_gets_its_unit_and_its_administrator(client: Client) -> None:
    assert "new unit SRY" in create(timezone="Asia/Aqtau")

    user = User.objects.get(username="tim")
    unit = Unit.objects.get()
    assert (unit.code, unit.path, unit.timezone) == ("SRY", "/SRY/", "Asia/Aqtau")
    assert list(user.memberships.values_list("unit__code", "role")) == [("SRY", "administrator")]
    signed = client.post(reverse("sign_in"), {"username": "tim", "password": PASSWORD})
    assert signed.status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_unit_that_stands_is_taken_as_it_is() -> None:
    create()

    assert "the unit SRY" in create(username="eva", unit_name_ru=None, unit_name_kk=None)

    assert Unit.objects.count() == 1
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"username": None}, "--username is needed"),
        ({"username": "no spaces"}, "username"),
        ({"unit_code": "X"}, "code: "),
        ({"unit_code": None}, "--unit-code is needed"),
        ({"unit_name_kk": None}, "--unit-name-kk is needed"),
        ({"timezone": "Mars/Base"}, "no time zone 'Mars/Base'"),
    ],
)
def test_what_is_missing_or_wrong_is_named(options: dict[str, object], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        create(**options)
    assert not User.objects.exists()
    assert not Unit.objects.exists()


@pytest.mark.parametrize("password", ["", "short", "password123", "1928374655"])
def test_weak_passwords_are_refused(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", password)

    with pytest.raises(CommandError, match=r"(?i)password"):
        create()
    assert not User.objects.exists()


def test_a_name_is_given_once() -> None:
    create()
    with pytest.raises(CommandError, match="username"):
        create()
    assert User.objects.count() == 1
