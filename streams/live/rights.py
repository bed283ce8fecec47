"""Rings when something changes in what a member of staff may do, so that open sockets look again."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from streams.common import clock
from streams.people.models import Membership, User
from streams.receptions import bell


@receiver([post_save, post_delete], sender=Membership)
def membership_changed(instance: Membership, **_: Any) -> None:
    _ring(instance.user_id)


@receiver(post_save, sender=User)
def user_changed(
    instance: User, *, created: bool, update_fields: frozenset[str] | None = None, **_: Any
) -> None:
    """Switched off, or with another password. Signing in only notes the time."""
    if not created and (update_fields is None or set(update_fields) - {"last_login"}):
        _ring(instance.pk)


@receiver(post_delete, sender=Session)
def session_ended(instance: Session, **_: Any) -> None:
    """Signing out deletes the session, and so does a change of password."""
    if instance.expire_date > clock.now() and (user_id := instance.get_decoded().get(SESSION_KEY)):
        _ring(int(user_id))


def _ring(user_id: int) -> None:
    transaction.on_commit(lambda: bell.ring_rights(user_id), robust=True)
