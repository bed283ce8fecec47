"""What a unit calls things: its tags, and its reasons for declining and setting aside."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.people.models import Unit


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
