"""The way in from outside: a page by HTTP, then the socket the page opens. As a browser would."""

from __future__ import annotations

import asyncio
import http.client
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_ID = re.compile(r'data-id="(\d+)"')
_VOTE = re.compile(r'form="vote-form"[^>]*?value="(\d+)"')
_SEQ = re.compile(r'data-seq="(\d+)"')
_TIMEOUT_S = 20
# So many pages are asked for at a time; the server renders them one by one anyway.
_AT_ONCE = 8
_OK, _NOT_FOUND = 200, 404


class Gone(Exception):
    """There is no such reception, or it isn't open to viewers."""


class Unreachable(Exception):
    """No answer, or none that makes sense; it may be there again in a moment."""


@dataclass(frozen=True)
class Ticket:
    """What a viewer has after loading the page: who they are, how far the page had come, the numbers
    of the questions on it, and of those that have a button to vote."""

    cookie: str
    seq: int
    numbers: frozenset[int]
    votable: frozenset[int]


class Door:
    """`origin`: what to say in the Origin header, where the server allows other addresses than `url`."""

    def __init__(self, url: str, no: str, *, origin: str = "", language: str = "ru") -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url!r} is no http address")
        self.no, self.language = no, language
        self.origin = origin or f"{parts.scheme}://{parts.netloc}"
        self.socket = (
            f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/ws/receptions/{no}/"
        )
        self._connection = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._address = (parts.hostname, parts.port)
        self._host = urlsplit(self.origin).netloc
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def knock(self, cookie: str = "") -> Ticket:
        """Load the page, with the cookie of an earlier visit where there is one.

        Raises Gone, Unreachable.
        """
        async with self._turn:
            return await asyncio.to_thread(self._load, cookie)

    def _load(self, cookie: str) -> Ticket:
        connection = self._connection(*self._address, timeout=_TIMEOUT_S)
        headers = {"Host": self._host, **({"Cookie": cookie} if cookie else {})}
        try:
            connection.request("GET", f"/{self.language}/receptions/{self.no}/", headers=headers)
            response = connection.getresponse()
            page = response.read().decode("utf-8", "replace")
            cookies = response.headers.get_all("Set-Cookie") or []
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(str(error)) from error
        finally:
            connection.close()
        if response.status == _NOT_FOUND:
            raise Gone(self.no)
        found = _SEQ.search(page)
        if response.status != _OK:
            raise Unreachable(f"the page answers with {response.status}")
        if found is None:
            raise Gone(self.no)
        numbers = frozenset(int(number) for number in _ID.findall(page)) - {0}
        votable = frozenset(int(number) for number in _VOTE.findall(page))
        return Ticket(_viewer(cookies) or cookie, int(found[1]), numbers, votable)


def _viewer(cookies: Sequence[str]) -> str:
    pairs = [cookie.partition(";")[0] for cookie in cookies]
    return next((pair for pair in pairs if pair.startswith("viewer=")), "")


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
