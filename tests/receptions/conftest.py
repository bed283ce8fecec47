"""A sealed reception that holds everything, and what is published of it."""

from __future__ import annotations

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from streams.receptions.models import Reception
from tests.cast import Cast, make_cast
from tests.receptions.ledgers import Published, full_reception, publish


@pytest.fixture
def sealed(cast: Cast) -> Reception:
    return full_reception(cast)


@pytest.fixture(scope="session")
def published(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Published:
    """Made once, and its rows taken back: for tests that only read what is published."""
    with django_db_blocker.unblock(), transaction.atomic():
        found = publish(full_reception(make_cast()))
        transaction.set_rollback(True)
    return found


@pytest.fixture
def file(published: Published) -> bytes:
    return published.file
