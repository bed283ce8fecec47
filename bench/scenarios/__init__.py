"""One scenario a file; each has NAME, TITLE and `run`."""

from __future__ import annotations

from typing import Protocol, cast

from bench.context import Context
from bench.scenarios import fan_out, flood, herd, intake, joins, stalled, submit, thirty_thousand
from bench.verdicts import Outcome


class Scenario(Protocol):
    NAME: str
    TITLE: str

    def run(self, ctx: Context) -> Outcome: ...


_ALL = cast(
    "tuple[Scenario, ...]",
    (fan_out, submit, joins, intake, herd, stalled, flood, thirty_thousand),
)
BY_NAME: dict[str, Scenario] = {scenario.NAME: scenario for scenario in _ALL}
# Minutes long, and run by name only.
LONG = frozenset({"thirty-thousand", "flood"})
DEFAULT = tuple(name for name in BY_NAME if name not in LONG)
