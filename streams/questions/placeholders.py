"""Placeholders of saved replies: `{number}` and the like, filled in when the reply becomes an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

KNOWN = ("number", "due_date", "unit", "phone", "rescue", "chief")

_IN_BRACES = re.compile(r"\{([^{}]*)\}")


def unknown(text: str) -> list[str]:
    """What stands in braces without being a placeholder, and braces that are alone."""
    wrong = [f"{{{name}}}" for name in _IN_BRACES.findall(text) if name not in KNOWN]
    alone = [sign for sign in _IN_BRACES.sub("", text) if sign in "{}"]
    return list(dict.fromkeys(wrong + alone))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`values` has every placeholder of the text."""
    return _IN_BRACES.sub(lambda found: values[found[1]], text)
