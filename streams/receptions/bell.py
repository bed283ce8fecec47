"""The doorbell: it says "look again" and carries no data, so losing a ring loses nothing.

The only sender on the channel layer. Redis being away is a line in the log, never a failed click. Who
listens in the process that rings is told at once and without Redis, which is for the other processes.
"""

import asyncio
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
GROUP = "bell"
_PATIENCE_S = 1.0
# Batches of questions follow each other by the hundredth of a second, frames by the tenth.
_RECEIVED, _RECEIVED_EVERY_S = "journal.received", 0.05
_thread = threading.local()
_pending: dict[tuple[object, ...], dict[str, Any]] = {}
_ringing: set[asyncio.Task[None]] = set()
# By process: a fork has the memory of its parent, and not its threads.
_made: dict[int, asyncio.AbstractEventLoop] = {}
_making = threading.Lock()
_NAME = secrets.token_hex(8)
_ears: list[Callable[[dict[str, Any]], None]] = []
_LOST = (RedisError, OSError, TimeoutError)


def ring(reception_id: int, seq: int, *, only_received: bool = False) -> None:
    """Reception `reception_id` grew to `seq`. `only_received`: by questions that came in, and no more."""
    kind = _RECEIVED if only_received else "journal.grew"
    _send({"type": kind, "reception": reception_id, "seq": seq})


def ring_side(reception_id: int) -> None:
    """Votes or claims changed: what screens show beside the journal."""
    _send({"type": "side.changed", "reception": reception_id})


def ring_side_on_commit(reception_id: int) -> None:
    """As `ring_side`, once what the transaction under way has changed can be seen."""
    transaction.on_commit(lambda: ring_side(reception_id), robust=True)


def ring_rights(user_id: int) -> None:
    """The rights of a member of staff changed: open sockets look at them again."""
    _send({"type": "rights.changed", "user": user_id})


async def heartbeat(sender: str) -> None:
    """A hub's word to itself through the layer: unheard, it must subscribe anew."""
    await _group_send({"type": "hub.heartbeat", "sender": sender})


@contextmanager
def rung_by(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Rings of this thread are left to `loop`, and the thread doesn't wait for them.

    For a thread that writes batch after batch: a ring of its own would need a loop of its own and a
    connection to Redis for each batch.
    """
    _thread.loop = loop
    try:
        yield
    finally:
        _thread.loop = None


@contextmanager
def heard_by(hear: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """`hear` is told of every ring of this process, in the thread that rings."""
    _ears.append(hear)
    try:
        yield
    finally:
        _ears.remove(hear)


def is_ours(message: dict[str, Any]) -> bool:
    """Whether a message of the layer comes from this process, whose ears know of it."""
    return message.get("from") == _here()


def _here() -> str:
    return f"{_NAME}-{os.getpid()}"


def _send(message: dict[str, Any]) -> None:
    message["from"] = _here()
    ears = list(_ears)
    for hear in ears:
        hear(message)
    loop: asyncio.AbstractEventLoop | None = getattr(_thread, "loop", None)
    if loop is not None:
        with suppress(RuntimeError):  # It is closed: nobody here listens any more.
            loop.call_soon_threadsafe(_ring_soon, message)
        return
    ringing = asyncio.run_coroutine_threadsafe(_group_send(message), _loop_of_ours())
    if ears:
        # A web process lives on; one that may end with this very ring waits until it is out.
        ringing.add_done_callback(partial(_rung, message))
    else:
        _rung(message, ringing)


def _rung(message: dict[str, Any], ringing: Future[None]) -> None:
    """Waits for it where it is still under way."""
    try:
        ringing.result()
    except _LOST as error:
        log.warning("bell.unheard", about=message["type"], error=type(error).__name__)


def _loop_of_ours() -> asyncio.AbstractEventLoop:
    """For threads that have none: a loop and a connection to Redis that stay. To make them for each
    ring takes 4 ms of CPU, and to ask the web server's loop makes a click wait for all it has to do.
    """
    with _making:
        if (loop := _made.get(os.getpid())) is None:
            loop = _made[os.getpid()] = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="bell", daemon=True).start()
    return loop


def _ring_soon(message: dict[str, Any]) -> None:
    """Of the rings that come while one is under way only the last goes out."""
    loop = asyncio.get_running_loop()
    key = (id(loop), message["type"], message.get("reception") or message.get("user"))
    if key in _pending:
        _pending[key] = message
        return
    _pending[key] = message
    task = loop.create_task(_ring_out(key))
    _ringing.add(task)
    task.add_done_callback(_ringing.discard)


async def _ring_out(key: tuple[object, ...]) -> None:
    message: dict[str, Any] | None = None
    try:
        while _pending[key] is not message:
            message = _pending[key]
            await _group_send(message)
            if message["type"] == _RECEIVED:
                await asyncio.sleep(_RECEIVED_EVERY_S)
    except _LOST as error:
        log.warning("bell.unheard", about=key[1], error=type(error).__name__)
    finally:
        del _pending[key]


async def _group_send(message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async with asyncio.timeout(_PATIENCE_S):
        await layer.group_send(GROUP, message)
