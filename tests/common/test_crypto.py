"""Sealed contacts and secret links."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from cryptography.fernet import InvalidToken
from django.test import override_settings

from streams.common import crypto

T = TypeVar("T")


def test_a_contact_comes_back_and_does_not_show() -> None:
    sealed = crypto.seal("+7 701 123 45 67")
    assert b"701" not in sealed
    assert crypto.unseal(sealed) == "+7 701 123 45 67"


def test_a_new_first_key_still_reads_what_the_old_one_wrote() -> None:
    sealed = _with_keys(["old"], lambda: crypto.seal("a@b.kz"))
    assert _with_keys(["new", "old"], lambda: crypto.unseal(sealed)) == "a@b.kz"
    with pytest.raises(InvalidToken):
        _with_keys(["new"], lambda: crypto.unseal(sealed))


def _with_keys(keys: list[str], act: Callable[[], T]) -> T:
    crypto._fernet.cache_clear()
    try:
        with override_settings(FIELD_KEYS=keys):
            return act()
    finally:
        crypto._fernet.cache_clear()


def test_a_secret_is_the_same_for_the_same_submission_only() -> None:
    one = crypto.question_secret(7, "a")
    assert one == crypto.question_secret(7, "a")
    assert len({one, crypto.question_secret(8, "a"), crypto.question_secret(7, "b")}) == 3
    assert len(one) == 24
