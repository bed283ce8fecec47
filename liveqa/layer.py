"""The channel layer of channels_redis, without its ten looks a second at a connection that is silent."""

from __future__ import annotations

from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection
from typing_extensions import override


class Shard(RedisSingleShardConnection):  # type: ignore[misc]
    @override
    def _ensure_redis(self) -> None:
        is_new = self._redis is None
        super()._ensure_redis()
        if is_new:
            self._pubsub.get_message = _waiting(self._pubsub.get_message)


class Layer(RedisPubSubChannelLayer):  # type: ignore[misc]
    @override
    def _get_layer(self) -> Any:
        layer = super()._get_layer()
        if not isinstance(layer._shards[0], Shard):
            layer._shards = [Shard(shard.host, layer) for shard in layer._shards]
        return layer


def _waiting(get_message: Any) -> Any:
    """It waits for a message. Each look was 0.3 ms of CPU: at rest a fifth of what 3,000 viewers cost."""

    async def wait(*, ignore_subscribe_messages: bool, timeout: float) -> Any:  # noqa: ASYNC109 -- theirs
        return await get_message(ignore_subscribe_messages=ignore_subscribe_messages, timeout=None)

    return wait
