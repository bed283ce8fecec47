"""Moderators at work: each opens a card and makes a move, again and again, as the desk's page would."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from typing_extensions import override

EVERY_S = 0.5
TIMEOUT_S = 30
_EXPECT = re.compile(r'name="expect" value="(\d+)"')
_BACK = re.compile(r'value="unqueue"')


@dataclass
class Worked:
    """What one of them met: milliseconds of each answer, and what went wrong."""

    times: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Moderator(threading.Thread):
    """Works on `numbers`, which are hers alone, until told to stop."""

    def __init__(self, port: int, no: str, cookie: str, numbers: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self.worked = Worked()
        self._port, self._no, self._numbers = port, no, numbers
        self._headers = {
            "Host": f"127.0.0.1:{port}",
            "Origin": f"http://127.0.0.1:{port}",
            "Cookie": f"{cookie}; language=ru",
            "HX-Request": "true",
            "HX-Target": "card",
        }
        self._csrf = ""
        self._over = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def stop(self) -> None:
        self._over.set()

    @override
    def run(self) -> None:
        self._ask("GET", f"/desk/{self._no}/")
        turn = 0
        while not self._over.is_set():
            began = time.monotonic()
            number = self._numbers[turn % len(self._numbers)]
            self._work(number)
            turn += 1
            self._over.wait(max(0.0, EVERY_S - (time.monotonic() - began)))

    def _work(self, number: int) -> None:
        """Into the queue, or where it stands there already, out again."""
        address = f"/desk/{self._no}/questions/{number}/"
        card = self._ask("GET", address)
        found = _EXPECT.search(card)
        if found is None:
            return
        move = "unqueue" if _BACK.search(card) else "queue"
        self._ask("POST", f"{address}moves/", f"move={move}&expect={found[1]}")

    def _ask(self, method: str, address: str, body: str = "") -> str:
        headers = dict(self._headers)
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self._csrf:
            headers["Cookie"] += f"; csrftoken={self._csrf}"
            headers["X-CSRFToken"] = self._csrf
        began = time.monotonic()
        try:
            status, page, cookies = self._send(method, address, body, headers)
        except (OSError, http.client.HTTPException) as error:
            self._connection = None
            self.worked.faults.append(f"{method} {address}: {type(error).__name__}")
            return ""
        self.worked.times.append((time.monotonic() - began) * 1000)
        if status != http.HTTPStatus.OK:
            self.worked.faults.append(f"{method} {address}: {status}")
        for cookie in cookies:
            if cookie.startswith("csrftoken="):
                self._csrf = cookie.partition(";")[0].partition("=")[2]
        return page

    def _send(
        self, method: str, address: str, body: str, headers: dict[str, str]
    ) -> tuple[int, str, list[str]]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=TIMEOUT_S
            )
        self._connection.request(method, address, body or None, headers)
        response = self._connection.getresponse()
        page = response.read().decode("utf-8", "replace")
        return response.status, page, response.headers.get_all("Set-Cookie") or []


class Shift:
    """Several of them while the block lasts, each with a share of the numbers."""

    def __init__(self, port: int, no: str, cookies: Sequence[str], questions: int) -> None:
        each = questions // len(cookies)
        self._all = [
            Moderator(port, no, cookie, range(1 + index * each, 1 + (index + 1) * each))
            for index, cookie in enumerate(cookies)
        ]

    def __enter__(self) -> Self:
        for moderator in self._all:
            moderator.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for moderator in self._all:
            moderator.stop()
        for moderator in self._all:
            moderator.join(TIMEOUT_S * 3)

    def read(self) -> Worked:
        """What all of them met so far."""
        return Worked(
            [ms for moderator in self._all for ms in moderator.worked.times],
            [fault for moderator in self._all for fault in moderator.worked.faults],
        )
