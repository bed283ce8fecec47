"""`/manage/`: units, people with their roles, tags, reasons, weekly plans. Nothing here can touch a question.

Superusers see everything; an administrator sees the units they administer and whoever serves only
there, and can't give a right that reaches further.
"""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

# Each registers its pages.
from streams.admin import calendar, people, questions, receptions, units

__all__ = ["calendar", "people", "questions", "receptions", "units"]

admin.site.site_header = admin.site.site_title = "LiveQA"
admin.site.index_title = _("Units, people, tags, reasons, weekly plans")
admin.site.unregister(Group)
