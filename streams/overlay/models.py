"""The overlay of a reception: whether it shows, and the fingerprints of its two addresses."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from streams.overlay.rules import AUTO_HIDE_S
from streams.people.models import User
from streams.receptions.models import Reception


class Overlay(models.Model):
    """One for each reception. Of its addresses only fingerprints are kept; `revision` counts them.

    A null hash is an address that was taken back or never made. What the overlay shows is the question
    on air, so it has no text of its own.
    """

    reception = models.OneToOneField(Reception, models.PROTECT, related_name="overlay")
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 -- unique
    remote_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 -- unique
    revision = models.PositiveIntegerField(default=0)
    is_hidden = models.BooleanField(default=False)
    auto_hide_s = models.PositiveSmallIntegerField(default=0)
    shows_asker = models.BooleanField(default=False)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(auto_hide_s__in=AUTO_HIDE_S), name="overlay_auto_hide"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"overlay of {self.reception_id}"
