"""A question and what hangs on it. One `status` and, when closed, one `outcome` decide its bucket."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common import clock
from streams.people.models import Unit, User
from streams.questions.rules import PROPOSES, WAITING, Outcome, Status
from streams.receptions.models import Reception

_STATUSES = [(s.value, s.value) for s in Status]
_OUTCOMES = [(o.value, o.value) for o in Outcome]


class Tag(models.Model):
    """A label of a unit; units below it may use it too."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="tags", verbose_name=_("unit"))
    slug = models.SlugField(_("short name for addresses"), max_length=40)
    name_kk = models.CharField(_("name in Kazakh"), max_length=60)
    name_ru = models.CharField(_("name in Russian"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("slug",)
        constraints = (models.UniqueConstraint(fields=("unit", "slug"), name="tag_slug_once"),)

    @override
    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return {"kk": self.name_kk, "en": self.name_en}.get(language) or self.name_ru


class Reason(models.Model):
    """Why a question is declined or set aside, in a unit's own words; holds for the units below it.

    One with the code of a reason that comes with the product (or from above) takes its place. `code`
    stands in journals and never changes.
    """

    class Kind(models.TextChoices):
        DECLINE = "decline", _("declined")
        ASIDE = "aside", _("not a question")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="reasons", verbose_name=_("unit"))
    kind = models.CharField(_("of what"), max_length=10, choices=Kind)
    code = models.SlugField(_("short name for the journal"), max_length=25)
    text_kk = models.CharField(_("text in Kazakh"), max_length=200)
    text_ru = models.CharField(_("text in Russian"), max_length=200)
    text_en = models.CharField(_("text in English"), max_length=200, blank=True)
    place = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_retired = models.BooleanField(
        _("no longer offered"),
        default=False,
        help_text=_("It still stands with the questions it was given for."),
    )

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ("kind", "place", "code")
        constraints = (
            models.UniqueConstraint(fields=("unit", "kind", "code"), name="reason_code_once"),
        )

    @override
    def __str__(self) -> str:
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return {"kk": self.text_kk, "en": self.text_en}.get(language) or self.text_ru


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
            GinIndex(fields=("search_vector",), name="question_search"),
            GinIndex(
                fields=("search_text",), opclasses=("gin_trgm_ops",), name="question_trigrams"
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
        indexes = (GinIndex(fields=("terms",), name="likeness_terms"),)

    @override
    def __str__(self) -> str:
        return f"likeness of {self.question_id}"


class Cue(models.Model):
    """What the desk prepared for the chief about a question: facts, the law's article, what was said."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="cue")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"cue of {self.question_id}"


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


class AskerContact(models.Model):
    """Where the asker may be reached, encrypted and apart from the question."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="contact")
    sealed = models.BinaryField()

    @override
    def __str__(self) -> str:
        return f"contact of {self.question_id}"


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


class Claim(models.Model):
    """A lease: who works on a question since and until when. It ends by itself."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="claim")
    holder = models.ForeignKey(User, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()

    @override
    def __str__(self) -> str:
        return f"{self.holder} holds {self.question_id}"


class Vote(models.Model):
    """ "I have this question too": one for each viewer and question. `voter` is a fingerprint."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="+")
    voter = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("question", "voter"), name="vote_once"),)

    @override
    def __str__(self) -> str:
        return f"vote for {self.question_id}"
