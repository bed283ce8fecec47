"""A block of comments as somebody copied it from a page: names, times and buttons among the words.

Nothing here is sure: the result is a proposal that a person looks through before anything is stored.
Three shapes are told apart: an export of a messenger (each message begins with a stamped line), a
page of comments (buttons end each one), and plain lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.questions.pasted_page import CLOCK, kind

MAX_CHARS = 100_000
MAX_FOUND = 500
_NAME_MAX = 60
_NAME_WORDS = 5
_FEW_WORDS = 2


@dataclass(frozen=True)
class Found:
    """One comment, from line `line` (from 1) of the block. `is_likely`: it reads like more than a greeting."""

    line: int
    name: str
    text: str

    @property
    def is_likely(self) -> bool:
        words = re.findall(r"\w*[^\W\d_]\w*", self.text)
        return "?" in self.text or len(words) > _FEW_WORDS


def read(block: str) -> list[Found]:
    """In the order of the block, at most MAX_FOUND; those without a letter or digit are left out."""
    lines = _lines(block)
    for form in (_stamped, _of_page, _plain):
        found = [one for one in form(lines) if re.search(r"\w", one.text)]
        if found:
            return found[:MAX_FOUND]
    return []


# --- Lines ----------------------------------------------------------------------------------------

_Line = tuple[int, str]
# Between name and words of a live chat there is nothing that one sees.
_GAP = "\u200b"
_UNSEEN = re.compile("[\u200c\u200d\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _lines(block: str) -> list[_Line]:
    text = unicodedata.normalize("NFC", block.replace("\r\n", "\n").replace("\r", "\n"))
    text = _UNSEEN.sub("", text).replace("\u00a0", " ").replace("\u202f", " ")
    return [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1)]


# --- Messengers: every message begins with a stamped line -----------------------------------------

_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}\s\w{3,10}\.?\s\d{4}"
_STAMPS = (
    # Telegram: Айгерим, [23.11.2026 10:02]
    re.compile(rf"(?P<name>.{{1,80}}?), \[(?:{_DAY})[^\]]{{0,20}}\]:?(?P<text>)"),
    # WhatsApp: [23.11.2026, 10:02:33] Айгерим: …  and  23.11.2026, 10:02 - Айгерим: …
    re.compile(rf"\[?(?:{_DAY}),? {CLOCK}\]?(?: [-–—])? (?P<name>[^:]{{1,80}}): ?(?P<text>.*)"),
    # A live chat: 10:02 Айгерим​Қашан?
    re.compile(rf"(?:{CLOCK}[\s{_GAP}]*)?(?P<name>[^{_GAP}]{{1,80}}){_GAP}+\s*(?P<text>.*)"),
)
_ANSWERS = re.compile(r"\[?(?:В ответ на|In reply to|Жауап:) .{0,100}?\]?")


def _stamped(lines: Sequence[_Line]) -> Iterator[Found]:
    stamp = max(_STAMPS, key=lambda one: sum(bool(one.fullmatch(line)) for _n, line in lines))
    first = next((line for _n, line in lines if line), "")
    if not stamp.fullmatch(first):
        return
    begun: tuple[int, str, list[str]] | None = None
    for number, line in lines:
        match = stamp.fullmatch(line)
        if match:
            if begun:
                yield _found(*begun)
            begun = (number, match["name"], [match["text"]])
        elif begun and not _ANSWERS.fullmatch(line):
            begun[2].append(line)
    if begun:
        yield _found(*begun)


# --- Pages: buttons and times stand among the words -----------------------------------------------

_PICTURE = re.compile(
    r"(?i)(?P<a>.{1,60}?)['’]s profile picture|(?:фото профиля|профиль суреті:?) (?P<b>.{1,60})"
)


def _of_page(lines: Sequence[_Line]) -> Iterator[Found]:
    if not any(kind(line) in {"action", "time"} for _n, line in lines if line):
        return
    block: list[_Line] = []
    has_time = False
    for number, line in lines:
        if not line:
            continue
        if kind(line) == "action":
            yield from _of_block(block)
            block, has_time = [], False
        elif _is_time(line) and has_time:
            # The second time belongs to the next comment, and so does the name before it.
            yield from _of_block(block[:-1])
            block, has_time = [*block[-1:], (number, line)], True
        else:
            has_time = has_time or _is_time(line)
            block.append((number, line))
    yield from _of_block(block)


def _of_block(block: Sequence[_Line]) -> Iterator[Found]:
    """What stands between two rows of buttons: name and words, with the time after one of the two."""
    name = ""
    before: list[_Line] = []
    after: list[_Line] = []
    seen_time = False
    for number, line in block:
        picture = _PICTURE.fullmatch(line)
        if picture:
            name = picture["a"] or picture["b"]
        elif _is_time(line):
            seen_time = True
        elif kind(line) != "mark":
            (after if seen_time else before).append((number, line))
    if after and before:
        # The time stands under the name.
        name, words = name or before[-1][1], after
    else:
        words = before or after
        name, words = _split_name(name, words)
    if words:
        yield _found(words[0][0], name, [line for _n, line in words])


def _split_name(name: str, words: list[_Line]) -> tuple[str, list[_Line]]:
    """The first line as the name, where it looks like one and words follow."""
    if len(words) > 1 and (words[0][1] == name or (not name and _is_name(words[0][1]))):
        name, words = words[0][1], words[1:]
    return name, words


def _is_time(line: str) -> bool:
    return kind(line) == "time"


def _is_name(line: str) -> bool:
    return (
        len(line) <= _NAME_MAX
        and len(line.split()) <= _NAME_WORDS
        and not re.search(r"[?!,;:]|\.\s|\.$|https?:", line)
    )


# --- Plain lines ----------------------------------------------------------------------------------

_SAID = re.compile(r"(?P<name>[^:?!.,]{1,60}): (?P<text>.+)")


def _plain(lines: Sequence[_Line]) -> Iterator[Found]:
    """Paragraphs where empty lines part them, else every line. `Name: words` is split."""
    paragraphs: list[list[_Line]] = [[]]
    for number, line in lines:
        if kind(line) in {"action", "time"}:
            continue
        if line:
            paragraphs[-1].append((number, line))
        elif paragraphs[-1]:
            paragraphs.append([])
    paragraphs = [one for one in paragraphs if one]
    if len(paragraphs) == 1:
        paragraphs = [[line] for line in paragraphs[0]]
    for paragraph in paragraphs:
        said = _SAID.fullmatch(paragraph[0][1])
        rest = [line for _n, line in paragraph[1:]]
        if said and _is_name(said["name"]):
            yield _found(paragraph[0][0], said["name"], [said["text"], *rest])
        else:
            yield _found(paragraph[0][0], "", [paragraph[0][1], *rest])


# --- One comment ----------------------------------------------------------------------------------


def _found(number: int, name: str, lines: Sequence[str]) -> Found:
    name = name.strip(f" {_GAP}@:,").strip()
    text = "\n".join(lines).replace(_GAP, " ").strip()
    # Some pages write the name again before the words.
    if name and text.startswith(f"{name} ") and len(text) > len(name) + 1:
        text = text[len(name) + 1 :].strip()
    return Found(number, name[:_NAME_MAX], text)
