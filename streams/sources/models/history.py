"""What a source went through: its states, and the times it could not listen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from streams.receptions.models import Reception
from streams.sources.models.source import Source
from streams.sources.rules import Health


class HealthChange(models.Model):
    source = models.ForeignKey(Source, models.CASCADE, related_name="health_changes")
    at = models.DateTimeField()
    health = models.CharField(max_length=12, choices=[(h.value, h.value) for h in Health])
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("source", "at"), name="health_of_source"),)

    @override
    def __str__(self) -> str:
        return f"{self.source_id} {self.health} {self.at:%H:%M:%S}"


class Gap(models.Model):
    """Messages of this time may be missing. `filled_at`: they were fetched after all."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="gaps")
    reception = models.ForeignKey(Reception, models.PROTECT, null=True, related_name="gaps")
    since = models.DateTimeField()
    until = models.DateTimeField()
    code = models.CharField(max_length=60, blank=True)
    filled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="gap_forwards"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.source_id} {self.since:%H:%M:%S}-{self.until:%H:%M:%S}"
