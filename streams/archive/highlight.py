"""Marks the found words in a text as it was written, whatever spelling found them.

Everything is escaped before it is marked; the only tag in the result is our own <mark>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from operator import eq

from django.utils.html import escape
from django.utils.safestring import SafeString

from streams.common import text as texts

_WORD = re.compile(r"[^\W_]+")
_SNIPPET = 260
_LEAD = 60


def marked(text: str, words: Sequence[str]) -> SafeString:
    """The whole text. `words` are folded, as `search.parse` gives them."""
    return SafeString("".join(_pieces(text, words)))


def snippet(text: str, words: Sequence[str], *, length: int = _SNIPPET) -> SafeString:
    """About `length` characters around the first found word, cut at white space."""
    start = next((match.start() for match in _WORD.finditer(text) if _is_found(match[0], words)), 0)
    if len(text) <= length:
        return marked(text, words)
    begin = 0 if start <= length - _LEAD else _after_space(text, start - _LEAD)
    end = len(text) if len(text) - begin <= length else _before_space(text, begin + length)
    return SafeString(
        ("… " if begin else "")
        + marked(text[begin:end].strip(), words)
        + (" …" if end < len(text) else "")
    )


def _pieces(text: str, words: Sequence[str]) -> Iterator[str]:
    at = 0
    for match in _WORD.finditer(text):
        if _is_found(match[0], words):
            yield escape(text[at : match.start()])
            yield f"<mark>{escape(match[0])}</mark>"
            at = match.end()
    yield escape(text[at:])


def _is_found(raw: str, words: Sequence[str]) -> bool:
    folded = texts.search_form(raw)
    return any(_is_kin(folded, word) for word in words)


def _is_kin(found: str, wanted: str) -> bool:
    """The same word, its beginning, or one that shares most of the shorter one's beginning."""
    if found == wanted:
        return True
    if len(wanted) < 3 or wanted.isdigit():
        return False
    if found.startswith(wanted):
        return True
    shared: int = sum(takewhile(bool, map(eq, found, wanted)))
    if shared >= 4 and shared >= 0.7 * min(len(found), len(wanted)):
        return True
    return _is_misspelt(found, wanted)


def _is_misspelt(found: str, wanted: str) -> bool:
    if len(wanted) < 5 or found[0] != wanted[0] or abs(len(found) - len(wanted)) > 2:
        return False
    return SequenceMatcher(None, found, wanted).ratio() >= 0.8


def _after_space(text: str, at: int) -> int:
    space = text.find(" ", at, at + _LEAD)
    return at if space < 0 else space + 1


def _before_space(text: str, at: int) -> int:
    space = text.rfind(" ", at - _LEAD, at)
    return at if space < 0 else space
