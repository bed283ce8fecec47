"""Channels as its documentation shows it: a group, `group_send`, `send_json` in each consumer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            # The faster of the two layers, as in the product.
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": os.environ["REDIS_URL"], "socket_timeout": 60}],
                "prefix": "bench-plain",
            },
        }
    }
)

import django

django.setup()

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from typing_extensions import override

GROUP = "bench"
FRAME: dict[str, Any] = json.loads(Path(os.environ["BENCH_FRAME"]).read_text(encoding="utf-8"))
_seq = 0


class Plain(AsyncJsonWebsocketConsumer):
    @override
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    @override
    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    @override
    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        global _seq
        if "publish" in content:
            _seq += 1
            await self.channel_layer.group_send(
                GROUP, {"type": "news", "frame": FRAME | {"seq": _seq}}
            )
        elif "lang" in content:
            await self.send_json({"v": 1, "seq": _seq, "side": {}})

    async def news(self, event: dict[str, Any]) -> None:
        await self.send_json(event["frame"])

    @classmethod
    @override
    async def encode_json(cls, content: Any) -> str:
        # Compact and with the letters as they are: the bytes of the product's frames.
        return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


application = ProtocolTypeRouter({"websocket": Plain.as_asgi()})
