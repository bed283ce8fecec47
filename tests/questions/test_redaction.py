"""Personal data is found where it is and not where it isn't; the figures are printed."""

from __future__ import annotations

import re

import pytest

from streams.questions import redaction
from tests.questions.redaction_cases import NEGATIVE, POSITIVE

_MARK = re.compile(r"\{(\w+):([^}]*)\}")
Found = set[tuple[str, str]]


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line.strip()]


def expected(line: str) -> tuple[str, Found]:
    """The plain text, and what is to be found in it."""
    return _MARK.sub(r"\2", line), {(kind, words) for kind, words in _MARK.findall(line)}


def found(text: str, country: str = "KZ") -> Found:
    return {(finding.kind, finding.of(text)) for finding in redaction.find(text, country)}


def test_the_table_of_cases(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [expected(line) for line in lines(POSITIVE)] + [
        (line, set()) for line in lines(NEGATIVE)
    ]
    assert len(lines(POSITIVE)) >= 60
    assert len(lines(NEGATIVE)) >= 60
    right = missed = wrong = 0
    said = []
    for text, wanted in cases:
        got = found(text)
        right += len(wanted & got)
        missed += len(wanted - got)
        wrong += len(got - wanted)
        if wanted != got:
            said.append(f"{text}\n    missed {wanted - got or '-'}, wrong {got - wanted or '-'}")
    precision, recall = right / (right + wrong), right / (right + missed)
    with capsys.disabled():
        print(  # noqa: T201 -- the figures are asked for
            f"\nredaction: {len(lines(POSITIVE))} texts with, {len(lines(NEGATIVE))} without personal"
            f" data; precision {precision:.3f}, recall {recall:.3f}",
            *said,
            sep="\n",
        )
    assert precision >= 0.97
    assert recall >= 0.97
