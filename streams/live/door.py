"""What the handshake of a socket says about who knocks."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import parse_cookie

from streams.common.proxies import client_address

Scope = Mapping[str, Any]

# Close codes: those of HTTP plus 4000, where HTTP has one. The server's library sends none below 3000
# but 1000. Any other close means: come back later, from your cursor.
UNCLEAR = 4400
SIGN_IN = 4401
NO_RIGHT = 4403
GONE = 4404
TOO_SLOW = 4408
TOO_BIG = 4413
STALE = 4426
TOO_OFTEN = 4429
TRY_LATER = 4503


def origin_allowed(scope: Scope) -> bool:
    """Whether a page of ours opened the socket. A browser always says; who says nothing stays out."""
    origins = _headers(scope, b"origin")
    return len(origins) == 1 and origins[0].lower() in {o.lower() for o in settings.ALLOWED_ORIGINS}


def address_of(scope: Scope) -> str:
    client = scope.get("client") or ("", 0)
    return client_address(str(client[0]), ",".join(_headers(scope, b"x-forwarded-for")))


def cookies_of(scope: Scope) -> dict[str, str]:
    return parse_cookie("; ".join(_headers(scope, b"cookie")))


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin1") for key, value in scope.get("headers", ()) if key == name]
