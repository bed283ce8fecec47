"""A wrong setting stops the start with a sentence that names the variable."""

import re
from collections.abc import Callable
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


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.choice("SAID", "ru", ("kk", "ru", "en")), "xx"),
        (lambda: env.zone("SAID", "Asia/Almaty"), "Asia/Nowhere"),
        (lambda: env.zone("SAID", "Asia/Almaty"), "../etc/passwd"),
        (lambda: env.country("SAID", "KZ"), "Kazakhstan"),
        (lambda: env.hosts("SAID", "localhost"), "live.example, https://live.example"),
        (lambda: env.origin("SAID", "http://localhost"), "live.example"),
        (lambda: env.origins("SAID", "http://localhost"), "https://live.example/path"),
        (lambda: env.origins("SAID", "http://localhost"), "https://*.example"),
        (lambda: env.origins("SAID", "http://localhost"), "https://live.example:port"),
    ],
)
def test_a_wrong_word_is_named(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], value: str
) -> None:
    monkeypatch.setenv("SAID", value)
    with pytest.raises(ImproperlyConfigured, match="SAID"):
        read()


def test_words_are_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "warning")
    assert env.choice("LOG_LEVEL", "INFO", ("INFO", "WARNING")) == "WARNING"


def test_an_origin_is_kept_as_a_browser_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAID", "https://Live.Example/, https://a.example:443, http://[::1]:8000")
    found = env.origins("SAID", "")
    assert found == ["https://live.example", "https://a.example", "http://[::1]:8000"]


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
