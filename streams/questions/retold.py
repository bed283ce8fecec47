"""Where a question stands in a journal that is told again, and what an entry makes of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from streams.questions import rules
from streams.questions.rules import OPEN, Move, Outcome, Status

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """Where a question stands after the entries so far.

    `text` and `public_text` are digests; None where the journal has not said one. `last` is the
    decision that an undo may take back, `closed_from` what the last closing closed.
    """

    status: Status
    outcome: Outcome | None
    is_public: bool
    version: int
    text: str
    public_text: str | None
    last: tuple[int, Entry | None]
    closed_from: Entry | None = None
    # The newest proposal: of what, by whom, for which reason; and whether it still stands.
    proposal: tuple[str, str, str] | None = None
    is_proposed: bool = False

    @property
    def bucket(self) -> str:
        return self.outcome or rules.WAITING


class Wrong(Exception):
    """The entry does not fit; the message says how."""


def with_closing(before: Standing, after: Standing, entry: Entry) -> Standing:
    """Remember what the latest entry found open: that is where a reopening leads back to."""
    if before.status in OPEN:
        return replace(after, closed_from=entry["data"]["was"])
    return after


def with_proposal(before: Standing, after: Standing, move: Move, entry: Entry) -> Standing:
    """What is said to be confirmed must have been proposed by somebody else, for the same reason."""
    data, actor = entry["data"], entry["actor"]
    if move in rules.PROPOSES:
        proposal = (rules.PROPOSES[move].value, actor, data["reason"])
        return replace(after, proposal=proposal, is_proposed=True)
    if data.get("confirmed"):
        of, by, reason = before.proposal if before.proposal and before.is_proposed else ("", "", "")
        if (of, reason) != (move.value, data["reason"]) or by == actor:
            raise Wrong("it says that a second person confirmed it, which the entries don't show.")
    return replace(after, is_proposed=False)


def state_words(status: object, outcome: object) -> str:
    return f"{status} ({outcome})" if outcome else str(status)
