"""A question. One `status` and, when closed, one `outcome` decide its bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from typing_extensions import override

from streams.people.models import Unit
from streams.questions.models.vocabulary import Tag
from streams.questions.rules import WAITING, Outcome, Status
from streams.receptions.models import Reception

if TYPE_CHECKING:
    from streams.questions.models.answers import Answer, Draft

_STATUSES = [(s.value, s.value) for s in Status]
_OUTCOMES = [(o.value, o.value) for o in Outcome]


class Question(models.Model):
    """`number` is its name in public; `client_id` makes a repeated submission harmless.

    `version` counts decisions: a mover says which version they saw. `is_public`: the public text may
    be shown. The original text never changes (the database refuses it, except for erasing it).
    """

    # The unique and the counting indexes begin with it.
    reception = models.ForeignKey(
        Reception, models.PROTECT, related_name="questions", db_index=False
    )
    number = models.PositiveIntegerField()
    client_id = models.UUIDField()
    secret_hash = models.CharField(max_length=64)
    text_key = models.BinaryField(max_length=32)
    original_text = models.TextField()
    public_text = models.TextField()
    text_version = models.PositiveSmallIntegerField(default=1)
    is_public = models.BooleanField(default=False)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    asker_name = models.CharField(max_length=80, blank=True)
    district = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    status = models.CharField(max_length=10, choices=_STATUSES, default=Status.NEW)
    outcome = models.CharField(max_length=25, choices=_OUTCOMES, null=True)  # noqa: DJ001 -- no outcome is not an empty one
    bucket = models.GeneratedField(
        expression=Case(
            When(outcome__isnull=True, then=Value(WAITING)),
            default=F("outcome"),
            output_field=models.CharField(max_length=25),
        ),
        output_field=models.CharField(max_length=25),
        db_persist=True,
    )
    reason = models.CharField(max_length=25, blank=True)
    version = models.PositiveIntegerField(default=1)
    place = models.IntegerField(null=True)
    votes = models.PositiveIntegerField(default=0)
    # Why it must not wait, a code of `urgent.REASONS`; "" where nothing hurries.
    urgent = models.CharField(max_length=20, blank=True)
    # It came from a platform while the room took no new questions.
    in_pause = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="carried_to"
    )
    # What waits for a second person; those before it stay on record.
    proposal = models.ForeignKey(
        "Proposal", models.PROTECT, null=True, related_name="+", db_index=False
    )
    tags: models.ManyToManyField[Tag, models.Model] = models.ManyToManyField(Tag, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    search_vector = SearchVectorField(null=True, editable=False)
    # The words of `reason` as its unit has them, where `reasons.attach` was asked for them.
    reason_text: object = ""
    # The answer that stands, alone in its list, where it was read with all that a card shows. It has no
    # value here, or Django would take it for fetched.
    standing_answers: list[Answer]

    class Meta:
        ordering = ("reception", "number")
        constraints = (
            models.UniqueConstraint(fields=("reception", "number"), name="question_number_once"),
            models.UniqueConstraint(fields=("reception", "client_id"), name="question_client_once"),
            # Not `unique=True`, which brings a second index for LIKE.
            models.UniqueConstraint(fields=("secret_hash",), name="question_secret_once"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in Status]), name="question_status_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__isnull=True) | Q(outcome__in=[o.value for o in Outcome]),
                name="question_outcome_known",
            ),
            # The equation's heart: a question waits or has one outcome, never both or neither.
            models.CheckConstraint(
                condition=Q(status="closed", outcome__isnull=False, closed_at__isnull=False)
                | (~Q(status="closed") & Q(outcome__isnull=True, closed_at__isnull=True)),
                name="question_one_bucket",
            ),
            models.CheckConstraint(
                condition=Q(outcome="merged", merged_into__isnull=False)
                | ((Q(outcome__isnull=True) | ~Q(outcome="merged")) & Q(merged_into__isnull=True)),
                name="question_merged_into",
            ),
            models.CheckConstraint(
                condition=Q(status="queued", place__isnull=False)
                | (~Q(status="queued") & Q(place__isnull=True)),
                name="question_place",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="question_number_from_one"),
            models.UniqueConstraint(
                fields=("reception",), condition=Q(status="on_air"), name="question_one_on_air"
            ),
        )
        # Each index is paid for by every question that comes in. What a new question hasn't got yet
        # is indexed where it is there.
        indexes = (
            models.Index(
                fields=("district",),
                name="question_by_district",
                condition=Q(district__isnull=False),
            ),
            models.Index(
                fields=("merged_into",),
                name="question_by_target",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=("proposal",),
                name="question_by_proposal",
                condition=Q(proposal__isnull=False),
            ),
            # What was declined or set aside, to be counted by reason.
            models.Index(
                fields=("reception", "reason"),
                name="question_by_reason",
                condition=~Q(reason=""),
            ),
            models.Index(
                fields=("closed_at",),
                name="question_by_closing",
                condition=Q(closed_at__isnull=False),
            ),
            # Of one status the oldest: the desk's window.
            models.Index(fields=("reception", "status", "number"), name="question_of_status"),
            models.Index(
                fields=("reception", "number"), name="question_urgent", condition=~Q(urgent="")
            ),
            models.Index(fields=("reception", "bucket"), name="question_by_bucket"),
            # Search finds what has been decided on: these two cost as much as the rest of a new question,
            # and its first decision writes them anyway.
            GinIndex(
                fields=("search_vector",),
                name="question_search",
                condition=Q(search_vector__isnull=False),
            ),
            GinIndex(
                fields=("search_text",),
                opclasses=("gin_trgm_ops",),
                name="question_trigrams",
                condition=Q(search_vector__isnull=False),
            ),
        )

    @override
    def __str__(self) -> str:
        return self.public_no

    @property
    def public_no(self) -> str:
        """The permanent number: the reception's and its own, `2026-0147-57`."""
        return f"{self.reception.no}-{self.number}"

    @property
    def first_name(self) -> str:
        """The first word of what the asker called themselves; the rest is nobody's business in public."""
        return next(iter(self.asker_name.split()), "")

    @property
    def standing_answer(self) -> Answer | None:
        """The one that counts now, where the question was read with it."""
        return next(iter(getattr(self, "standing_answers", ())), None)

    @property
    def cue_text(self) -> str:
        """What the desk prepared for the chief; empty where nothing is."""
        cue = getattr(self, "cue", None)
        return cue.text if cue else ""

    @property
    def prepared(self) -> Draft | None:
        """The answer that was prepared, as long as the question waits for one."""
        return getattr(self, "draft", None) if self.is_open else None

    @property
    def is_open(self) -> bool:
        return self.status != Status.CLOSED
