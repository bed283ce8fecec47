"""Weekly plans, and registers that are always open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from streams.admin.office import Office
from streams.common import clock
from streams.receptions import schedule, standing
from streams.receptions.models import Schedule, Standing


@admin.register(Schedule)
class ScheduleAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("unit", "weekday", "time", "host_name", "is_active")
    list_select_related = ("unit",)
    list_filter = ("is_active", "weekday")

    @override
    def save_model(
        self, request: HttpRequest, obj: Schedule, form: forms.ModelForm[Schedule], change: bool
    ) -> None:
        """Its next reception stands at once, and not when the clock's job comes by."""
        super().save_model(request, obj, form, change)
        if obj.is_active:
            schedule.make(obj, now=clock.now())


@admin.register(Standing)
class StandingAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("unit", "host_name", "is_active")
    list_select_related = ("unit",)

    @override
    def save_model(
        self, request: HttpRequest, obj: Standing, form: forms.ModelForm[Standing], change: bool
    ) -> None:
        """Put in force, this month's register is open at once."""
        super().save_model(request, obj, form, change)
        standing.current(obj.unit, now=clock.now())

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Standing | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("unit",)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is put out of force; its registers stay."""
        return False
