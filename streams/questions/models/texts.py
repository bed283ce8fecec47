"""The public text: each wording it had, and what is made of it to find its like."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from typing_extensions import override

from streams.people.models import User
from streams.questions.models.question import Question


class TextVersion(models.Model):
    """A public text as it stood; the newest equals `Question.public_text`."""

    # The unique index begins with it.
    question = models.ForeignKey(
        Question, models.PROTECT, related_name="text_versions", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("question", "version")
        constraints = (
            models.UniqueConstraint(fields=("question", "version"), name="text_version_once"),
        )
        indexes = (
            models.Index(fields=("by",), name="text_version_by", condition=Q(by__isnull=False)),
        )

    @override
    def __str__(self) -> str:
        return f"{self.question_id} v{self.version}"


class Likeness(models.Model):
    """What a question is compared by, made from its public text and nothing else.

    `meaning` is the vector of the optional language model; null until a job has computed it.
    """

    question = models.OneToOneField(
        Question, models.CASCADE, primary_key=True, related_name="likeness"
    )
    text_version = models.PositiveSmallIntegerField()
    terms = ArrayField(models.IntegerField())
    meaning = models.BinaryField(null=True)

    class Meta:
        # A look follows what came in: with a list of what is not in the index yet, PostgreSQL would read all
        # rows instead, and 50,000 take it 200 ms.
        indexes = (GinIndex(fields=("terms",), name="likeness_terms", fastupdate=False),)

    @override
    def __str__(self) -> str:
        return f"likeness of {self.question_id}"
