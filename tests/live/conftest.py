from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from streams.live import hub
from streams.receptions.models import Reception
from tests.live import stage


@pytest.fixture
def plain() -> stage.PlainScreen:
    return stage.register()[0]


@pytest.fixture
def seq(reception: Reception) -> int:
    """Where a page loaded now stands."""
    reception.refresh_from_db()
    return reception.last_seq


@pytest.fixture
async def house(plain: stage.PlainScreen) -> AsyncIterator[hub.Hub]:
    """The hub of this test; afterwards it must have gone to rest by itself."""
    here = hub.here()
    yield here
    await stage.eventually(lambda: not here.is_running)
