"""The calendar of days off and days worked instead."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from streams.admin.office import may_enter
from streams.common.special_days import SpecialDay


@admin.register(SpecialDay)
class SpecialDayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One calendar for all units, so only superusers change it; every administrator may look."""

    list_display = ("on", "name_ru", "name_kk", "is_working", "source")
    list_filter = ("is_working",)
    date_hierarchy = "on"

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request)

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_superuser
