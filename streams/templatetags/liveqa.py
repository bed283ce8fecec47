"""Template tags for the generic parts in templates/parts/."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.urls import translate_url
from django.utils.translation import get_language_info

from streams.people import access
from streams.people.models import User
from streams.people.rules import Role
from streams.questions import labels
from streams.questions.queries import Equation

register = template.Library()

# The bar of the equation is drawn in a box of this width.
BAR_WIDTH = 1000


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    short: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    bucket: str
    label: object
    number: int
    x: str
    width: str


@register.simple_tag
def page_languages() -> list[Language]:
    return [
        Language(code, get_language_info(code)["name_local"].capitalize(), _short(code))
        for code, _name in settings.LANGUAGES
    ]


@register.simple_tag(takes_context=True)
def same_page_in_languages(context: Context) -> list[Language]:
    """This page's address in every language; empty where the address carries none."""
    request = context.get("request")
    if request is None:
        return []
    here = request.get_full_path()
    versions = [
        Language(language.code, language.name, language.short, translate_url(here, language.code))
        for language in page_languages()
    ]
    return versions if len({version.url for version in versions}) > 1 else []


@register.simple_tag
def roles_of(user: User) -> frozenset[Role]:
    """In any unit: what the header leads them to."""
    return access.roles_of(user)


@register.inclusion_tag("parts/_equation.html")
def equation(equation: Equation) -> dict[str, Any]:
    """The equation of a reception (or of several) as a bar and as numbers."""
    total = sum(equation.buckets.values())
    parts, x = [], 0.0
    for bucket, number in equation.buckets.items():
        width = BAR_WIDTH * number / total if total else 0.0
        # Written as text: a localised decimal comma would break the drawing.
        parts.append(Part(bucket, labels.BUCKETS[bucket], number, f"{x:.2f}", f"{width:.2f}"))
        x += width
    return {"equation": equation, "parts": parts}


@register.inclusion_tag("parts/_badge.html")
def badge(status: str, outcome: str | None = None) -> dict[str, Any]:
    """{% badge question.status question.outcome %}: where a question stands, in one phrase."""
    return {"status": status, "outcome": outcome, "label": labels.state_label(status, outcome)}


def _short(code: str) -> str:
    return {"kk": "Қаз", "ru": "Рус", "en": "Eng"}.get(code, code.upper())
