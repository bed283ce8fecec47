"""Who does a thing: a member of staff in a role, the asker with the secret, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass

from streams.people import rules
from streams.people.models import User


@dataclass(frozen=True)
class Actor:
    """`role` is what the public journal names; `user` stays inside."""

    role: str
    user: User | None = None


ASKER = Actor(rules.ASKER)
SYSTEM = Actor(rules.SYSTEM)
