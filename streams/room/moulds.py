"""The room's page as a mould: rendered once for all who open it now, with gaps for what is one's own.

One's own are the token of the forms, the nonce of the scripts and the id of a question not yet asked.
They are never part of what is kept: the mould holds placeholders that nobody else can have written.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.utils.http import parse_etags
from django.utils.translation import get_language

from streams.receptions.models import Reception
from streams.room.snapshots import Snapshot

_KEEP = 64


@dataclass(frozen=True)
class Gaps:
    """What stands in the mould where a page has one's own."""

    csrf_token: str
    csp_nonce: str
    client_id: str


@dataclass(frozen=True)
class Mould:
    snapshot: Snapshot
    takes_questions: bool
    body: bytes
    digest: str


_kept: OrderedDict[tuple[int, str, str], Mould] = OrderedDict()


def fits(request: HttpRequest) -> bool:
    """Whether the page of this visitor is like everybody's: nobody signed in, nothing to tell them."""
    cookies = request.COOKIES
    return (
        request.method in {"GET", "HEAD"}
        and not request.GET
        and settings.SESSION_COOKIE_NAME not in cookies
        and CookieStorage.cookie_name not in cookies
    )


def answer(
    request: HttpRequest,
    reception: Reception,
    snapshot: Snapshot,
    render: Callable[[Gaps], bytes],
    *,
    takes_questions: bool,
) -> HttpResponse:
    """The page, or 304 where this browser has this very page. `render` is called where no mould fits."""
    key = (reception.pk, get_language() or "", request.get_host())
    mould = _kept.get(key)
    if (
        mould is None
        or mould.snapshot is not snapshot
        or mould.takes_questions is not takes_questions
    ):
        body = render(gaps())
        mould = Mould(snapshot, takes_questions, body, hashlib.sha256(body).hexdigest())
        _keep(key, mould)
    token = get_token(request)
    etag = _etag(request, mould)
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(_filled(mould.body, request, token))
    response.headers["ETag"] = etag
    return response


@cache
def gaps() -> Gaps:
    """Of this process; as no visitor can guess them, no question's text can hold one."""
    return Gaps(*(f"gap{secrets.token_hex(24)}" for _ in range(3)))


def _filled(body: bytes, request: HttpRequest, token: str) -> bytes:
    own = gaps()
    for gap, value in (
        (own.csrf_token, token),
        (own.csp_nonce, str(getattr(request, "csp_nonce", ""))),
        (own.client_id, str(uuid.uuid4())),
    ):
        body = body.replace(gap.encode(), value.encode())
    return body


def _etag(request: HttpRequest, mould: Mould) -> str:
    """Weak: token and nonce differ from page to page. Another secret of the forms is another page."""
    secret = str(request.META.get("CSRF_COOKIE", ""))
    return f'W/"{hashlib.sha256((mould.digest + secret).encode()).hexdigest()[:32]}"'


def _keep(key: tuple[int, str, str], mould: Mould) -> None:
    _kept[key] = mould
    _kept.move_to_end(key)
    while len(_kept) > _KEEP:
        _kept.popitem(last=False)
