"""People, the tree of units they serve in, and their roles there."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.people.rules import Role, lineage

ROLE_LABELS = {
    Role.MODERATOR: _("moderator"),
    Role.CHIEF: _("chief"),
    Role.CONTROLLER: _("control officer"),
    Role.EXECUTOR: _("executor"),
    Role.REVIEWER: _("reviewer"),
    Role.EDITOR: _("editor"),
    Role.ADMINISTRATOR: _("administrator"),
}


def default_country() -> str:
    return str(settings.DEFAULT_UNIT_COUNTRY)


def default_police_number() -> str:
    return str(settings.DEFAULT_POLICE_NUMBER)


def default_rescue_number() -> str:
    return str(settings.DEFAULT_RESCUE_NUMBER)


class User(AbstractUser):
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    post = models.CharField(_("post"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, blank=True)

    @override
    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def initials(self) -> str:
        """Two letters for a narrow place: of the name where there is one, else of the login."""
        parts = (self.full_name or self.username).split()
        return "".join(part[0] for part in parts[:2]).upper()


class Unit(models.Model):
    """A police department, a district, any body that answers. `path` is `/parent/child/` by code."""

    code = models.CharField(
        _("code"),
        max_length=12,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9]{1,11}$", _("2 to 12 Latin capitals or digits."))
        ],
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    path = models.CharField(max_length=250, unique=True, editable=False)
    name_kk = models.CharField(_("name in Kazakh"), max_length=200)
    name_ru = models.CharField(_("name in Russian"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=50, default=settings.DEFAULT_UNIT_TIME_ZONE
    )
    default_language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="ru"
    )
    # A question is declined only when a second person agrees.
    confirm_declines = models.BooleanField(
        _("a second person confirms every decline"), default=True
    )
    # What is set aside leaves the sum of questions altogether.
    confirm_asides = models.BooleanField(
        _("a second person confirms that something is not a question"), default=True
    )
    # Decides how phones, personal numbers and plates look that must not become public.
    country = models.CharField(
        _("country, by its two letters"),
        max_length=2,
        default=default_country,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two Latin capitals, such as KZ."))],
    )
    # Where somebody in danger is told to call at once.
    police_number = models.CharField(
        _("number of the police"), max_length=20, default=default_police_number
    )
    rescue_number = models.CharField(
        _("number of the rescue service"), max_length=20, default=default_rescue_number
    )
    # The body's own promise for an answer; the term of the law for an appeal is another clock.
    service_days = models.PositiveSmallIntegerField(
        _("working days for an answer, as promised"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("path",)

    @override
    def __str__(self) -> str:
        return self.name

    @override
    def save(self, *args: object, **kwargs: object) -> None:
        """Keeps `path` true; a unit that moves takes its subtree along."""
        was = self.path
        self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        if was and was != self.path:
            for child in Unit.objects.filter(parent=self):
                child.save()

    @property
    def name(self) -> str:
        language = get_language() or settings.LANGUAGE_CODE
        names = {"kk": self.name_kk, "ru": self.name_ru, "en": self.name_en}
        return names.get(language[:2]) or self.name_ru

    def subtree(self) -> models.QuerySet[Unit]:
        """The unit and everything below it."""
        return Unit.objects.filter(path__startswith=self.path)

    def tree(self) -> models.QuerySet[Unit]:
        """All units of the tree that it stands in."""
        return Unit.objects.filter(path__startswith=self.root_path)

    @property
    def root_path(self) -> str:
        """Of the unit at the top of its tree."""
        return f"/{lineage(self.path)[0]}/"


class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="memberships", verbose_name=_("unit")
    )
    role = models.CharField(
        _("role"), max_length=15, choices=[(role.value, ROLE_LABELS[role]) for role in Role]
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            models.UniqueConstraint(fields=("user", "unit", "role"), name="membership_once"),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="membership_role_known"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"
