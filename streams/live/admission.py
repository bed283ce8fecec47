"""Whether a member of staff may (still) see a reception's screen. Blocking; asked again and again."""

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from streams.live import door
from streams.people import access
from streams.people.models import User
from streams.people.rules import STAFF, Role
from streams.receptions.models import Reception


class Refused(Exception):
    """`code` is the close code to refuse with."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class Admitted:
    user: User
    role: Role
    reception_id: int


def admit(session_key: str, no: str, roles: Collection[Role]) -> Admitted:
    """Raises Refused: not signed in, not there (or of a unit they don't serve in), no right."""
    user = user_of(session_key)
    if user is None:
        raise Refused(door.SIGN_IN)
    reception = Reception.objects.select_related("unit").filter(no=no[:12]).first()
    if reception is None:
        raise Refused(door.GONE)
    role = access.role_in(user, reception.unit, roles)
    if role is not None:
        return Admitted(user, role, reception.pk)
    known = access.role_in(user, reception.unit, STAFF)
    raise Refused(door.NO_RIGHT if known else door.GONE)


def user_of(session_key: str) -> User | None:
    """Who is signed in with this session: active, and with the password they signed in with.

    Django's own `get_user` renews a session after a change of SECRET_KEY, which needs a response to
    carry the new cookie. A socket has none.
    """
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    try:
        user_id = User._meta.pk.to_python(session[SESSION_KEY])
    except KeyError:
        return None
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    signed = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(signed, one) for one in hashes) else None
