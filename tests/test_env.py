"""A wrong setting stops the start with a sentence that names the variable."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from liveqa import env

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("value", ["many", "-1", "70000", "1.5"])
def test_a_wrong_number_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(ImproperlyConfigured, match="PORT"):
        env.integer("PORT", 8000, minimum=1, maximum=65535)


def test_a_wrong_flag_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        env.flag("DEBUG", default=False)


@pytest.mark.parametrize("value", ["", "not an address", "postgresql://host/", "mysql://host/db"])
def test_a_wrong_database_address_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DATABASE_URL", value)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        env.postgresql("DATABASE_URL")


@pytest.mark.parametrize("value", ["", "http://localhost", "localhost:6379"])
def test_a_wrong_redis_address_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("REDIS_URL", value)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        env.redis("REDIS_URL")


def test_a_libpq_address_keeps_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db:5433/liveqa?sslmode=require")
    assert env.postgresql("DATABASE_URL") == {
        "NAME": "liveqa",
        "USER": "u",
        "PASSWORD": "p",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_every_variable_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    sources = [*(ROOT / "liveqa").rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    used = set(re.findall(r"(?:env\.\w+|secret|environ\.get|getenv)\(\s*\"([A-Z][A-Z_]+)\"", text))
    internal = {"PATH", "DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER"}
    assert {name for name in used - internal if f"`{name}`" not in documented} == set()
