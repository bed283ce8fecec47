"""Personal data that looks the same in every country: e-mail, bank cards, accounts, phones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from streams.questions.redaction_shadow import Detector, Span, digits, is_sum

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CARD = re.compile(r"(?<![\d.,-])[2-6]\d{3}(?:[ -]?\d){9,15}(?!\d)")
_CARD_GROUPS = re.compile(r"\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{5}")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
# Groups of a written phone number that a sum or a list of years never has are left to the library.
_PHONE_WORD = re.compile(
    r"(?:тел(?:ефон\w*)?|номер\w*|моб\w*|ватсап\w*|whatsapp|нөмір\w*|қоңырау|звонит\w*|позвон\w*)"
    r"[\s.:№-]{0,4}$",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        yield match.start(), match.start() + len(match[0].rstrip(".-"))


def cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        if _CARD_GROUPS.fullmatch(match[0]) and luhn(digits(match[0])):
            yield match.span()


def luhn(number: str) -> bool:
    doubled = (int(d) * 2 for d in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


def accounts(text: str) -> Iterator[Span]:
    for match in _ACCOUNT.finditer(text):
        number = match[0].replace(" ", "")
        if 15 <= len(number) <= 34 and _is_account(number):
            yield match.span()


def _is_account(number: str) -> bool:
    turned = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def phones(country: str) -> Detector:
    """Numbers that are valid where the unit is, or anywhere with a plus."""

    def detect(text: str) -> Iterator[Span]:
        for match in phonenumbers.PhoneNumberMatcher(text, country):
            if is_sum(text, match.end):
                continue
            written = text[match.start : match.end]
            has_word = _PHONE_WORD.search(text[max(0, match.start - 20) : match.start])
            if len(digits(written)) >= 10 or has_word:
                yield match.start, match.end

    return detect
