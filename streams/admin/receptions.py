"""Weekly plans, and registers that are always open."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from streams.admin.office import Office
from streams.receptions.models import Schedule, Standing


@admin.register(Schedule)
class ScheduleAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("unit", "weekday", "time", "host_name", "is_active")
    list_select_related = ("unit",)
    list_filter = ("is_active", "weekday")


@admin.register(Standing)
class StandingAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("unit", "host_name", "is_active")
    list_select_related = ("unit",)

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Standing | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("unit",)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is put out of force; its registers stay."""
        return False
