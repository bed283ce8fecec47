"""The ways to narrow a list of the archive, each with how many questions it would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from streams.people.models import Unit
from streams.questions import labels
from streams.questions.models import Question, Tag
from streams.questions.rules import BUCKETS

Counted = Iterable[tuple[str, object, int, int]]  # value, label, count, depth


@dataclass(frozen=True)
class Option:
    label: object
    count: int
    url: str
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    name: str
    title: object
    options: list[Option]
    # Where no choice has been made: the address without this facet.
    all_url: str
    is_chosen: bool


def narrowed(
    questions: QuerySet[Question], chosen: dict[str, str], *, but: str = ""
) -> QuerySet[Question]:
    """`questions` by the chosen values of all facets, but for the facet `but`."""
    for name, value in chosen.items():
        if name != but:
            questions = questions.filter(_CONDITIONS[name](value))
    return questions


def facets(questions: QuerySet[Question], chosen: dict[str, str], query: QueryDict) -> list[Facet]:
    """One query for each facet and one for the names it needs, however many questions there are."""
    made = []
    for name, (title, count) in _FACETS.items():
        options = [
            Option(label, n, _address(query, name, value), chosen.get(name) == value, depth)
            for value, label, n, depth in count(narrowed(questions, chosen, but=name).order_by())
        ]
        # One value for all is no choice.
        if len(options) > 1 or name in chosen:
            made.append(Facet(name, title, options, _address(query, name, ""), name in chosen))
    return made


def _in_subtree(code: str) -> Q:
    return Q(reception__unit__path__contains=f"/{code}/")


def _in_year(year: str) -> Q:
    # The public number of a reception begins with its local year.
    return Q(reception__no__startswith=f"{year}-")


_CONDITIONS: dict[str, Callable[[str], Q]] = {
    "unit": _in_subtree,
    "outcome": lambda value: Q(bucket=value),
    "language": lambda value: Q(language=value),
    "year": _in_year,
    "tag": lambda value: Q(pk__in=Question.objects.filter(tags__slug=value).values("pk")),
}


def _count(questions: QuerySet[Question], field: str) -> dict[str, int]:
    rows = questions.values_list(field).annotate(n=Count("pk", distinct=True))
    return {value: n for value, n in rows if value is not None}


def _units(questions: QuerySet[Question]) -> Counted:
    own = _count(questions, "reception__unit__path")
    sums: Counter[str] = Counter()
    for path, n in own.items():
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts) + 1):
            sums[f"/{'/'.join(parts[:depth])}/"] += n
    for unit in Unit.objects.filter(path__in=sums.keys()).order_by("path"):
        yield unit.code, unit.name, sums[unit.path], unit.path.count("/") - 2


def _outcomes(questions: QuerySet[Question]) -> Counted:
    counts = _count(questions, "bucket")
    for bucket in BUCKETS:
        if bucket in counts:
            yield bucket, labels.BUCKETS[bucket], counts[bucket], 0


def _languages(questions: QuerySet[Question]) -> Counted:
    counts = _count(questions, "language")
    for code, _name in settings.LANGUAGES:
        if code in counts:
            yield code, get_language_info(code)["name_local"].capitalize(), counts[code], 0


def _years(questions: QuerySet[Question]) -> Counted:
    counts: Counter[str] = Counter()
    for no, n in _count(questions, "reception__no").items():
        counts[no[:4]] += n
    for year in sorted(counts, reverse=True):
        yield year, year, counts[year], 0


def _tags(questions: QuerySet[Question]) -> Counted:
    counts = _count(questions, "tags__slug")
    names = {tag.slug: tag.name for tag in Tag.objects.filter(slug__in=counts.keys())}
    for slug, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield slug, names.get(slug, slug), n, 0


_FACETS: dict[str, tuple[object, Callable[[QuerySet[Question]], Counted]]] = {
    "unit": (_("Who answers"), _units),
    "outcome": (_("What became of it"), _outcomes),
    "language": (_("Language of the question"), _languages),
    "year": (_("Year"), _years),
    "tag": (_("Subject"), _tags),
}


def _address(query: QueryDict, name: str, value: str) -> str:
    """The address with this choice made, or taken back where it was made already."""
    changed = query.copy()
    changed.pop("page", None)
    if value and query.get(name) != value:
        changed[name] = value
    else:
        changed.pop(name, None)
    return "?" + changed.urlencode()
