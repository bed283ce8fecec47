"""Units: the tree of them, and what each has set."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from streams.admin.office import Office, administers
from streams.people.models import Unit

_PATH_MAX = 250


class UnitForm(forms.ModelForm):  # type: ignore[type-arg]
    timezone = forms.ChoiceField(
        label=_("time zone"),
        choices=[(name, name) for name in sorted(available_timezones())],
        initial=settings.DEFAULT_UNIT_TIME_ZONE,
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
