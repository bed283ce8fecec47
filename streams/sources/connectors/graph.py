"""Calls to Meta's Graph API: its errors in our words, its warnings as a pause, no token in an address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2

from streams.sources.connectors import reading
from streams.sources.connectors.base import Check, Context
from streams.sources.errors import (
    NotUnderstood,
    Refused,
    SignInAgain,
    SourceError,
    Throttled,
    Transient,
)
from streams.sources.http import explain

VERSION = "v26.0"
FACEBOOK = "https://graph.facebook.com"
INSTAGRAM = "https://graph.instagram.com"

DEAD_TOKEN = frozenset({102, 190, 463, 467})
NO_RIGHT = frozenset({3, 10, *range(200, 300)})
SLOWER = frozenset({4, 17, 32, 341, 613, *range(80000, 80015), 130429, 131048, 131056})
THEIR_FAULT = frozenset({1, 2})
# An object that is not there, or not for this token: Graph doesn't tell these apart.
GONE = (100, 33)
# Nothing can have been done where there was no connection at all.
NO_CONNECTION = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
# How long we keep quiet where Graph says "slower" without saying until when.
UNSAID_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """`pause_s`: how long Meta's usage headers ask us to keep quiet although this call was answered."""

    data: Mapping[str, Any]
    raw: bytes
    pause_s: float = 0.0


class GraphError(SourceError):
    """Graph's numbers, for callers that must tell more apart than the taxonomy does."""

    def __init__(self, status: int, number: int, subcode: int, known: SourceError) -> None:
        super().__init__(known.code)
        self.status = status
        self.number = number
        self.subcode = subcode
        self.known = known


@dataclass(frozen=True, slots=True)
class Call:
    """One source's way to Graph. Only `exact` raises GraphError; all others raise what it stands for."""

    context: Context
    token: str = field(repr=False)

    @classmethod
    def of(cls, context: Context) -> Call:
        token = context.secrets.get("access_token", "").strip()
        if not token or not token.isascii() or not token.isprintable():
            raise SignInAgain("no_token")
        return cls(context, token)

    def url(self, path: str) -> str:
        version = self.context.settings.get("api_version") or VERSION
        return self.context.url(f"/{version}/{path}")

    async def get(self, path: str, **params: str) -> Answer:
        try:
            return await self.exact("GET", path, params=params)
        except GraphError as error:
            raise error.known from None

    async def exact(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
        token: str = "",
    ) -> Answer:
        """Raises GraphError where Graph refused, Transient or NotArrived where nobody answered."""
        try:
            response = await self.context.http.request(
                method,
                self.url(path),
                params=params,
                data=data,
                json=payload,
                headers={"Authorization": f"Bearer {token or self.token}"},
            )
        except httpx2.InvalidURL:
            raise Refused("address") from None
        except httpx2.HTTPError as error:
            known = explain(error)
            if isinstance(error, NO_CONNECTION):
                raise NotArrived(known.code) from None
            raise known from None
        return read(response, self.context.now())


class NotArrived(Transient):
    """There was no connection at all."""


def read(response: httpx2.Response, now: datetime) -> Answer:
    """Raises GraphError."""
    until = busy_until(response.headers, now)
    try:
        document = reading.load(response.content)
    except NotUnderstood:
        document = None
    failure = reading.mapping(reading.mapping(document).get("error"))
    if response.status_code >= 400 or failure:
        raise _error(response, failure, until, now)
    if not isinstance(document, dict):
        known = Transient("bad_answer")
        raise GraphError(response.status_code, 0, 0, known)
    pause_s = max(0.0, (until - now).total_seconds()) if until else 0.0
    return Answer(document, response.content, pause_s)


def _error(
    response: httpx2.Response,
    failure: Mapping[str, Any],
    until: datetime | None,
    now: datetime,
) -> GraphError:
    status = response.status_code
    number = reading.number(failure.get("code")) or 0
    subcode = reading.number(failure.get("error_subcode")) or 0
    is_passing = failure.get("is_transient") is True
    known: SourceError
    if status == 429 or number in SLOWER:
        said = _retry_after(response.headers, now)
        known = Throttled("slower", until=said or until or now + UNSAID_PAUSE)
    elif number in DEAD_TOKEN or status == 401:
        known = SignInAgain("token")
    elif number in NO_RIGHT:
        known = SignInAgain("permission")
    elif status >= 500 or number in THEIR_FAULT or is_passing:
        known = Transient("server")
    elif (number, subcode) == GONE or status == 404:
        known = Refused("gone")
    else:
        known = Refused("refused")
    return GraphError(status, number, subcode, known)


