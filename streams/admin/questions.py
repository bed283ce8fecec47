"""What a unit says about questions in its own words: tags and reasons."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import translation
from typing_extensions import override

from streams.admin.office import Office
from streams.questions import reasons
from streams.questions.models import Reason, Tag


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
