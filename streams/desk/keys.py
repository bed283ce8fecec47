"""A person's keys, stored: read for every desk they open, changed one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from streams.desk import keymap
from streams.desk.keymap import KeyMap
from streams.desk.models import DeskKeys
from streams.people.models import User


def of(user: User) -> KeyMap:
    stored = DeskKeys.objects.filter(user=user).first()
    return _read(stored) if stored else KeyMap()


def put(user: User, action: str, code: str, *, swap: bool = False) -> KeyMap:
    """Raises what `KeyMap.with_key` raises."""
    return _change(user, lambda keys: keys.with_key(action, code, swap=swap))


def turn_characters(user: User, *, on: bool) -> KeyMap:
    return _change(user, lambda keys: replace(keys, characters=on))


def reset(user: User) -> KeyMap:
    return _change(user, lambda _keys: KeyMap())


@transaction.atomic
def _change(user: User, change: Callable[[KeyMap], KeyMap]) -> KeyMap:
    """Under the row's lock: two open desks of one person lose nothing of each other."""
    DeskKeys.objects.get_or_create(user=user)
    stored = DeskKeys.objects.select_for_update().get(user=user)
    keys = change(_read(stored))
    stored.changes, stored.characters = dict(keys.changes), keys.characters
    stored.save()
    return keys


def _read(stored: DeskKeys) -> KeyMap:
    return keymap.read(stored.changes, characters=stored.characters)
