"""The words of the demo's plays: who asks what, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Live:
    """Answered on air, from `minute` of the broadcast on."""

    minute: int
    said: str


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Step:
    """One step of a record on control, so many days before today."""

    kind: str  # assign, answer, remove
    days_ago: float
    text: str
    executor: str = ""


@dataclass(frozen=True)
class OnControl:
    """`due_in`: days from today, so that one record is overdue and another is due tomorrow."""

    promise: str
    owner: str
    due_in: int
    minute: int
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Forwarded:
    body: str
    reason: str


@dataclass(frozen=True)
class Declined:
    """Proposed by one moderator; confirmed by the other unless `is_open`."""

    reason: str
    text: str
    is_open: bool = False


@dataclass(frozen=True)
class Same:
    """Merged into the question of that key."""

    key: str


@dataclass(frozen=True)
class Withdrawn:
    pass


@dataclass(frozen=True)
class Carried:
    """Carried over to the reception on air now."""


@dataclass(frozen=True)
class Aside:
    reason: str


@dataclass(frozen=True)
class Waiting:
    status: str = "new"  # new, approved, queued, on_air


Fate = Live | Text | OnControl | Forwarded | Declined | Same | Withdrawn | Carried | Aside | Waiting


@dataclass(frozen=True)
class Asked:
    """`public`: the text with personal data masked, where there is any."""

    key: str
    text: str
    name: str
    district: str
    fate: Fate
    tags: tuple[str, ...] = ()
    votes: int = 0
    public: str = ""
    contact: str = ""
