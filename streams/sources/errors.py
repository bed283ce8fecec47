"""What can go wrong between us and a platform: one list for all of them, so health can say what to do."""

from __future__ import annotations

from datetime import datetime


class SourceError(Exception):
    """`code` is a short word of ours, never the platform's text and never a secret.

    `spent`: quota units that the failed call cost all the same.
    """

    spent = 0

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class Transient(SourceError):
    """Network or a 5xx: try again after a growing, jittered pause."""


class Throttled(SourceError):
    """The platform says slower. `until` is aware; None where it doesn't say how long."""

    def __init__(self, code: str = "", *, until: datetime | None = None) -> None:
        super().__init__(code)
        self.until = until


class QuotaSpent(SourceError):
    """Nothing more today. Every call of this project stops until `until`."""

    def __init__(self, code: str = "", *, until: datetime) -> None:
        super().__init__(code)
        self.until = until


class SignInAgain(SourceError):
    """The token is dead or lacks a right: a person must reconnect the account."""


class NotLive(SourceError):
    """There is no broadcast yet: look again in a while."""


class Ended(SourceError):
    """The broadcast is over; nothing more will come."""


class TakenElsewhere(SourceError):
    """Somebody else reads with the same token."""


class BadSignature(SourceError):
    """A delivery that is not proven to be the platform's."""


class NotUnderstood(SourceError):
    """The bytes are not what the platform's documents describe. The raw delivery stays."""


class Refused(SourceError):
    """The platform refuses this call for good (a clean 4xx): sending it again changes nothing."""
