from __future__ import annotations

import pytest

from streams.sources.models import Source
from tests.cast import Cast
from tests.sources.stage import make_source


@pytest.fixture
def source(cast: Cast) -> Source:
    """A signed webhook of the cast's district."""
    return make_source(cast)
