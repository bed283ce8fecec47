"""What a visitor asked the archive for. Nonsense in the address is left out, never an error."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import QueryDict

from streams.archive import search
from streams.archive.search import Wanted
from streams.questions.rules import BUCKETS

FACETS = ("unit", "outcome", "language", "year", "tag")
_SHAPES = {
    "unit": re.compile(r"[A-Z][A-Z0-9]{1,11}"),
    "outcome": re.compile("|".join(BUCKETS)),
    "language": re.compile("|".join(code for code, _name in settings.LANGUAGES)),
    "year": re.compile(r"[0-9]{4}"),
    "tag": re.compile(r"[-a-zA-Z0-9_]{1,40}"),
}
_NUMBER = re.compile(r"(?:№|[#N])?\s*([0-9]{4}-[0-9]{4,6})(?:-([0-9]{1,9}))?")


@dataclass(frozen=True)
class Asked:
    """`raw` as typed, for the field; `wanted` as searched for; `chosen` value of each facet."""

    raw: str
    wanted: Wanted
    chosen: dict[str, str]
    page: int

    @property
    def is_narrowed(self) -> bool:
        return bool(self.wanted) or bool(self.chosen)

    @property
    def number(self) -> tuple[str, int | None] | None:
        """Reception and question number, where a public number was typed."""
        match = _NUMBER.fullmatch(self.raw.strip())
        return (match[1], int(match[2]) if match[2] else None) if match else None


def read(query: QueryDict) -> Asked:
    raw = query.get("q", "").replace("\0", "")[: search.MAX_CHARS]
    chosen = {
        name: value
        for name in FACETS
        if isinstance(value := query.get(name), str) and _SHAPES[name].fullmatch(value)
    }
    page = query.get("page", "1")
    number = int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1
    return Asked(raw.strip(), search.parse(raw), chosen, number)
