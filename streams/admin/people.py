"""People with their roles."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.admin.office import Office, people_of
from streams.people.models import Membership, User
from streams.people.rules import Role


class MembershipInline(Office, admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0

    @override
    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        # Somebody without a role would be out of sight of whoever made them.
        return 0 if request.user.is_superuser else 1

    @override
    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **kwargs, validate_min=True)


@admin.register(User)
class PersonAdmin(Office, UserAdmin):  # type: ignore[type-arg]
    inlines = (MembershipInline,)
    list_display = ("username", "full_name", "post", "is_active", "is_superuser")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("username", "full_name", "post")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login",)
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        (_("Who it is"), {"fields": ("full_name", "post", "language")}),
    )

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return people_of(request.user)

    @override
    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        rights = ("is_active", "is_superuser") if request.user.is_superuser else ("is_active",)
        return (
            (None, {"fields": ("username", "password")}),
            (_("Who it is"), {"fields": ("full_name", "post", "language")}),
            (_("Rights"), {"fields": (*rights, "last_login")}),
        )

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who left is made inactive: the journal goes on naming what they did."""
        return False

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person: User = form.instance
        roles = person.memberships.values_list("role", flat=True)
        # Administrators, and nobody else, may open these pages.
        person.is_staff = person.is_superuser or Role.ADMINISTRATOR in set(roles)
        person.save(update_fields=["is_staff"])
