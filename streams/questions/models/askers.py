"""Who asked, and who has the question too."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from streams.questions.models.question import Question


class AskerContact(models.Model):
    """Where the asker may be reached, encrypted and apart from the question."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="contact")
    sealed = models.BinaryField()

    @override
    def __str__(self) -> str:
        return f"contact of {self.question_id}"


class Vote(models.Model):
    """ "I have this question too": one for each viewer and question. `voter` is a fingerprint."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    voter = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("question", "voter"), name="vote_once"),)

    @override
    def __str__(self) -> str:
        return f"vote for {self.question_id}"
