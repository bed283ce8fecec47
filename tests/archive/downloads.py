"""Fetch a file that is streamed."""

import asyncio
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.test.client import AsyncClient


def fetch(url: str) -> tuple[dict[str, str], bytes]:
    """Headers and the whole body. The test needs `transactional_db`: other threads read."""
    return asyncio.run(_fetch(url))


async def _fetch(url: str) -> tuple[dict[str, str], bytes]:
    # The client's own type hides that the answer is a stream.
    response: Any = await AsyncClient().get(url)
    assert response.status_code == 200, url
    body = b"".join([piece async for piece in response.streaming_content])
    # The threads of this loop end with it, and their connections would hold the test database.
    await sync_to_async(connections.close_all)()
    return dict(response.headers), body
