"""What must not wait: a crime in progress, danger to life, self-harm. Rules are data in `data/urgent.txt`.

The rules find, a person judges: a mark can be set and cleared by hand, and the words that made it are
always shown. The intake asks for every question, so all rules are one compiled expression.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from streams.common import text
from streams.people.models import Unit

_RULES = Path(__file__).parent / "data" / "urgent.txt"
# Set by a moderator, whatever the words.
BY_HAND = "by_hand"
# In the order of what counts first, where one text has several.
REASONS = ("self_harm", "danger", "crime", BY_HAND)
# Whom to call: the police where somebody does harm, the rescue service elsewhere.
_RESCUE = frozenset({"self_harm", "danger"})
# Other words that may stand where a rule has "…".
_BETWEEN = 3
_TOO_LONG = 4_000
# What must follow each other, and the choices for each.
_Rule = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Alarm:
    """`words` are those that made it, as they are matched: small letters, look-alikes folded."""

    reason: str
    words: str


def detect(folded: str) -> str:
    """The reason, or "", of a question's search form, which the intake makes anyway."""
    alarm = _find(folded[:_TOO_LONG])
    return alarm.reason if alarm else ""


def find(question: str) -> Alarm | None:
    return _find(text.search_form(question[:_TOO_LONG]))


def _find(folded: str) -> Alarm | None:
    spaced = f" {folded} "
    for reason, pattern in _patterns().items():
        if match := pattern.search(spaced):
            return Alarm(reason, match[0].strip())
    return None


def numbers(reason: str, unit: Unit) -> str:
    """What to call: one number, or two where both may be needed."""
    both = [unit.rescue_number, unit.police_number]
    if reason not in _RESCUE:
        both.reverse()
    return " / ".join(dict.fromkeys(filter(None, both)))


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    rules: dict[str, list[_Rule]] = {reason: [] for reason in REASONS if reason != BY_HAND}
    for line in _RULES.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            reason, _colon, rule = line.partition(":")
            rules[reason.strip()].append([_choices(part) for part in rule.split("…")])
    return {reason: _any_of(given) for reason, given in rules.items()}


def _any_of(rules: Sequence[_Rule]) -> re.Pattern[str]:
    """One expression over folded words with single spaces between them. Of each word the first letter is
    looked at first: to try all rules at each word took five times as long."""
    by_letter: dict[str, list[str]] = {}
    for first, *others in rules:
        rest = "".join(rf"(?: \w+){{0,{_BETWEEN}}}(?:{'|'.join(choices)})" for choices in others)
        for choice in first:
            by_letter.setdefault(choice[1], []).append(choice[2:] + rest)
    words = "|".join(f"{letter}(?:{'|'.join(ends)})" for letter, ends in by_letter.items())
    return re.compile(f" (?:{words})")


def _choices(part: str) -> list[str]:
    """Alternatives of one or more words, each a beginning and behind a space."""
    return ["".join(map(_beginning, choice.split())) for choice in part.split("|")]


def _beginning(word: str) -> str:
    end = r"\b" if word.endswith("!") else r"\w*"
    return "".join(f" {re.escape(one)}{end}" for one in text.search_form(word).split())
