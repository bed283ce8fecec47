"""Listening to the bridge's hosted relay: one socket, which brings only what is said while we listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
from httpx2.websockets import (
    HTTPXWSException,
    WebSocketDisconnect,
    WebSocketInvalidTypeReceived,
    WebSocketUpgradeError,
)

from streams.sources.connectors.base import Context
from streams.sources.errors import Refused, SourceError, Transient
from streams.sources.http import explain

FRAME_MAX_BYTES = 256 * 1024
WAITING_MAX = 500
# How many frames are handed over together.
TOGETHER_MAX = 100
_GOOD_ENDS = frozenset({1000, 1001, 1005})

Queue = asyncio.Queue["bytes | SourceError | None"]


async def batches(context: Context, url: str) -> AsyncGenerator[list[bytes], None]:
    """An empty list as soon as the connection stands, then frames, as many as wait together.

    The socket lives in a task of its own: what goes wrong in it must not cancel the listener in the
    middle of whatever it does with a frame. Raises SourceError; a clean end is no error.
    """
    queue: Queue = asyncio.Queue(WAITING_MAX)
    task = asyncio.create_task(_listen(context.http, url, queue))
    try:
        while (first := await queue.get()) is not None:
            if isinstance(first, SourceError):
                raise first
            together = [first] if first else []
            while len(together) < TOGETHER_MAX and not queue.empty():
                # An end or an error stays the last: nothing is put after it.
                following = queue.get_nowait()
                if not isinstance(following, bytes):
                    yield together
                    if following is None:
                        return
                    raise following
                together.append(following)
            yield together
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _listen(http: httpx2.AsyncClient, url: str, queue: Queue) -> None:
    """Fills the queue; the last thing in it is how it ended."""
    try:
        end = await _session(http, url, queue)
    except WebSocketUpgradeError as error:
        status = error.response.status_code
        end = Transient("server") if status >= 500 or status == 429 else Refused("refused")
    except SourceError as error:
        end = error
    except (httpx2.HTTPError, OSError) as error:
        end = explain(error)
    except (httpx2.InvalidURL, HTTPXWSException):
        end = Refused("address")
    except ExceptionGroup:
        # Frames that break the protocol end in the library's own task.
        end = Transient("cut_off")
    await queue.put(end)


async def _session(http: httpx2.AsyncClient, url: str, queue: Queue) -> SourceError | None:
    async with http.websocket(url, max_message_size_bytes=FRAME_MAX_BYTES) as socket:
        await queue.put(b"")
        while True:
            try:
                await queue.put(await _frame(socket))
            except WebSocketDisconnect as closed:
                return None if closed.code in _GOOD_ENDS else Transient("cut_off")
            except HTTPXWSException:
                return Transient("cut_off")


async def _frame(socket: Any) -> bytes:
    while True:
        try:
            text: str = await socket.receive_text()
        except WebSocketInvalidTypeReceived:
            continue  # the relay speaks text; bytes are nobody's message
        if text:
            return text.encode("utf-8", "replace")
