"""`/manage/`: units, people with their roles, tags, reasons, weekly plans. Nothing here can touch a question.

Superusers see everything; an administrator sees the units they administer and whoever serves only
there, and can't give a right that reaches further.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Count, F, ForeignKey, Q, QuerySet
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.common.special_days import SpecialDay
from streams.people import access
from streams.people.models import Membership, Unit, User
from streams.people.rules import Role
from streams.questions import reasons
from streams.questions.models import Reason, Tag
from streams.receptions.models import Schedule, Standing

_PATH_MAX = 250
# Django's classes take type parameters from its stubs only, hence every `type-arg` below.

admin.site.site_header = admin.site.site_title = "LiveQA"
admin.site.index_title = _("Units, people, tags, reasons, weekly plans")
admin.site.unregister(Group)


def administers(user: User | AnonymousUser) -> QuerySet[Unit]:
    if user.is_superuser:
        return Unit.objects.all()
    return access.units_of(user, {Role.ADMINISTRATOR})


def _may_enter(request: HttpRequest) -> bool:
    user = request.user
    return user.is_active and user.is_staff and administers(user).exists()


class Office(admin.options.BaseModelAdmin):  # type: ignore[type-arg]
    """Rights come from our roles and not from Django's permissions."""

    unit_path = "unit"

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_enter(request)

    @override
    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return _may_enter(request)

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_enter(request)

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_enter(request)

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_enter(request)

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


# --- Units ----------------------------------------------------------------------------------------


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    timezone = forms.ChoiceField(
        label=_("time zone"), choices=[(name, name) for name in sorted(available_timezones())]
    )

    class Meta:
        model = Unit
        fields = (
            "code",
            "parent",
            "name_kk",
            "name_ru",
            "name_en",
            "timezone",
            "default_language",
            "confirm_declines",
            "confirm_asides",
            "country",
            "police_number",
            "rescue_number",
            "service_days",
        )

    def clean_parent(self) -> Unit | None:
        parent: Unit | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk and parent.path.startswith(self.instance.path):
            raise forms.ValidationError(_("A unit can't be part of itself."))
        if parent is not None and len(parent.path) + 13 > _PATH_MAX:
            raise forms.ValidationError(_("The tree of units is too deep here."))
        return parent


@admin.register(Unit)
class UnitAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    form = UnitForm
    list_display = ("code", "name_ru", "name_kk", "parent", "timezone")
    list_select_related = ("parent",)
    search_fields = ("code", "name_kk", "name_ru", "name_en")
    unit_path = ""

    @override
    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return administers(request.user)

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> tuple[str, ...]:
        """The code is in public numbers; who moves a unit moves the rights over it."""
        if obj is None:
            return ()
        return ("code",) if request.user.is_superuser else ("code", "parent")

    @override
    def get_form(
        self, request: HttpRequest, obj: Unit | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if not request.user.is_superuser and "parent" in form.base_fields:
            form.base_fields["parent"].required = True
        return form

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# --- People ---------------------------------------------------------------------------------------


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


# --- Tags, reasons and plans -------------------------------------------------------------------------------


@admin.register(Tag)
class TagAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("slug", "name_ru", "name_kk", "name_en", "unit")
    list_select_related = ("unit",)
    search_fields = ("slug", "name_ru", "name_kk", "name_en")

    @override
    def get_readonly_fields(self, request: HttpRequest, obj: Tag | None = None) -> tuple[str, ...]:
        return () if obj is None else ("slug", "unit")

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A tag that questions carry is part of their record."""
        is_used = obj is not None and obj.question_set.exists()
        return super().has_delete_permission(request, obj) and not is_used


@admin.register(Reason)
class ReasonAdmin(Office, admin.ModelAdmin):  # type: ignore[type-arg]
    """A unit's own reasons. Those that come with the product are listed beside, to be put otherwise."""

    list_display = ("code", "kind", "text_ru", "text_kk", "text_en", "unit", "is_retired")
    list_select_related = ("unit",)
    list_filter = ("kind", "is_retired")
    search_fields = ("code", "text_ru", "text_kk", "text_en")
    change_list_template = "manage/reasons.html"

    @override
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        shipped = [
            {"kind": kind.value, "label": kind.label, "code": code, "texts": _in_languages(text)}
            for kind in Reason.Kind
            for code, text in reasons.SHIPPED[kind].items()
        ]
        return super().changelist_view(request, {"shipped": shipped, **(extra_context or {})})

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Reason | None = None
    ) -> tuple[str, ...]:
        return () if obj is None else ("code", "kind", "unit")

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Reason | None = None) -> bool:
        """A reason that was given is part of the record; it is retired instead."""
        is_given = obj is not None and reasons.is_given(obj)
        return super().has_delete_permission(request, obj) and not is_given

    @override
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Not many at once: each may be part of the record."""
        return {}


def _in_languages(text: object) -> dict[str, str]:
    texts = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            texts[f"text_{code}"] = str(text)
    return texts


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


@admin.register(SpecialDay)
class SpecialDayAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """One calendar for all units, so only superusers change it; every administrator may look."""

    list_display = ("on", "name_ru", "name_kk", "is_working", "source")
    list_filter = ("is_working",)
    date_hierarchy = "on"

    @override
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_enter(request)

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        return _may_enter(request)

    @override
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    @override
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_active and request.user.is_superuser
