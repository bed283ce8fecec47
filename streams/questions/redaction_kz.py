"""Numbers of Kazakhstan: the personal number (IIN), identity cards, number plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from streams.questions.redaction_shadow import Span, digits, is_sum

_TWELVE = re.compile(r"(?<!\d)(?<!\d[ .-])\d(?:[ .\-]?\d){11}(?![ .\-]?\d)")
_NAMED = re.compile(r"(?:иин|жсн|iin)[\s:№.-]*$", re.IGNORECASE)
# A body's number has the same form and is no secret.
_OF_BODY = re.compile(r"(?:бин|бсн|bin)[\s:№.-]*$", re.IGNORECASE)
_GROUPS = re.compile(r"\d{12}|\d{6}[ .-]\d{6}|\d{3}([ .-])\d{3}\1\d{3}\1\d{3}")
_DOCUMENT = re.compile(
    r"(?:удостоверени\w*(?:\s+личности)?|уд\.?\s*личности|жеке\s+куәлі\w*|куәлі[кг]\w*|паспорт\w*)"
    r"[\s:,]*(?:номер\w*|нөмір\w*|№)?[\s:№]*(N?\d{8,9})(?!\d)",
    re.IGNORECASE,
)
# Letters that plates have, as they are often typed in Cyrillic.
_LETTERS = "ABCDEFHIJKLMNOPRSTUVXYZАВЕКМНОРСТУХ"
_REGION = r"(?:0[1-9]|1\d|20)"
_PLATE = re.compile(
    rf"(?<![\w№])(?:\d{{3}} ?(?P<new>[{_LETTERS}]{{2,3}}) ?{_REGION}"
    rf"|[{_LETTERS}] ?\d{{3}} ?(?P<old>[{_LETTERS}]{{2,3}}))(?![\w-])",
    re.IGNORECASE,
)
_CAR = re.compile(
    r"(?:номер\w*|нөмір\w*|машин\w*|автомоб\w*|авто|көлі[кг]\w*|гос\w*|мемлекеттік)\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
# Short words and codes between two numbers that are no plate.
_CODES = "KZT USD EUR RUB КМ СМ ММ МКР УК ТК НК АК КС ЕО ПК ОСТ ТОО ООО ОТ НА ВСЕ ТО АТС ТС"
_NO_PLATE = frozenset(_CODES.split())


def person_numbers(text: str) -> Iterator[Span]:
    for match in _TWELVE.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        if _OF_BODY.search(before) or is_sum(text, match.end()):
            continue
        if _NAMED.search(before):
            yield match.span()
            continue
        number = digits(match[0])
        if _GROUPS.fullmatch(match[0]) and is_person_number(number) and not number.endswith("0000"):
            yield match.span()


def is_person_number(number: str) -> bool:
    """The check digit alone: since 2013 the number need not hold a date of birth."""
    figures = [int(d) for d in number]
    check = sum(weight * d for weight, d in enumerate(figures[:11], 1)) % 11
    if check == 10:
        weights = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        check = sum(weight * d for weight, d in zip(weights, figures, strict=False)) % 11
    return check == figures[11]


def documents(text: str) -> Iterator[Span]:
    for match in _DOCUMENT.finditer(text):
        yield match.span(1)


def plates(text: str) -> Iterator[Span]:
    for match in _PLATE.finditer(text):
        letters = match["new"] or match["old"]
        if letters.upper() in _NO_PLATE:
            continue
        # In small letters it is a plate only where a car is spoken of: "200 км 15".
        if not match[0].isupper() and not _CAR.search(
            text[max(0, match.start() - 40) : match.start()]
        ):
            continue
        yield match.span()
