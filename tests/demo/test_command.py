"""`manage.py demo`: who may sign in, and where it keeps out."""

from __future__ import annotations

import stat
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from streams.demo import people
from streams.people.models import Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(tmp_path: Path, settings: Settings) -> Callable[[], str]:
    """Runs the command; what it said."""
    settings.DATA_DIR = tmp_path

    def run() -> str:
        out = StringIO()
        call_command("demo", stdout=out)
        return out.getvalue()

    return run


def test_the_password_is_made_once_kept_private_and_said_every_time(
    demo: Callable[[], str], tmp_path: Path
) -> None:
    first = demo()
    path = tmp_path / "secrets" / "demo_password"
    secret = path.read_text().strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(secret) == 14
    assert f"password {secret} as" in first
    assert all(account.username in first for account in people.ACCOUNTS)
    assert User.objects.get(username="chief").check_password(secret)

    editor = User.objects.get(username="editor")
    editor.set_password("my own words")
    editor.save()
    assert demo() == first
    editor.refresh_from_db()
    assert editor.check_password("my own words")

    path.unlink()
    said = demo()
    other = path.read_text().strip()
    assert other != secret
    assert other in said
    assert all(user.check_password(other) for user in User.objects.all())


def test_it_keeps_out_of_a_database_with_data_of_its_own(
    demo: Callable[[], str], tmp_path: Path
) -> None:
    Unit.objects.create(code="REAL", name_kk="Нақты", name_ru="Настоящий")

    assert "no demonstration" in demo()

    assert not User.objects.exists()
    assert not (tmp_path / "secrets").exists()
