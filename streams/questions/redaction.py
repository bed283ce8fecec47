"""Personal data in a text: found and marked by machine, masked by a person, never by itself.

Each detector says where in the text something starts and ends. What every country has is in
`redaction_common`, words of addresses and names in `redaction_words`; numbers that only one country
has are registered here under its two letters. A country without an entry gets the common ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from streams.questions import redaction_common as common
from streams.questions import redaction_kz as kz
from streams.questions import redaction_ru as ru
from streams.questions import redaction_words as words
from streams.questions.redaction_shadow import Detector, shadow

# What a masked place reads, in the language of the question.
MASKS: Mapping[str, Mapping[str, str]] = {
    "person_number": {"kk": "[ЖСН]", "ru": "[ИИН]", "en": "[personal number]"},
    "document": {"kk": "[құжат нөмірі]", "ru": "[номер документа]", "en": "[document number]"},
    "phone": {"kk": "[телефон]", "ru": "[телефон]", "en": "[phone]"},
    "plate": {"kk": "[көлік нөмірі]", "ru": "[госномер]", "en": "[number plate]"},
    "card": {"kk": "[карта нөмірі]", "ru": "[номер карты]", "en": "[card number]"},
    "account": {"kk": "[шот нөмірі]", "ru": "[номер счёта]", "en": "[account number]"},
    "email": {"kk": "[пошта]", "ru": "[почта]", "en": "[e-mail]"},
    "address": {"kk": "[мекенжай]", "ru": "[адрес]", "en": "[address]"},
    "name": {"kk": "[аты-жөні]", "ru": "[имя]", "en": "[name]"},
}

# Where two overlap, the earlier detector has it.
_EVERYWHERE: tuple[tuple[str, Detector], ...] = (
    ("email", common.emails),
    ("account", common.accounts),
    ("card", common.cards),
)
_LAST: tuple[tuple[str, Detector], ...] = (("address", words.addresses), ("name", words.names))
# Add a country: its detectors, each with the kind of what it finds.
COUNTRIES: Mapping[str, tuple[tuple[str, Detector], ...]] = {
    "KZ": (
        ("person_number", kz.person_numbers),
        ("document", kz.documents),
        ("plate", kz.plates),
    ),
    "RU": (("person_number", ru.person_numbers), ("plate", ru.plates)),
}


@dataclass(frozen=True)
class Finding:
    start: int
    end: int
    kind: str

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True)
class Piece:
    """A piece of a text; `index` counts the findings, None is plain text between them."""

    text: str
    kind: str = ""
    index: int | None = None


def find(text: str, country: str) -> list[Finding]:
    """What looks like personal data, in the order of the text, without overlaps."""
    seen = shadow(text)
    phones: tuple[tuple[str, Detector], ...] = (("phone", common.phones(country)),)
    found: list[Finding] = []
    for kind, detect in (*_EVERYWHERE, *COUNTRIES.get(country, ()), *phones, *_LAST):
        for start, end in detect(seen):
            if not any(start < other.end and other.start < end for other in found):
                found.append(Finding(start, end, kind))
    return sorted(found, key=lambda finding: finding.start)


def mask(text: str, findings: Iterable[Finding], language: str) -> str:
    """The text with these places masked. The findings must be of this very text."""
    for finding in sorted(findings, key=lambda one: -one.start):
        masks = MASKS[finding.kind]
        said = masks.get(language, masks["ru"])
        text = text[: finding.start] + said + text[finding.end :]
    return text


def pieces(text: str, findings: Sequence[Finding]) -> list[Piece]:
    """The whole text in pieces, to be shown with its marks."""
    made: list[Piece] = []
    at = 0
    for index, finding in enumerate(findings):
        if finding.start > at:
            made.append(Piece(text[at : finding.start]))
        made.append(Piece(finding.of(text), finding.kind, index))
        at = finding.end
    if at < len(text):
        made.append(Piece(text[at:]))
    return made
