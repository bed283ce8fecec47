"""`/manage/`: units, people with their roles, tags, reasons, weekly plans. Nothing here can touch a question.

Superusers see everything; an administrator sees the units they administer and whoever serves only
there, and can't give a right that reaches further.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# Each registers its pages.
from streams.admin import calendar, people, questions, receptions, units

__all__ = ["calendar", "people", "questions", "receptions", "units"]


def _sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The one sign-in page of the house, and no second one by Django."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


admin.site.login = _sign_in  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "LiveQA"
admin.site.index_title = _("Units, people, tags, reasons, weekly plans")
admin.site.unregister(Group)
