"""A place where people write to a unit, and all that its connector needs to listen there."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common import crypto
from streams.people.models import Unit
from streams.sources.rules import Feeds, Health

FEEDS_LABELS = {
    Feeds.ANY: _("whichever takes questions now"),
    Feeds.BROADCAST: _("broadcasts only"),
    Feeds.STANDING: _("the standing reception only"),
}


class Source(models.Model):
    """`uuid` is its public name; a token in its address is kept as a fingerprint only.

    `cursor` changes in the transaction that stores what it points behind. `lease_owner` is the runner
    that may write until `lease_until`. `project` is the same for sources that share one quota.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sources", verbose_name=_("unit"))
    platform = models.CharField(_("platform"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_enabled = models.BooleanField(_("switched on"), default=True)
    feeds = models.CharField(
        _("feeds"),
        max_length=10,
        choices=[(f.value, FEEDS_LABELS[f]) for f in Feeds],
        default=Feeds.ANY,
    )
    settings: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)
    sealed_secrets = models.BinaryField(default=b"", editable=False)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    project = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    cursor: models.JSONField[Any, Any] = models.JSONField(default=dict, editable=False)
    lease_owner = models.CharField(max_length=80, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    health = models.CharField(
        max_length=12,
        choices=[(h.value, h.value) for h in Health],
        default=Health.WAITING,
        editable=False,
    )
    health_code = models.CharField(max_length=60, blank=True, editable=False)
    health_since = models.DateTimeField(null=True, editable=False)
    retry_at = models.DateTimeField(null=True, editable=False)
    heard_at = models.DateTimeField(null=True, editable=False)  # anything at all from the platform
    last_message_at = models.DateTimeField(null=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)  # the runner's own
    platform_count = models.PositiveIntegerField(null=True, editable=False)

    quota_spent = models.PositiveIntegerField(default=0, editable=False)
    quota_day = models.DateField(null=True, editable=False)

    received = models.PositiveIntegerField(default=0, editable=False)
    duplicates = models.PositiveIntegerField(default=0, editable=False)
    not_understood = models.PositiveIntegerField(default=0, editable=False)
    gaps_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ("unit", "platform", "name", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(health__in=[h.value for h in Health]), name="source_health_known"
            ),
            models.CheckConstraint(
                condition=Q(feeds__in=[f.value for f in Feeds]), name="source_feeds_known"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.platform}: {self.name}"

    @property
    def secrets(self) -> dict[str, str]:
        """Unsealed; hand it to a connector only."""
        if not self.sealed_secrets:
            return {}
        found: dict[str, str] = json.loads(crypto.unseal(bytes(self.sealed_secrets)))
        return found

    def keep_secrets(self, values: Mapping[str, str]) -> None:
        """Seal `values` over what is kept under the same names; the caller saves."""
        kept = self.secrets | dict(values)
        self.sealed_secrets = crypto.seal(json.dumps(kept, sort_keys=True))
        self.project = crypto.fingerprint(
            "\0".join([self.platform, *(kept[name] for name in sorted(kept))])
        )

    def new_token(self) -> str:
        """A fresh token for the source's address; shown once, the caller saves."""
        token = secrets.token_urlsafe(32)
        self.token_hash = crypto.fingerprint(token)
        return token

    def opens_with(self, token: str) -> bool:
        return bool(self.token_hash) and constant_time_compare(
            self.token_hash, crypto.fingerprint(token)
        )
