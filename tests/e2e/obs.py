"""A small OBS: its websocket server (v5) with a password, and a stream that starts and stops when told."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

PASSWORD = "құпия сөз"
SALT, CHALLENGE = (
    "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
    "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
)


class Obs:
    def __init__(self) -> None:
        self.proofs: list[str] = []
        self._began: float | None = None
        self._there: set[ServerConnection] = set()

    def start(self, gone_s: float = 0.0) -> None:
        """As if the stream had begun so long ago."""
        self._began = time.monotonic() - gone_s
        self._tell("OBS_WEBSOCKET_OUTPUT_STARTED")

    def stop(self) -> None:
        self._began = None
        self._tell("OBS_WEBSOCKET_OUTPUT_STOPPED")

    def _tell(self, state: str) -> None:
        data = {"outputActive": self._began is not None, "outputState": state}
        for one in list(self._there):
            _say(one, 5, {"eventType": "StreamStateChanged", "eventIntent": 64, "eventData": data})

    def converse(self, one: ServerConnection) -> None:
        asked = {"challenge": CHALLENGE, "salt": SALT}
        _say(one, 0, {"obsWebSocketVersion": "5.5.2", "rpcVersion": 1, "authentication": asked})
        identify = json.loads(one.recv())
        self.proofs.append(identify["d"].get("authentication", ""))
        if identify["op"] != 1 or self.proofs[-1] != proof():
            one.close(4009, "Authentication failed.")
            return
        _say(one, 2, {"negotiatedRpcVersion": 1})
        self._there.add(one)
        try:
            for message in one:
                self._answer(one, json.loads(message)["d"])
        except ConnectionClosed:
            pass
        finally:
            self._there.discard(one)

    def _answer(self, one: ServerConnection, asked: dict[str, Any]) -> None:
        is_on = self._began is not None
        ms = int((time.monotonic() - self._began) * 1000) if self._began is not None else 0
        known = asked["requestType"] == "GetStreamStatus"
        status = {"result": known, "code": 100 if known else 204}
        data = {"outputActive": is_on, "outputDuration": ms, "outputReconnecting": False}
        _say(one, 7, {**asked, "requestStatus": status, "responseData": data})


def proof() -> str:
    """What OBS's documentation says: base64(sha256(base64(sha256(password + salt)) + challenge))."""
    secret = base64.b64encode(hashlib.sha256((PASSWORD + SALT).encode()).digest()).decode()
    return base64.b64encode(hashlib.sha256((secret + CHALLENGE).encode()).digest()).decode()


def _say(one: ServerConnection, op: int, d: dict[str, Any]) -> None:
    one.send(json.dumps({"op": op, "d": d}))


@contextmanager
def running() -> Iterator[tuple[Obs, int]]:
    """With its port on this machine."""
    obs = Obs()
    server: Server = serve(
        obs.converse, "127.0.0.1", 0, subprotocols=[Subprotocol("obswebsocket.json")]
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield obs, server.socket.getsockname()[1]
    finally:
        server.shutdown()
        thread.join(10)
