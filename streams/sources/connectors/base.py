"""The roads a platform's messages come by, and the one that answers take.

A connector is one object without state of its own: all it needs comes with the `Context`, all it
learns goes out in `Batch` or `Parsed`. Parsers are pure, so a stored delivery can be read again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from httpx2 import AsyncClient

from streams.sources.inbound import Inbound, Parsed
from streams.sources.rules import Limit

Cursor = Mapping[str, Any]


class ReplyMode(StrEnum):
    NONE = "none"
    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do; pages and docs read it, nothing else decides by platform's name.

    `reply_per_message`: how many replies one message can have (None: any number).
    `reply_while_live`: replies only until the broadcast ends. `reply_within_s`: and so long after the message.
    `reply_cost`: quota units of one reply. `reply_limits`: of the whole account.
    `address_token`: nothing in a delivery proves its sender but a secret token in our address.
    `silent_after_s`: during a broadcast it says something at least so often, if only who is watching.
    """

    edits: bool = False
    deletes: bool = False
    backfill: bool = False
    needs_review: bool = False
    reply: ReplyMode = ReplyMode.NONE
    reply_per_message: int | None = None
    reply_while_live: bool = False
    reply_within_s: int | None = None
    reply_cost: int = 0
    reply_limits: tuple[Limit, ...] = ()
    address_token: bool = False
    silent_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a person fills in to connect the platform. `secret` ones are sealed and never shown again.

    `choices`: where only these words make sense.
    """

    name: str
    secret: bool = False
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Context:
    """`settings` and `secrets` are the source's own, by the names of its `fields`.

    `http` refuses private addresses unless the installation allows them. `now` and `sleep` are given,
    so that a test needs no real time. `spent`: quota units that the project used today. `held`: how many
    messages of this broadcast we have, to compare with the platform's own count.
    """

    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    http: AsyncClient
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    live_since: datetime | None = None
    spent: int = 0
    held: int = 0

    def url(self, path: str, *, name: str = "base_url") -> str:
        """`path` under the source's own base address."""
        return self.settings[name].rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch brought. `cursor` is saved in the transaction that stores `items`, never earlier.

    `raw` are the bytes the items came from, kept as a delivery. `wait_s`: how long the platform wants
    to be left alone. `gap_from` says since when messages may be missing. `spent`: quota units used.
    `platform_count`: how many messages the platform itself counts, where it tells.
    """

    items: tuple[Inbound, ...] = ()
    cursor: Cursor = field(default_factory=dict)
    raw: bytes = b""
    wait_s: float = 0.0
    ended: bool = False
    gap_from: datetime | None = None
    spent: int = 0
    platform_count: int | None = None
    not_understood: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """What a project may ask for in a day: `units` until `renewed_at`. `day` names it."""

    units: int
    day: date
    renewed_at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the answer to "Check connection". `code` is a key of the pages' texts."""

    code: str
    ok: bool
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class ReplyState(StrEnum):
    """`unknown`: the call may have arrived; a person looks before anything is sent again."""

    SENT = "sent"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ReplyResult:
    state: ReplyState
    external_id: str = ""
    code: str = ""


class Connector(Protocol):
    """`platform` is the folder's name. `fields` are asked for on the page that connects it."""

    platform: str
    capabilities: Capabilities
    fields: tuple[Field, ...]


@runtime_checkable
class Parsing(Connector, Protocol):
    """Can read a stored delivery again."""

    def parse(self, settings: Mapping[str, str], body: bytes, received_at: datetime) -> Parsed:
        """Raises NotUnderstood where the whole body makes no sense."""
        ...


@runtime_checkable
class Push(Parsing, Protocol):
    """The platform calls us."""

    def handshake(
        self, secrets: Mapping[str, str], method: str, query: Mapping[str, str], body: bytes
    ) -> HttpAnswer | None:
        """The answer to a request that only asks whether we are who we say; None for any other."""
        ...

    def verify(
        self, secrets: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        """`headers` by lower-case name. Raises BadSignature."""
        ...

    def answer(self, parsed: Parsed) -> HttpAnswer:
        """What the platform expects to hear when the delivery is stored."""
        ...


@runtime_checkable
class Trimming(Push, Protocol):
    """Its deliveries are smaller than most, and hold what we don't want to keep."""

    body_max_bytes: int

    def trim(self, body: bytes) -> bytes:
        """What is stored of a delivery, and parsed: all but pictures and the like."""
        ...


@runtime_checkable
class Accounting(Push, Protocol):
    """Tells its sender what became of every item."""

    def account(self, parsed: Parsed, results: Sequence[tuple[str, str]]) -> HttpAnswer:
        """`results`: the external id of every item and created, duplicate or changed."""
        ...


@runtime_checkable
class Poll(Connector, Protocol):
    """We ask again and again. Raises SourceError."""

    async def fetch(self, context: Context, cursor: Cursor) -> Batch: ...


@runtime_checkable
class Stream(Connector, Protocol):
    """One connection brings batch after batch; its clean end is no error. Raises SourceError."""

    def stream(self, context: Context, cursor: Cursor) -> AsyncIterator[Batch]: ...


@runtime_checkable
class Metered(Connector, Protocol):
    """The platform counts what we ask, for all sources of a project together. `Batch.spent` and
    `SourceError.spent` say how much a call cost; nothing is asked once the day's units are used up.
    """

    def quota(self, settings: Mapping[str, str], now: datetime) -> Quota: ...


@runtime_checkable
class Probing(Connector, Protocol):
    """Can tell whether it is connected as it should be. Never raises for what a person can mend."""

    async def probe(self, context: Context) -> tuple[Check, ...]: ...


@runtime_checkable
class Hooking(Push, Protocol):
    """Can be told by us where it shall deliver. Both raise SourceError."""

    async def hook(self, context: Context, address: str) -> None: ...

    async def unhook(self, context: Context) -> None: ...


@runtime_checkable
class Replier(Connector, Protocol):
    """Answers where the question was asked. Never sends the same thing twice by itself.

    Raises SourceError only where nothing was sent for certain: the outbox may try again later.
    """

    async def reply(
        self, context: Context, reply_ref: Mapping[str, Any], text: str, idempotency_key: str
    ) -> ReplyResult: ...


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a reply appears. `key` is the same for all that share `limits`."""

    key: str
    is_private: bool
    limits: tuple[Limit, ...] = ()


@runtime_checkable
class Chatting(Replier, Protocol):
    """Replies here go to different places: some private, some public, each with limits of its own."""

    def chat(self, reply_ref: Mapping[str, Any]) -> Chat: ...
