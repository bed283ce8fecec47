"""What a platform sent, byte for byte, before anybody interpreted it."""

from __future__ import annotations

from typing import Any

from django.db import models
from typing_extensions import override

from streams.sources.models.source import Source
from streams.sources.rules import DeliveryState


class Delivery(models.Model):
    """Kept for some days, so that it can be read again with a better parser; then purged.

    `headers` are only those that say how to read it; never a signature or a token. `note` is a short
    word of ours.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="deliveries")
    received_at = models.DateTimeField()
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(
        max_length=15,
        choices=[(s.value, s.value) for s in DeliveryState],
        default=DeliveryState.STORED,
    )
    note = models.CharField(max_length=80, blank=True)
    items = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("received_at", "pk")
        indexes = (
            models.Index(fields=("received_at",), name="delivery_by_age"),
            models.Index(fields=("source", "state", "received_at"), name="delivery_of_source"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.source_id} {self.received_at:%Y-%m-%d %H:%M:%S} {self.state}"
