"""The table on the terminal and bench/results.json. Nothing is left out of either."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.verdicts import Judged, Outcome

RESULTS = Path(__file__).resolve().parent / "results.json"
_SHOWN_FAULTS = 10


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The first column to the left, the others to the right, the last one as it is."""
    widths = [max(len(line[i]) for line in [columns, *rows]) for i in range(len(columns))]
    lines = []
    for line in [columns, *rows]:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines


def scenario(outcome: Outcome, seconds: float, say: Callable[[str], None]) -> None:
    say(f"\n{outcome.title} ({outcome.name}, {seconds:.0f} s)")
    if outcome.rows:
        for line in table(outcome.columns, outcome.rows):
            say(f"  {line}")
    for note in outcome.notes:
        say(f"  {note}")
    for fault in outcome.faults[:_SHOWN_FAULTS]:
        say(f"  FAULT {fault}")
    if len(outcome.faults) > _SHOWN_FAULTS:
        say(f"  … {len(outcome.faults)} faults in all")


def bars(judged: Mapping[str, Sequence[Judged]], say: Callable[[str], None]) -> None:
    rows = [
        [name, j.bar.what, j.shown(), str(j.bar), j.verdict.value, j.why]
        for name, found in judged.items()
        for j in found
    ]
    say("\nBars")
    columns = ("scenario", "what", "measured", "bar", "verdict", "")
    widths = [max(len(line[i]) for line in [columns, *rows]) for i in range(5)]
    for line in [columns, *rows]:
        cells = [cell.ljust(width) for cell, width in zip(line[:5], widths, strict=True)]
        say("  " + "  ".join([*cells, line[5]]).rstrip())


def as_json(
    facts: Mapping[str, str],
    sizes: Mapping[str, Any],
    noise: Mapping[str, Any],
    found: Sequence[tuple[Outcome, Sequence[Judged], float]],
) -> dict[str, Any]:
    return {
        "machine": dict(facts),
        "sizes": dict(sizes),
        "noise": dict(noise),
        "scenarios": [
            {
                "name": outcome.name,
                "title": outcome.title,
                "seconds": round(seconds, 1),
                "bars": [j.as_json() for j in judged],
                "columns": list(outcome.columns),
                "rows": [list(row) for row in outcome.rows],
                "faults": outcome.faults,
                "notes": outcome.notes,
                "generator": outcome.generator,
                "data": outcome.data,
            }
            for outcome, judged, seconds in found
        ],
    }


def save(results: Mapping[str, Any]) -> Path:
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return RESULTS
