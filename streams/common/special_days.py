"""The calendar of holidays and moved days off: seeded once a year, then the administrator's to edit."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common.columns import Columns
from streams.common.workdays import Calendar, Special

# A due date is at most ten working days away; the longest row of holidays makes that some weeks.
_AHEAD = timedelta(days=90)
_NAMES_RU = {
    "New Year's Day": "Новый год",
    "Orthodox Christmas": "Православное Рождество",
    "International Women's Day": "Международный женский день",
    "Constitution Day": "День Конституции",
    "Nowruz Holiday": "Наурыз мейрамы",
    "Kazakhstan's People Solidarity Holiday": "Праздник единства народа Казахстана",
    "Defender of the Fatherland Day": "День защитника Отечества",
    "Victory Day": "День Победы",
    "Eid al-Adha": "Курбан айт",
    "Capital Day": "День столицы",
    "Republic Day": "День Республики",
    "Independence Day": "День Независимости",
}
_MARKS_RU = {"observed": "перенос", "estimated": "дата предварительная"}


class SpecialDay(models.Model):
    """A day that is not what its weekday says. Deleted or changed, it moves the dates still open."""

    on = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(_("people work on this day"), default=False)
    name_kk = models.CharField(_("name in Kazakh"), max_length=120)
    name_ru = models.CharField(_("name in Russian"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    source = models.CharField(
        _("source"),
        max_length=300,
        help_text=_("The decree or page that says so; people who ask can read it."),
    )

    class Meta:
        verbose_name = _("holiday or moved working day")
        verbose_name_plural = _("holidays and moved working days")
        ordering = ("on",)

    @override
    def __str__(self) -> str:
        return f"{self.on}: {self.name}"

    @property
    def name(self) -> str:
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return {"kk": self.name_kk, "en": self.name_en}.get(language) or self.name_ru


_DAY = Columns(SpecialDay, "d")
_CALENDAR = f'SELECT {_DAY.text} FROM streams_specialday d WHERE d."on" BETWEEN %s AND %s'  # noqa: S608 -- columns of our own model


def calendar(first: date, last: date) -> Calendar:
    """For dates counted from `first` to `last`, in the reader's language. One query."""
    days = _DAY.read(_CALENDAR, [first, last + _AHEAD])
    return {day.on: Special(day.is_working, day.name, day.source) for day in days}


def seed(year: int) -> int:
    """Fill a year that has no day yet; how many were added. What a person entered is never touched."""
    if SpecialDay.objects.filter(on__year=year).exists():
        return 0
    # Some megabytes of other countries' holidays: loaded by who seeds, once a year.
    import holidays  # noqa: PLC0415

    english = holidays.country_holidays(settings.DEFAULT_UNIT_COUNTRY, years=year, language="en_US")
    own = holidays.country_holidays(settings.DEFAULT_UNIT_COUNTRY, years=year)
    source = f"python-holidays {version('holidays')} ({settings.DEFAULT_UNIT_COUNTRY})"
    rows = [
        SpecialDay(on=day, name_kk=own[day], name_ru=_ru(name), name_en=name, source=source)
        for day, name in english.items()
        if day.year == year
    ]
    rows += [
        SpecialDay(
            on=day,
            is_working=True,
            name_kk="Ауыстырылған жұмыс күні",
            name_ru="Перенесённый рабочий день",
            name_en="Moved working day",
            source=source,
        )
        for day in getattr(english, "weekend_workdays", ())
        if day.year == year and day not in english
    ]
    return len(SpecialDay.objects.bulk_create(rows, ignore_conflicts=True))


def _ru(name: str) -> str:
    """Of `Victory Day (observed)` both parts."""
    said, _space, mark = name.partition(" (")
    said = _NAMES_RU.get(said, said)
    mark = mark.removesuffix(")")
    return f"{said} ({_MARKS_RU.get(mark, mark)})" if mark else said
