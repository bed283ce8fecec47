"""A text as a set of terms: what it is compared by. Spelling habits, endings and two languages fall away.

Each word gives its beginning (Russian and Kazakh change the end of a word) and, where the table of
meanings knows it, a mark that its translation gives, too. Numbers stay whole: a school has one.
"""

from __future__ import annotations

import zlib
from functools import cache, lru_cache
from pathlib import Path

from streams.common import text

# Of a word its beginning counts; five letters tell most stems of both languages apart.
_STEM = 5
_TABLE = Path(__file__).parent / "data" / "terms_kk_ru.txt"
# So common that they tell nothing. Folded like everything else here.
_EMPTY = frozenset(
    text.search_form(
        "и в на не что как с по из за к у о а но для это эти или ли от до мы я вы он она они нам нас "
        "мне мой моя моего наш наши же бы то все там тут очень уже еще есть при без во со мой свой "
        "бір мен пен бен және бұл сол осы үшін ғой ма ме ба бе па пе да де та те біз сіз олар ал тек "
        "здравствуйте добрый день вечер утро пожалуйста уважаемый спасибо сәлеметсіз сәлем қайырлы "
        "рахмет құрметті the a an of to in is are and or for on it"
    ).split()
)


def terms(words: str) -> frozenset[int]:
    """The terms of a text, as numbers that any process gets for the same word."""
    found: set[int] = set()
    for word in text.search_form(words).split():
        if word not in _EMPTY and (len(word) > 1 or word.isdigit()):
            found |= _of_word(word)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> frozenset[int]:
    kept = word if word.isdigit() else word[:_STEM]
    meanings = {_number(f"={entry}") for entry in _meanings(word)}
    return frozenset({_number(kept)} | meanings)


def _meanings(word: str) -> frozenset[int]:
    """The entries of the longest beginning that the table has for the word."""
    table, longest = _table()
    for length in range(min(len(word), longest), 1, -1):
        beginning = word[:length]
        if length == len(word) and (entries := table.get(beginning + "!")):
            return entries
        if entries := table.get(beginning):
            return entries
    return frozenset()


@cache
def _table() -> tuple[dict[str, frozenset[int]], int]:
    table: dict[str, frozenset[int]] = {}
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if "=" in line and not line.startswith("#")]
    for number, line in enumerate(entries):
        for beginning in line.replace("=", ",").split(","):
            whole = "!" if beginning.strip().endswith("!") else ""
            folded = text.search_form(beginning)
            # A beginning is one word; a phrase could never be met.
            if folded and " " not in folded:
                key = folded + whole
                table[key] = table.get(key, frozenset()) | {number}
    return table, max((len(key) for key in table), default=0)


def _number(term: str) -> int:
    """A signed 32-bit number, as PostgreSQL's integer holds it."""
    value = zlib.crc32(term.encode())
    return value - 2**32 if value >= 2**31 else value
