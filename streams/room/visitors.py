"""Who a nameless visitor is: a signed cookie that means nothing elsewhere, and a network address."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from streams.common import crypto
from streams.common.limits import Buckets
from streams.common.proxies import client_address
from streams.live.viewer import VIEWER_COOKIE as COOKIE
from streams.live.viewer import Viewer

_COOKIE_AGE_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """`token` is the checked cookie, "" where there is none."""

    address: str
    token: str = ""

    def voter(self, reception_id: int) -> str:
        """One viewer of one reception; receptions can't be joined by it."""
        return crypto.fingerprint(f"{self.token}:{reception_id}")


def of_request(request: HttpRequest) -> Visitor:
    forwarded = request.headers.get("X-Forwarded-For", "")
    address = client_address(request.META.get("REMOTE_ADDR", ""), forwarded)
    return Visitor(_network(address), _token(request.COOKIES.get(COOKIE, "")))


def of_viewer(viewer: Viewer) -> Visitor:
    """Worked out once for each socket: its handshake can't change."""
    visitor = _known.get(viewer)
    if visitor is None:
        visitor = Visitor(_network(viewer.address), _token(viewer.cookies.get(COOKIE, "")))
        _known[viewer] = visitor
    return visitor


_known: WeakKeyDictionary[Viewer, Visitor] = WeakKeyDictionary()


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give the cookie to whoever has none."""
    if _token(request.COOKIES.get(COOKIE, "")):
        return
    response.set_cookie(
        COOKIE,
        _signer().sign(secrets.token_urlsafe(12)),
        max_age=_COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def wait_to_ask_s(visitor: Visitor, door: object = None, *, take: bool = True) -> int:
    """0, and the ask is counted (unless it is only asked for); or the seconds until the next one.
    `door` stands for the cookie where a socket has none."""
    who = visitor.token or door
    wait_s = _asks_by_viewer().wait_s(who, take=take) if who else 0
    return wait_s or _asks_by_address().wait_s(visitor.address, take=take)


def wait_to_vote_s(visitor: Visitor) -> int:
    return _votes_by_address().wait_s(visitor.address)


def wait_for_suggestions_s(visitor: Visitor) -> int:
    return _suggestions_by_address().wait_s(visitor.address)


def forget_limits() -> None:
    """Empty buckets made anew, with the settings of now."""
    for buckets in (
        _asks_by_viewer,
        _asks_by_address,
        _votes_by_address,
        _suggestions_by_address,
    ):
        buckets.cache_clear()


@cache
def _asks_by_viewer() -> Buckets:
    return Buckets(settings.ASK_PER_VIEWER_PER_MIN)


@cache
def _asks_by_address() -> Buckets:
    return Buckets(settings.ASK_PER_ADDRESS_PER_MIN)


@cache
def _votes_by_address() -> Buckets:
    return Buckets(settings.VOTES_PER_ADDRESS_PER_MIN)


@cache
def _suggestions_by_address() -> Buckets:
    return Buckets(settings.SUGGESTIONS_PER_ADDRESS_PER_MIN)


@cache
def _signer() -> signing.Signer:
    return signing.Signer(salt="liveqa.viewer")


def _token(value: str) -> str:
    """Signed, so that a script can't invent a thousand voters without asking for a page each."""
    try:
        return _signer().unsign(value)
    except signing.BadSignature:
        return ""


def _network(seen: str) -> str:
    """Of IPv6 the network: a household has 2^64 addresses."""
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return seen
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
