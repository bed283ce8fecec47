"""Numbers of Russia: the insurance number of a person (SNILS), number plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.questions.redaction_shadow import Span, digits

_SNILS = re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3}[ -]\d{2}(?!\d)")
_PLATE = re.compile(
    r"(?<!\w)[АВЕКМНОРСТУХABEKMHOPCTYX] ?\d{3} ?[АВЕКМНОРСТУХABEKMHOPCTYX]{2} ?\d{2,3}(?!\w)"
)


def person_numbers(text: str) -> Iterator[Span]:
    for match in _SNILS.finditer(text):
        number = digits(match[0])
        check = sum((9 - place) * int(d) for place, d in enumerate(number[:9])) % 101 % 100
        if check == int(number[9:]):
            yield match.span()


def plates(text: str) -> Iterator[Span]:
    for match in _PLATE.finditer(text):
        yield match.span()