def busy_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Calling on while throttled makes the recovery longer, so the warning is taken at its word."""
    minutes = 0
    usages = [
        *reading.mappings(_header(headers, "x-app-usage")),
        *(
            usage
            for usages in reading.mapping(_header(headers, "x-business-use-case-usage")).values()
            for usage in reading.mappings(usages)
        ),
    ]
    for usage in usages:
        shares = [usage.get(name) for name in ("call_count", "total_cputime", "total_time")]
        wait = reading.number(usage.get("estimated_time_to_regain_access")) or 0
        if not wait and any((reading.number(share) or 0) >= 100 for share in shares):
            wait = int(UNSAID_PAUSE.total_seconds() // 60)
        minutes = max(minutes, wait)
    return now + min(timedelta(minutes=minutes), LONGEST_PAUSE) if minutes else None


def _header(headers: Mapping[str, str], name: str) -> object:
    try:
        return json.loads(headers.get(name, "null"))
    except ValueError:
        return None


def _retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    seconds = reading.number(headers.get("retry-after", ""))
    return now + min(timedelta(seconds=seconds), LONGEST_PAUSE) if seconds else None


# --- "Check connection" ------------------------------------------------------------------------------


async def check_account(call: Call, account: str, fields: str) -> Check:
    try:
        answer = await call.get(account, fields=fields)
    except SourceError as error:
        return Check("signed_in", False, {"why": error.code})
    shown = answer.data.get("username") or answer.data.get("name") or answer.data.get("id")
    return Check("signed_in", True, {"account": reading.name(shown)})


async def check_scopes(call: Call, wanted: frozenset[str], reply: str = "") -> list[Check]:
    """What the token may do, and whether it may `reply`. Only the app itself may ask: nothing is said
    where its id is not entered.
    """
    app_id = call.context.settings.get("app_id", "").strip()
    app_secret = call.context.secrets.get("app_secret", "").strip()
    if not app_id or not app_secret:
        return []
    try:
        facts = await _examine(call, f"{app_id}|{app_secret}")
    except SourceError as error:
        return [Check("scopes", False, {"why": error.code})]
    if facts.get("is_valid") is not True:
        return [Check("scopes", False, {"why": "token"})]
    granted = frozenset(reading.strings(facts.get("scopes")))
    missing = ", ".join(sorted(wanted - granted))
    found = [Check("scopes", not missing, {"missing": missing} if missing else {})]
    if reply:
        found.append(Check("can_reply", reply in granted))
    return found


async def _examine(call: Call, app_token: str) -> Mapping[str, Any]:
    """In a batch, because the token to be examined is a parameter, and addresses end up in logs."""
    asked = f"debug_token?{httpx2.QueryParams(input_token=call.token)}"
    batch = json.dumps([{"method": "GET", "relative_url": asked}])
    try:
        response = await call.context.http.post(
            call.url(""),
            data={"batch": batch, "include_headers": "false"},
            headers={"Authorization": f"Bearer {app_token}"},
        )
        first = next(reading.mappings(reading.load(response.content)), {})
        told = reading.mapping(
            reading.load(reading.string(first.get("body"), max_chars=100_000).encode())
        )
    except httpx2.HTTPError as error:
        raise explain(error) from None
    except NotUnderstood:
        raise Transient("bad_answer") from None
    return reading.mapping(told.get("data"))


async def check_subscription(call: Call, account: str, wanted: str) -> Check:
    """The account's half of a webhook. `wanted` empty: any subscription of our app will do."""
    try:
        answer = await call.get(f"{account}/subscribed_apps")
    except SourceError as error:
        return Check("subscribed", False, {"why": error.code})
    apps = list(reading.mappings(answer.data.get("data", [])))
    fields = {one for app in apps for one in reading.strings(app.get("subscribed_fields"))}
    is_there = bool(apps) if not wanted else wanted in fields
    return Check("subscribed", is_there, {"field": wanted})
