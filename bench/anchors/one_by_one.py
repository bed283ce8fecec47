"""The product's own intake, but one transaction for each question: what grouping commits is worth."""

from __future__ import annotations

import json
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liveqa.settings")

import django

django.setup()

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter
from typing_extensions import override

from streams.common import clock
from streams.questions import intake
from streams.questions.intake import Refusal
from streams.questions.receipts import Receipt
from streams.room import replies

RECEPTION = int(os.environ["BENCH_RECEPTION"])


def receive_one(payload: dict[str, Any]) -> Receipt | Refusal:
    return intake.receive_many(RECEPTION, [intake.parse(payload)], now=clock.now())[0]


class OneByOne(AsyncWebsocketConsumer):
    @override
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        said = json.loads(text_data or "{}")
        if "ask" not in said:
            return
        receipt = await database_sync_to_async(receive_one)(said["ask"])
        assert isinstance(receipt, Receipt)
        await self.send(json.dumps({"ack": replies.ack(receipt)}, ensure_ascii=False))


application = ProtocolTypeRouter({"websocket": OneByOne.as_asgi()})
