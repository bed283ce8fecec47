"""uvicorn's websocket with a way for us to write finished frames.

uvicorn liveqa.asgi:application --ws liveqa.web_uvicorn:Socket --ws-per-message-deflate false \\
    --ws-max-size 65536 --backlog 4096
"""

from __future__ import annotations

import socket
from typing import Any

from typing_extensions import override
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from streams.live.wires import EXTENSION, SEND_BUFFER_BYTES


class Socket(WebSocketsSansIOProtocol):
    @override
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        handle = transport.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    @override
    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = {"protocol": self}

    def close_with(self, code: int) -> None:
        """After all that was written. Unlike `send()` it doesn't wait for a client that doesn't read."""
        if self.close_sent or self.transport.is_closing():
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)
