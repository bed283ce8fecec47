"""What every page of `/manage/` stands on: who may enter, and whom and what they see there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, ForeignKey, Q, QuerySet
from django.http import HttpRequest
from typing_extensions import override

from streams.people import access
from streams.people.models import Unit, User
from streams.people.rules import Role

# Django's classes take type parameters from its stubs only, hence every `type-arg` in this package.


def administers(user: User | AnonymousUser) -> QuerySet[Unit]:
    if user.is_superuser:
        return Unit.objects.all()
    return access.units_of(user, {Role.ADMINISTRATOR})


def may_enter(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.is_staff and administers(user).exists()


class Office(admin.options.BaseModelAdmin):  # type: ignore[type-arg]
    """Rights come from our roles and not from Django's permissions."""

    unit_path = "unit"

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request)

    @override
    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return may_enter(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_enter(request)

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return access.visible(rows, request.user, {Role.ADMINISTRATOR}, unit=self.unit_path)

    @override
    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Only what they administer can be chosen."""
        if db_field.related_model is Unit:
            kwargs["queryset"] = administers(request.user)
        elif db_field.related_model is User:
            kwargs["queryset"] = people_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def people_of(user: User | AnonymousUser) -> QuerySet[User]:
    """Whom they may look after: who serves in their units and nowhere else."""
    if user.is_superuser:
        return User.objects.all()
    mine = Q(memberships__unit__in=administers(user))
    served = User.objects.filter(is_superuser=False).annotate(
        inside=Count("memberships", filter=mine, distinct=True),
        everywhere=Count("memberships", distinct=True),
    )
    return served.filter(inside__gt=0, inside=F("everywhere"))
