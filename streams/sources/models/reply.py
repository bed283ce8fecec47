"""The outbox: what is to be said back to an asker where they asked."""

from __future__ import annotations

import uuid

from django.db import models
from typing_extensions import override

from streams.common import clock
from streams.people.models import User
from streams.questions.models import Question
from streams.sources.models.comment import Comment
from streams.sources.models.source import Source
from streams.sources.rules import ReplyStatus


class Reply(models.Model):
    """One message back; one of each `kind` for a question and source, so nothing is said twice.

    `promise`: on personal control until a day; the outcome follows. `deadline`: after it the platform
    takes no reply any more. `code` says why it was not sent. `not_before`: the platform wants to be left
    alone until then. `started_at`: of the last attempt. `looked_by`: who said what became of it.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt"
        PROMISE = "promise"
        OUTCOME = "outcome"

    question = models.ForeignKey(Question, models.PROTECT, related_name="replies")
    source = models.ForeignKey(Source, models.PROTECT, related_name="replies")
    comment = models.ForeignKey(Comment, models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField()
    language = models.CharField(max_length=2)
    state = models.CharField(
        max_length=10,
        choices=[(s.value, s.value) for s in ReplyStatus],
        default=ReplyStatus.QUEUED,
    )
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    deadline = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    chat = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    looked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("question", "source", "kind"), name="reply_once"),
        )
        indexes = (
            models.Index(fields=("state", "created_at"), name="reply_to_send"),
            models.Index(fields=("source", "started_at"), name="reply_of_late"),
            models.Index(fields=("changed_at",), name="reply_changed"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} to {self.question_id}: {self.state}"

    @property
    def is_refused_by_platform(self) -> bool:
        """Not sent for certain, and a person may mend the reason; what the asker wants is no such."""
        return self.state == ReplyStatus.REFUSED and self.code not in {"opted_out", "taken_back"}
