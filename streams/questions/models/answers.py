"""Answers: saved for many questions, prepared for one, given."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from typing_extensions import override

from streams.common import clock
from streams.people.models import Unit, User
from streams.questions.models.question import Question


class SavedReply(models.Model):
    """An answer that is given again and again, in Kazakh and Russian; holds for the units below too.

    The texts have placeholders (`placeholders.KNOWN`). `used` counts the answers given with it.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="saved_replies")
    title = models.CharField(max_length=80)
    text_kk = models.TextField(blank=True)
    text_ru = models.TextField(blank=True)
    used = models.PositiveIntegerField(default=0)
    is_retired = models.BooleanField(default=False)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    search_text = models.TextField(editable=False)

    class Meta:
        ordering = ("-used", "title", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text_kk="") | ~Q(text_ru=""), name="saved_reply_has_text"
            ),
        )

    @override
    def __str__(self) -> str:
        return self.title

    def text(self, language: str) -> str:
        """Empty where it has none in this language."""
        return {"kk": self.text_kk, "ru": self.text_ru}.get(language, "")


class Draft(models.Model):
    """An answer prepared before its time; never public before somebody gives it.

    `for_chief`: it is what the chief is to say, so the studio shows it as a hint.
    """

    question = models.OneToOneField(Question, models.CASCADE, related_name="draft")
    text = models.TextField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    for_chief = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"draft of an answer to {self.question_id}"

    @property
    def stamp(self) -> str:
        """Changes whenever the draft does."""
        return clock.stamp(self.at)


class Answer(models.Model):
    """What was said or written. `retracted_at`: the move was undone; the words stay on record."""

    class Kind(models.TextChoices):
        ON_AIR = "on_air"
        WRITTEN = "written"
        CONTROL = "control"
        FORWARDED = "forwarded"
        DECLINED = "declined"

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    time_code_s = models.PositiveIntegerField(null=True)
    body = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    retracted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="on_air") | Q(time_code_s__isnull=False), name="answer_time_code"
            ),
            models.UniqueConstraint(
                fields=("question",),
                condition=Q(retracted_at__isnull=True),
                name="answer_one_stands",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} answer to {self.question_id}"
