"""The story of a reception's questions told again from its journal alone, by the table of moves.

Used to check a journal that may have been tampered with: nothing in an entry is believed before it
fits what the entries before it have made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from streams.questions import rules
from streams.questions.retold import (
    Entry,
    Standing,
    Wrong,
    state_words,
    with_closing,
    with_proposal,
)
from streams.questions.rules import BUCKETS, Move, Outcome, Status
from streams.receptions import rules as reception_rules
from streams.receptions.rules import State, Step

# Entries about a question that leave its status alone.
MARKS = frozenset(
    {
        "tag",
        "said",
        "take_over",
        "control_assign",
        "control_remove",
        "place",
        "cue",
        "draft",
        "urgent",
        "language",
        "district",
    }
)
# Entries about the reception alone.
NOTES = frozenset({"gap", "time_shift"})
_SWITCHES = frozenset({"intake_pause", "intake_resume", "premoderation"})


class Replay:
    """Feed it every entry in order. `questions` is where each question stands then."""

    def __init__(self) -> None:
        self.state: State | None = None
        self.kind = ""
        self.questions: dict[int, Standing] = {}
        self._on_air: int | None = None
        self._intake_is_paused = False
        self._is_premoderated = True

    def take(self, entry: Entry) -> list[str]:
        """What in the entry can't be true, as sentences; usually nothing."""
        try:
            self._take(entry)
        except Wrong as wrong:
            return [str(wrong)]
        except (KeyError, TypeError, ValueError, AttributeError):
            return [f"its data is not that of “{entry['kind']}”."]
        return []

    def equation(self) -> dict[str, Any]:
        """As `queries.Equation.published`."""
        buckets = dict.fromkeys(BUCKETS, 0)
        aside = 0
        for question in self.questions.values():
            if question.outcome is Outcome.NOT_A_QUESTION:
                aside += 1
            else:
                buckets[question.bucket] += 1
        captured = len(self.questions)
        return {
            "captured": captured,
            "received": captured - aside,
            "not_questions": aside,
            "buckets": buckets,
        }

    def _take(self, entry: Entry) -> None:
        kind = entry["kind"]
        if (self.state is None) != (kind == "schedule"):
            raise Wrong("a journal begins with the plan of the reception, which comes only once.")
        if self.state is State.SEALED and kind not in reception_rules.AFTER_SEAL:
            raise Wrong(f"“{kind}” can't follow the seal.")
        if kind == "schedule":
            self.kind = entry["data"]["kind"]
            self.state = State.SCHEDULED
        elif kind in set(Step):
            self._step(entry, Step(kind))
        elif kind in NOTES | _SWITCHES:
            if entry["question"] is not None:
                raise Wrong(f"“{kind}” is about no single question.")
            if kind in _SWITCHES:
                self._switch(kind, entry["data"])
        else:
            self._question(entry, kind)

    def _step(self, entry: Entry, step: Step) -> None:
        assert self.state is not None
        try:
            self.state = reception_rules.next_state(self.state, step)
        except reception_rules.IllegalStep:
            raise Wrong(f"“{step}” is not possible while the reception is {self.state}.") from None
        if step is Step.SEAL:
            self._sealed(entry)

    def _switch(self, kind: str, data: Mapping[str, Any]) -> None:
        if self.state not in reception_rules.TO_COME_OR_ON:
            raise Wrong(f"“{kind}” is not possible while the reception is {self.state}.")
        is_news = {
            "intake_pause": not self._intake_is_paused,
            "intake_resume": self._intake_is_paused,
            "premoderation": data.get("on") is not self._is_premoderated,
        }[kind]
        if not is_news:
            raise Wrong(f"“{kind}” changes nothing here.")
        if kind == "premoderation":
            self._is_premoderated = data["on"]
        else:
            self._intake_is_paused = kind == "intake_pause"

    def _sealed(self, entry: Entry) -> None:
        data, sums = entry["data"], self.equation()
        if data["entries"] != entry["seq"] - 1 or data["head"] != entry["prev"]:
            raise Wrong("the seal was made for another journal.")
        if data["equation"] != sums:
            raise Wrong(f"the sealed equation is not what the entries add up to: {sums}.")
        if sums["buckets"][rules.WAITING]:
            raise Wrong("it seals a reception in which questions wait.")

    def _question(self, entry: Entry, kind: str) -> None:
        handle = self._handler(kind)
        if handle is None:
            raise Wrong(f"there is no entry of the kind “{kind}”.")
        number = entry["question"]
        if kind != "receive" and number not in self.questions:
            raise Wrong(f"question {number} was never received.")
        standing = handle(entry)
        self.questions[number] = standing
        if standing.status is Status.ON_AIR:
            if self._on_air not in {None, number}:
                raise Wrong(f"questions {self._on_air} and {number} can't be on air at once.")
            self._on_air = number
        elif self._on_air == number:
            self._on_air = None

    def _handler(self, kind: str) -> Callable[[Entry], Standing] | None:
        if kind in set(Move):
            return self._moved
        if kind in MARKS:
            return lambda entry: self.questions[entry["question"]]
        return {
            "receive": self._received,
            "redact": self._redacted,
            "undo": self._undone,
            "changed_at_source": self._changed_elsewhere,
        }.get(kind)

    def _received(self, entry: Entry) -> Standing:
        if self.state not in reception_rules.TO_COME_OR_ON:
            raise Wrong(f"no question is received while the reception is {self.state}.")
        if entry["question"] != len(self.questions) + 1:
            raise Wrong(
                f"question {entry['question']} comes where {len(self.questions) + 1} is next."
            )
        data = entry["data"]
        is_public = data.get("public", False)
        if is_public and self._is_premoderated:
            raise Wrong("it says that the text was shown at once while moderators read first.")
        if self._intake_is_paused and data["source"] == "room":
            raise Wrong("the room took no questions then.")
        # A question carried over may come with a public text of its own.
        public = None if data["source"] == "carried_over" else data["text"]
        last = (entry["seq"], None)
        return Standing(Status.NEW, None, is_public, data["version"], data["text"], public, last)

    def _moved(self, entry: Entry) -> Standing:
        assert self.state is not None
        before, move = self._next(entry), Move(entry["kind"])
        try:
            rule = rules.check(
                move,
                status=before.status,
                outcome=before.outcome,
                stage=reception_rules.stage(self.kind, self.state),
                role=entry["actor"].partition(":")[0],
                given=rules.MOVES[move].needs,
            )
        except rules.IllegalMove as error:
            raise Wrong(f"“{move}” is not possible here ({error.why}).") from None
        if move is Move.REOPEN:
            return self._reopened(entry, before)
        after = replace(
            before, version=entry["data"]["version"], last=(entry["seq"], entry["data"]["was"])
        )
        if rule.publishes is not None:
            after = replace(after, is_public=rule.publishes)
        if rule.to is not None:
            after = replace(after, status=rule.to, outcome=rule.outcome)
        if move is Move.HIDE and not before.is_public:
            raise Wrong("it was not shown.")
        after = with_proposal(before, after, move, entry)
        if move is Move.MERGE:
            self._check_target(entry)
        if move is Move.APPROVE:
            after = replace(after, public_text=entry["data"]["text"])
        return with_closing(before, after, entry)

    def _reopened(self, entry: Entry, before: Standing) -> Standing:
        was = before.closed_from
        if was is None:
            raise Wrong("nothing had closed the question.")
        status = Status.QUEUED if was["status"] == Status.ON_AIR else Status(was["status"])
        return replace(
            before,
            status=status,
            outcome=None,
            is_public=was["public"],
            version=entry["data"]["version"],
            last=(entry["seq"], entry["data"]["was"]),
        )

    def _undone(self, entry: Entry) -> Standing:
        before = self._next(entry)
        seq, was = before.last
        if entry["data"]["of"] != seq or was is None:
            raise Wrong("it takes back what is not the question's last decision.")
        after = replace(
            before,
            status=Status(was["status"]),
            outcome=Outcome(was["outcome"]) if was["outcome"] else None,
            is_public=was["public"],
            version=entry["data"]["version"],
            last=(entry["seq"], None),
            is_proposed=bool(was["proposed"]),
        )
        return with_closing(before, after, entry)

    def _redacted(self, entry: Entry) -> Standing:
        before = self._next(entry, has_was=False)
        return replace(
            before,
            version=entry["data"]["version"],
            public_text=entry["data"]["text"],
            last=(entry["seq"], None),
        )

    def _changed_elsewhere(self, entry: Entry) -> Standing:
        """The asker's new words change nothing here but who decides next must have seen them."""
        before = self._next(entry, has_was=False)
        return replace(before, version=entry["data"]["version"], last=(entry["seq"], None))

    def _next(self, entry: Entry, *, has_was: bool = True) -> Standing:
        """Where the question stands; the entry must speak of exactly that."""
        before, data = self.questions[entry["question"]], entry["data"]
        if data["version"] != before.version + 1:
            raise Wrong(f"decision {before.version + 1} on the question is not there.")
        if not has_was:
            return before
        said = (data["was"]["status"], data["was"]["outcome"], data["was"]["public"])
        if said != (before.status, before.outcome, before.is_public):
            raise Wrong(
                f"it says that the question was {state_words(*said[:2])};"
                f" the entries before it say {state_words(before.status, before.outcome)}."
            )
        return before

    def _check_target(self, entry: Entry) -> None:
        target = entry["data"]["target"]
        if target == entry["question"] or target not in self.questions:
            raise Wrong(f"it can't be merged into question {target}.")
