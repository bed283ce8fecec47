"""Pages that are about no single object: open to people who have such a role somewhere."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from streams.people import access
from streams.people.models import User
from streams.people.rules import Role


def require_any(user: User | AnonymousUser, roles: Collection[Role]) -> User:
    """Raises Http404 for who has none of `roles` anywhere: nobody learns what they can't use."""
    if not isinstance(user, User) or not access.units_of(user, roles).exists():
        raise Http404
    return user
