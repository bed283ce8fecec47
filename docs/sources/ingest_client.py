"""A bridge in one file: hands the lines of a JSON Lines file over to LiveQA, each once.

    INGEST_TOKEN=… python ingest_client.py wss://live.example/ws/ingest/SOURCE/ comments.jsonl

Each line is one item as docs/sources/items.md describes it. It needs httpx2[ws] only. Start it again
whenever you like: it goes on after the last line that was acknowledged.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
from httpx2.websockets import HTTPXWSException, WebSocketDisconnect

ITEMS_PER_FRAME = 50
ANSWER_WITHIN_S = 30.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
# Coming back would change nothing: a wrong token, a wrong version, an address that leads nowhere.
FOR_GOOD = {4400: "not understood", 4401: "wrong token", 4404: "no such source"}


class Bridge:
    """One file and how far it was acknowledged."""

    def __init__(self, url: str, token: str, items: list[dict[str, Any]]) -> None:
        self.url, self.token, self.items = url, token, items
        self.results: dict[str, str] = {}

    def run(self) -> None:
        """Until every item is acknowledged; comes back after growing pauses."""
        pause_s = FIRST_PAUSE_S
        with httpx2.Client(timeout=20) as client:
            while len(self.results) < len({item["id"] for item in self.items}):
                before = len(self.results)
                try:
                    self._connect(client)
                except WebSocketDisconnect as end:
                    if end.code in FOR_GOOD:
                        raise SystemExit(f"Closed: {FOR_GOOD[end.code]}.") from None
                except (HTTPXWSException, httpx2.HTTPError, OSError) as error:
                    print(f"Lost: {type(error).__name__}.", file=sys.stderr)
                else:
                    continue
                pause_s = FIRST_PAUSE_S if len(self.results) > before else pause_s * 2
                time.sleep(min(pause_s, LONGEST_PAUSE_S))

    def _connect(self, client: httpx2.Client) -> None:
        with client.websocket(self.url) as socket:
            socket.send_json({"hello": {"token": self.token, "version": 1}})
            welcome = socket.receive_json(ANSWER_WITHIN_S)["welcome"]
            unsent = self._frames(after=welcome["last"])
            in_flight = 0
            while True:
                while in_flight < welcome["max_in_flight"] and (frame := next(unsent, None)):
                    socket.send_json({"items": frame})
                    in_flight += 1
                if not in_flight:
                    return
                answer = socket.receive_json(ANSWER_WITHIN_S)
                in_flight -= answer["frames"]
                for ack in answer["acks"]:
                    self.results[ack["id"]] = ack["result"]
                    if ack["result"] == "rejected":
                        print(f"{ack['id']}: {ack['reason']}", file=sys.stderr)

    def _frames(self, *, after: str) -> Iterator[list[dict[str, Any]]]:
        """What comes after the id that was acknowledged last; from the start where we don't know it."""
        places = [place for place, item in enumerate(self.items) if item["id"] == after]
        start = places[-1] + 1 if places else 0
        for item in self.items[:start]:
            self.results.setdefault(item["id"], "duplicate")
        left = self.items[start:]
        for place in range(0, len(left), ITEMS_PER_FRAME):
            yield left[place : place + ITEMS_PER_FRAME]


def main() -> None:
    url, path = sys.argv[1:3]
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    bridge = Bridge(url, os.environ["INGEST_TOKEN"], [json.loads(line) for line in lines])
    bridge.run()
    counts = {
        result: list(bridge.results.values()).count(result) for result in ("created", "rejected")
    }
    print(f"{len(bridge.results)} acknowledged: {json.dumps(counts)}")


if __name__ == "__main__":
    main()
