"""Making and taking back the addresses of an overlay, and showing and hiding it.

None of it decides on a question, so the journal doesn't tell of it; open pages hear of it at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from streams.common import crypto
from streams.overlay.models import Overlay
from streams.overlay.rules import Order, hidden_after
from streams.people.models import User
from streams.receptions import bell


@dataclass(frozen=True)
class Addresses:
    """The two secrets, told once: the page for OBS and the remote control."""

    token: str
    remote: str


def make(reception_id: int, *, by: User, now: datetime) -> Addresses:
    """New addresses; the ones before stop working."""
    addresses = Addresses(secrets.token_urlsafe(24), secrets.token_urlsafe(24))
    with _changing(reception_id) as overlay:
        overlay.token_hash = crypto.fingerprint(addresses.token)
        overlay.remote_hash = crypto.fingerprint(addresses.remote)
        overlay.made_by, overlay.made_at = by, now
        overlay.revision += 1
    return addresses


def take_back(reception_id: int) -> None:
    with _changing(reception_id) as overlay:
        overlay.token_hash = overlay.remote_hash = None
        overlay.revision += 1


def order(reception_id: int, given: Order) -> bool:
    """Show, hide or toggle; whether it is hidden now."""
    with _changing(reception_id) as overlay:
        overlay.is_hidden = hidden_after(given, is_hidden=overlay.is_hidden)
    return overlay.is_hidden


def set_up(reception_id: int, *, auto_hide_s: int, shows_asker: bool) -> None:
    with _changing(reception_id) as overlay:
        overlay.auto_hide_s, overlay.shows_asker = auto_hide_s, shows_asker


@contextmanager
def _changing(reception_id: int) -> Iterator[Overlay]:
    """The overlay's row under its lock, made where it is missing; saved and told of at the end."""
    with transaction.atomic():
        Overlay.objects.get_or_create(reception_id=reception_id)
        overlay = Overlay.objects.select_for_update().get(reception_id=reception_id)
        yield overlay
        overlay.save()
        bell.ring_side_on_commit(reception_id)
