"""Which network addresses a connector may call: the public ones, and those the installation allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_SCHEMES = frozenset({"http", "https", "ws", "wss"})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class BadAddress(ValueError):
    """A setting that is no address of a platform. `code` is scheme, user, host, port or fragment."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def may_call(address: str, allowed: Iterable[Network]) -> bool:
    """`address` is a resolved IP. Addresses that hide another one are judged by the hidden one too."""
    try:
        seen = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    networks = list(allowed)
    return all(_is_open(one, networks) for one in (seen, *_hidden(seen)))


def _is_open(address: Address, allowed: list[Network]) -> bool:
    if any(address.version == n.version and address in n for n in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address) and _hidden(address):
        return True  # the hidden one decides
    return address.is_global and not address.is_multicast


def _hidden(address: Address) -> tuple[ipaddress.IPv4Address, ...]:
    if isinstance(address, ipaddress.IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    elif int(address) >> 32 == 0 and int(address) > 1:
        found.append(ipaddress.IPv4Address(int(address)))
    return tuple(one for one in found if one is not None)


def checked_url(url: str) -> str:
    """`url` without its closing slash, if a connector may be given it. Raises BadAddress.

    Says nothing about where the name leads: that is judged at every connection.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise BadAddress("host") from None
    if parts.scheme not in _SCHEMES:
        raise BadAddress("scheme")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("user")
    if not parts.hostname or any(c.isspace() or ord(c) < 33 for c in url.strip()):
        raise BadAddress("host")
    if port == 0:
        raise BadAddress("port")
    if parts.fragment:
        raise BadAddress("fragment")
    return url.strip().rstrip("/")
