"""How moderators work on a question together: who holds it, what they tell the chief, what they propose."""

from __future__ import annotations

from django.db import models
from typing_extensions import override

from streams.common import clock
from streams.people.models import User
from streams.questions.models.question import Question
from streams.questions.rules import PROPOSES


class Claim(models.Model):
    """A lease: who works on a question since and until when. It ends by itself."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="claim")
    holder = models.ForeignKey(User, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.holder} holds {self.question_id}"


class Cue(models.Model):
    """What the desk prepared for the chief about a question: facts, the law's article, what was said."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="cue")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"cue of {self.question_id}"


class Proposal(models.Model):
    """What one person would do with a question and a second one confirms or refuses."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="proposals")
    move = models.CharField(max_length=20, choices=[(m.value, m.value) for m in PROPOSES.values()])
    reason = models.CharField(max_length=25)
    text = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    @override
    def __str__(self) -> str:
        return f"{self.by} proposes to {self.move} {self.question_id}"
