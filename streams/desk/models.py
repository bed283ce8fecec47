"""What the desk keeps: files for a while, each moderator's keys, and who has it open."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode

from django.db import models
from typing_extensions import override

from streams.common import crypto
from streams.people.models import User
from streams.receptions.models import Reception


class Upload(models.Model):
    """A file of comments between its choosing and its import: sealed, and gone after a day."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reception = models.ForeignKey(Reception, models.CASCADE, related_name="uploads")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("created_at", "pk")

    @override
    def __str__(self) -> str:
        return f"{self.name} for {self.reception_id}"

    def keep(self, raw: bytes) -> None:
        """Seal the bytes; the caller saves."""
        self.sealed = crypto.seal(b64encode(raw).decode())

    @property
    def raw(self) -> bytes:
        return b64decode(crypto.unseal(bytes(self.sealed)))


class DeskKeys(models.Model):
    """A person's keys, on whatever computer they sign in. `changes`: see `desk.keymap.KeyMap`."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="desk_keys")
    changes = models.JSONField(default=dict)
    characters = models.BooleanField(default=True)

    @override
    def __str__(self) -> str:
        return str(self.user)


class Presence(models.Model):
    """An open desk: one row for each socket, so that many tabs and many web processes are one person.

    `seen_at` is its last sign of life, `acted_at` when somebody last touched a key or the mouse there.
    """

    socket = models.UUIDField(primary_key=True)
    # The index below begins with it.
    reception = models.ForeignKey(Reception, models.CASCADE, related_name="present", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    acted_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("reception", "seen_at"), name="presence_at_desk"),)

    @override
    def __str__(self) -> str:
        return f"{self.user_id} at the desk of {self.reception_id}"
