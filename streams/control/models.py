"""A promise on the chief's personal control, and the steps it went through."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.control.rules import RESULTS, Step, Work
from streams.people.models import Unit, User
from streams.questions.models import Question

WORK_LABELS = {
    Work.TAKEN: _("taken on control"),
    Work.ASSIGNED: _("assigned"),
    Work.ANSWERED: _("answered"),
    Work.REMOVED: _("removed from control"),
    Work.TAKEN_BACK: _("taken back"),
}
STEP_LABELS = {
    Step.TAKE: _("Taken on control"),
    Step.ASSIGN: _("Assigned"),
    Step.ANSWER: _("Answered"),
    Step.REMOVE: _("Removed from control"),
    Step.TAKE_BACK: _("Taken back"),
}
RESULT_LABELS = {
    "done": _("done"),
    "partly": _("partly done"),
    "explained": _("explained"),
    "not_possible": _("not possible"),
}


class ControlRecord(models.Model):
    number = models.CharField(max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="control_records")
    question = models.ForeignKey(Question, models.PROTECT, related_name="control_records")
    promise = models.TextField()
    promised_by = models.CharField(max_length=150)
    time_code_s = models.PositiveIntegerField(null=True, blank=True)
    owner_name = models.CharField(max_length=150)
    chief = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField()
    original_due_on = models.DateField()
    work_state = models.CharField(max_length=12, choices=[(w.value, WORK_LABELS[w]) for w in Work])
    executor_name = models.CharField(max_length=150, blank=True)
    instruction = models.TextField(blank=True)
    answer_text = models.TextField(blank=True)
    answer_language = models.CharField(max_length=2, choices=settings.LANGUAGES, blank=True)
    result = models.CharField(
        max_length=12, choices=[(r, RESULT_LABELS[r]) for r in RESULTS], blank=True
    )
    taken_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_on", "number")
        constraints = (
            models.CheckConstraint(
                condition=Q(work_state__in=[w.value for w in Work]), name="record_state_known"
            ),
            # One question has one promise in force.
            models.UniqueConstraint(
                fields=("question",),
                condition=~Q(work_state="taken_back"),
                name="record_one_in_force",
            ),
        )

    @override
    def __str__(self) -> str:
        return self.number

    def last_step(self) -> int:
        """Which step stands last: a page that names another one is stale."""
        return self.steps.order_by("-pk").values_list("pk", flat=True).first() or 0


class ControlStep(models.Model):
    """One step of a record, append-only. The journal of the reception holds its public trace."""

    record = models.ForeignKey(ControlRecord, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=[(s.value, STEP_LABELS[s]) for s in Step])
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=15)
    at = models.DateTimeField()
    data: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering = ("pk",)

    @override
    def __str__(self) -> str:
        return f"{self.record_id} {self.kind}"
