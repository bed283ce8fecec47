"""A sealed reception that holds everything, and its published file."""

from __future__ import annotations

import pytest

from streams.receptions.models import Reception
from tests.cast import Cast
from tests.receptions.ledgers import file_of, full_reception


@pytest.fixture
def sealed(cast: Cast) -> Reception:
    return full_reception(cast)


@pytest.fixture
def file(sealed: Reception) -> bytes:
    return file_of(sealed)
