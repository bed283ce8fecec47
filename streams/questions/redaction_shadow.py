"""The text as detectors see it: as long as the original, with its tricks undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

Span = tuple[int, int]
Detector = Callable[[str], Iterator[Span]]

_DASHES = "‐‑‒–—−"
_SPACES = "\u00a0\u2007\u2009\u202f"
# Among digits the letter O is a nought, and the Cyrillic Z a three.
_NOUGHT = re.compile(r"(?<=[0-9])[ОоOo](?=[0-9ОоOo])|(?<=[0-9])[ОоOo](?![^\W\d])")
_THREE = re.compile(r"(?<=[0-9])[Зз](?=[0-9])")
_TABLE = str.maketrans({**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_SPACES, " ")})


def shadow(text: str) -> str:
    """Every digit as 0 to 9, every dash and space as the plain one; each character keeps its place."""
    plain = "".join(map(_digit, text)).translate(_TABLE)
    return _THREE.sub("3", _NOUGHT.sub("0", plain))


def _digit(character: str) -> str:
    if character.isascii():
        return character
    value = unicodedata.digit(character, None)
    return str(value) if value is not None and character.isdecimal() else character


def digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


# After a number: what says that it is a sum or a measure.
_SUM_AFTER = re.compile(
    r"\s*(?:тг|теңге|тенге|₸|тысяч|тыс\b|млн|миллион|млрд|миллиард|мың|руб|₽|долл|\$|€|сом\b|сум\b|kzt|usd)",
    re.IGNORECASE,
)


def is_sum(text: str, end: int) -> bool:
    return _SUM_AFTER.match(text, end) is not None
