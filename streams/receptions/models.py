"""A reception, its journal, and the weekly plan that makes the next ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.people.models import Unit, User
from streams.receptions import labels, timecode
from streams.receptions.rules import ON_AIR, PAUSES, Kind, Stage, State, stage

KIND_LABELS = {
    Kind.ON_AIR: _("live reception"),
    Kind.WEDNESDAY: _("Wednesday reception"),
    Kind.STANDING: _("standing reception"),
}
STATE_LABELS = {
    State.SCHEDULED: _("scheduled"),
    State.LIVE: _("on air"),
    State.PAUSED: _("paused"),
    State.ENDED: _("ended, answers are being finished"),
    State.SEALED: _("sealed"),
    State.CANCELLED: _("cancelled"),
}
STAGE_LABELS = {
    **{Stage(state.value): label for state, label in STATE_LABELS.items()},
    Stage.OPEN: _("open, questions are taken"),
    Stage.FINISHING: _("closed, answers are being finished"),
}


class Reception(models.Model):
    """One broadcast, or one month of the standing reception.

    `last_seq`, `last_hash` are the head of its journal and `last_number` the count of its questions:
    all three change under the row's lock only, which makes the order of numbers the order of commits.
    """

    no = models.CharField(max_length=12, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="receptions")
    kind = models.CharField(max_length=10, choices=[(k.value, KIND_LABELS[k]) for k in Kind])
    title = models.CharField(max_length=200, blank=True)
    host = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="hosted")
    host_name = models.CharField(max_length=150)
    host_post = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    intake_from = models.DateTimeField()
    state = models.CharField(
        max_length=10,
        choices=[(s.value, STATE_LABELS[s]) for s in State],
        default=State.SCHEDULED,
    )
    live_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    video_url = models.URLField(blank=True)
    # Of a standing register only: in how many working days it answers, as promised when it opened.
    service_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # How much later than said a thing is heard in the recording; see `timecode`.
    time_shift_s = models.SmallIntegerField(default=0)
    # Why the room takes no new questions for a while, a code of `rules.PAUSES`; "" while it does.
    intake_pause = models.CharField(max_length=20, blank=True)
    # Whether a moderator reads a question before the public does.
    premoderated = models.BooleanField(default=True)
    actor_key = models.BinaryField(max_length=32, editable=False)
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    last_hash = models.CharField(max_length=64, default="0" * 64, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("-starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in State]), name="reception_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in Kind]), name="reception_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["scheduled", "cancelled"]) | Q(live_since__isnull=False),
                name="reception_live_since",
            ),
            models.CheckConstraint(
                condition=Q(state="sealed", sealed_at__isnull=False)
                | ~Q(state="sealed") & Q(sealed_at__isnull=True),
                name="reception_sealed_at",
            ),
            # The weekly plan may run twice; one unit has one reception at one moment.
            models.UniqueConstraint(
                fields=("unit", "kind", "starts_at"),
                condition=~Q(state="cancelled"),
                name="reception_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    time_shift_s__gte=-timecode.MAX_SHIFT_S, time_shift_s__lte=timecode.MAX_SHIFT_S
                ),
                name="reception_time_shift",
            ),
            models.CheckConstraint(
                condition=Q(intake_pause__in=["", *PAUSES]), name="reception_intake_pause"
            ),
        )

    @override
    def __str__(self) -> str:
        return self.no

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.unit.timezone)

    @property
    def is_standing(self) -> bool:
        return self.kind == Kind.STANDING

    @property
    def is_on_air(self) -> bool:
        return self.state in ON_AIR and not self.is_standing

    @property
    def stage(self) -> Stage:
        return stage(self.kind, State(self.state))

    @property
    def state_label(self) -> str:
        return str(STAGE_LABELS[self.stage])

    @property
    def pause_reason(self) -> str:
        """Why no new questions are taken for a while, for viewers to read; "" while they are."""
        return str(labels.PAUSES[self.intake_pause]) if self.intake_pause else ""

    def time_code_s(self, moment: datetime) -> int:
        """Where in the recording this moment is, in whole seconds."""
        return timecode.seconds(moment, self.live_since, self.time_shift_s)

    @property
    def month(self) -> date:
        """Of a standing register: the first day of its month, where the unit is."""
        return self.starts_at.astimezone(self.zone).date().replace(day=1)


class Entry(models.Model):
    """One line of a reception's journal. The database refuses to change or delete it.

    `by` stays inside and outside the hash: `actor` carries the role and a pseudonym that holds
    within one reception. `data` never holds a text, a name or a contact, only their digests.
    """

    # Both other indexes begin with it. One of its own would even be chosen while a table is new, and
    # then every entry of a batch reads all the entries before.
    reception = models.ForeignKey(Reception, models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    question_number = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    data: models.JSONField[Any, Any] = models.JSONField(encoder=DjangoJSONEncoder)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("reception", "seq")
        constraints = (
            models.UniqueConstraint(fields=("reception", "seq"), name="entry_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_from_one"),
        )
        indexes = (
            models.Index(fields=("reception", "question_number", "seq"), name="entry_of_question"),
            # Askers' entries, by far the most, have no account.
            models.Index(fields=("by",), name="entry_by", condition=Q(by__isnull=False)),
            # For what happened of late: the table is in the order of time, so this one costs nothing.
            BrinIndex(fields=("at",), name="entry_by_time", pages_per_range=32, autosummarize=True),
        )

    @override
    def __str__(self) -> str:
        return f"{self.reception_id}/{self.seq} {self.kind}"


class Note(models.Model):
    """A message from the desk to the chief on air. `read_at`: somebody in the studio pressed OK."""

    reception = models.ForeignKey(Reception, models.CASCADE, related_name="notes")
    text = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("reception",),
                condition=Q(read_at=None, withdrawn_at=None),
                name="note_one_unread",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"note {self.pk} to {self.reception_id}"


class Schedule(models.Model):
    """A unit's weekly reception: the plan from which the next receptions are made."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="schedules", verbose_name=_("unit"))
    weekday = models.PositiveSmallIntegerField(
        _("weekday"),
        choices=[
            (0, _("Monday")),
            (1, _("Tuesday")),
            (2, _("Wednesday")),
            (3, _("Thursday")),
            (4, _("Friday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
        default=2,
    )
    time = models.TimeField(_("time"))
    host = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name=_("account of the chief")
    )
    host_name = models.CharField(_("name of the chief"), max_length=150)
    host_post = models.CharField(_("post of the chief"), max_length=200, blank=True)
    # Questions may come this many days before the start.
    intake_days = models.PositiveSmallIntegerField(
        _("days before the start from which questions are taken"), default=7
    )
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("weekly reception")
        verbose_name_plural = _("weekly receptions")
        constraints = (
            models.UniqueConstraint(fields=("unit", "weekday", "time"), name="schedule_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_weekday"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.unit}, {self.get_weekday_display()} {self.time:%H:%M}"


class Standing(models.Model):
    """A unit that takes questions day and night (its blog): one register a month, opened by itself."""

    unit = models.OneToOneField(
        Unit, models.CASCADE, related_name="standing", verbose_name=_("unit")
    )
    host = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, verbose_name=_("account of the chief")
    )
    host_name = models.CharField(_("name of the chief"), max_length=150)
    host_post = models.CharField(_("post of the chief"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("standing reception")
        verbose_name_plural = _("standing receptions")
        ordering = ("unit__path",)

    @override
    def __str__(self) -> str:
        return str(self.unit)
