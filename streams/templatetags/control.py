"""Words for the steps of a control record."""

from __future__ import annotations

from datetime import date

from django import template

from streams.control.models import RESULT_LABELS
from streams.people.models import ROLE_LABELS
from streams.people.rules import Role

register = template.Library()


@register.filter
def role_label(role: str) -> object:
    return ROLE_LABELS[Role(role)]


@register.filter
def result_label(result: str) -> object:
    return RESULT_LABELS[result]


@register.filter
def iso_day(written: str) -> date:
    return date.fromisoformat(written)
