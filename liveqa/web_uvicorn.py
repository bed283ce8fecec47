"""uvicorn's websocket with a way for us to write finished frames.

uvicorn liveqa.asgi:application --ws liveqa.web_uvicorn:Socket --ws-per-message-deflate false
"""

from __future__ import annotations

import asyncio
from typing import Any

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from streams.live.wires import EXTENSION


class Socket(WebSocketsSansIOProtocol):
    @override
    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = {"protocol": self}

    def close_with(self, code: int) -> None:
        """After all that was written; whoever doesn't read is cut off."""
        if self.close_sent or self.transport.is_closing():
            return
        if not self.writable.is_set():
            self.transport.abort()
            return
        self._closing = asyncio.ensure_future(self.send({"type": "websocket.close", "code": code}))
