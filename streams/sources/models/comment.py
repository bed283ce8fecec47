"""One message of a platform, and the question that it became."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from typing_extensions import override

from streams.questions.models import Question
from streams.receptions.models import Reception
from streams.sources import links
from streams.sources.inbound import Origin
from streams.sources.models.source import Source
from streams.sources.rules import KEPT, Fate


class Comment(models.Model):
    """`external_id` is the platform's name for it, once per source: a repeat changes nothing.

    Born `withdrawn` where the deletion came before it. `author_key` is the author's id, or what comes
    nearest to one. `edited_at` is the platform's time of the newest edit we know. `changed_since`: the
    asker changed the words after a question was made of them, and no moderator has looked yet.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="comments")
    external_id = models.CharField(max_length=255)
    reception = models.ForeignKey(Reception, models.PROTECT, null=True, related_name="comments")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="comments")
    fate = models.CharField(max_length=12, choices=[(f.value, f.value) for f in Fate])
    author_key = models.CharField(max_length=255, blank=True)
    author_id = models.CharField(max_length=255, blank=True)
    author_name = models.CharField(max_length=120, blank=True)
    author_handle = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, blank=True)
    posted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    changed_since = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True)
    banned_at = models.DateTimeField(null=True)
    parent_id = models.CharField(max_length=255, blank=True)
    permalink = models.CharField(max_length=links.MAX_CHARS, blank=True)
    thread = models.CharField(max_length=255, blank=True)
    reply_ref: models.JSONField[Any, Any] = models.JSONField(default=dict)
    origin = models.CharField(
        max_length=8, choices=[(o.value, o.value) for o in Origin], default=Origin.LIVE
    )
    is_question_box = models.BooleanField(default=False)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="duplicates")

    class Meta:
        ordering = ("received_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("source", "external_id"), name="comment_once"),
            models.CheckConstraint(
                condition=~Q(fate="queued") | Q(question__isnull=False), name="comment_queued"
            ),
        )
        indexes = (
            models.Index(fields=("source", "received_at"), name="comment_of_source"),
            models.Index(fields=("source", "author_key", "received_at"), name="comment_of_author"),
            models.Index(
                fields=("source", "received_at"),
                condition=Q(fate__in=sorted(KEPT), question__isnull=True),
                name="comment_kept",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.source_id}: {self.external_id}"


class CommentEdit(models.Model):
    """The words as they stood before the author changed them."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="edits")
    text = models.TextField(blank=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("replaced_at", "pk")

    @override
    def __str__(self) -> str:
        return f"{self.comment_id} before {self.replaced_at:%H:%M:%S}"
