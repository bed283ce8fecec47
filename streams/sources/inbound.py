"""What any platform's message is turned into before anything else of the product sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

# Of the text that is kept; the raw delivery holds all of it.
TEXT_MAX_CHARS = 4000


class Op(StrEnum):
    """What happened on the platform."""

    NEW = "new"
    EDIT = "edit"
    DELETE = "delete"
    AUTHOR_BAN = "author_ban"
    LIVE_STARTED = "live_started"
    LIVE_ENDED = "live_ended"


class Origin(StrEnum):
    """`backfill`: written before we listened; shown as such, never as news."""

    LIVE = "live"
    BACKFILL = "backfill"


@dataclass(frozen=True, slots=True)
class Author:
    """`ext_id` is the platform's own id and may be empty where it gives none.

    `is_staff`: the broadcaster itself or its moderators; their words are no questions.
    """

    ext_id: str = ""
    name: str = ""
    handle: str = ""
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event of one platform, as its parser understood it. Ids are strings, whatever they look like.

    `external_id` names the message for good (for `author_ban` it is empty, and `author` says who).
    `permalink`: its address there, if it has one. `posted_at` is aware, or None where the platform doesn't say. `reply_ref` is what its replier needs
    to answer. `reported_at`: when the platform says it happened, for putting edits in order.
    """

    op: Op
    external_id: str
    received_at: datetime
    text: str = ""
    author: Author = field(default_factory=Author)
    posted_at: datetime | None = None
    reported_at: datetime | None = None
    parent_id: str = ""
    thread: str = ""
    language: str = ""
    reply_ref: Mapping[str, Any] = field(default_factory=dict)
    origin: Origin = Origin.LIVE
    is_question_box: bool = False
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """`not_understood` counts parts of a well-formed delivery that have a shape we don't know.

    `rejected` names them with a reason where the sender hears about each (see `base.Accounting`).
    """

    items: tuple[Inbound, ...] = ()
    not_understood: int = 0
    rejected: tuple[tuple[str, str], ...] = ()
