"""The doorbell: it says "look again" and carries no data, so losing a ring loses nothing.

The only sender on the channel layer. Redis being away is a line in the log, never a failed click.
"""

import asyncio
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
GROUP = "bell"
_PATIENCE_S = 1.0


def ring(reception_id: int, seq: int) -> None:
    """Reception `reception_id` grew to `seq`."""
    _send({"type": "journal.grew", "reception": reception_id, "seq": seq})


def ring_side(reception_id: int) -> None:
    """Votes or claims changed: what screens show beside the journal."""
    _send({"type": "side.changed", "reception": reception_id})


def ring_rights(user_id: int) -> None:
    """The rights of a member of staff changed: open sockets look at them again."""
    _send({"type": "rights.changed", "user": user_id})


async def heartbeat(sender: str) -> None:
    """A hub's word to itself through the layer: unheard, it must subscribe anew."""
    await _group_send({"type": "hub.heartbeat", "sender": sender})


def _send(message: dict[str, Any]) -> None:
    try:
        async_to_sync(_group_send)(message)
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("bell.unheard", about=message["type"], error=type(error).__name__)


async def _group_send(message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    async with asyncio.timeout(_PATIENCE_S):
        await layer.group_send(GROUP, message)
