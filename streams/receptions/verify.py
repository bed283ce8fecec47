"""Does a journal hold? Re-reads every byte, re-computes every hash, re-counts every sum.

Pure: it works on entries as published, from the database or from a file alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Protocol

from typing_extensions import override

from streams.receptions import chain, ledger

MAX_LINE = 1 << 20
# A file that is something else altogether needs no longer list than this.
MAX_FINDINGS = 100
_CLOSING_FIELDS = frozenset({"entries", "equation", "head", "header", "checksum"})
# Writers wait for each other's lock with their time already taken: so much may go backwards.
_PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """`kind`: bytes, form, gap, chain, hash, story, sums, head, header, closing, database, time.

    A note is worth a look and doesn't break the ledger.
    """

    kind: str
    sentence: str
    seq: int | None = None
    line: int | None = None
    is_note: bool = False

    @property
    def place(self) -> str:
        if self.line is None:
            return "The journal" if self.seq is None else f"Entry {self.seq}"
        return f"Line {self.line}" + (f" (entry {self.seq})" if self.seq is not None else "")

    @override
    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


class Replay(Protocol):
    """Knows the questions: tells the story again from the entries, and counts."""

    def take(self, entry: Mapping[str, Any]) -> list[str]: ...
    def equation(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Report:
    reception: str
    entries: int
    head: str
    findings: list[Finding]
    equation: dict[str, Any] | None = None

    @property
    def holds(self) -> bool:
        return all(finding.is_note for finding in self.findings)


class Walk:
    """Goes along the entries in their order and collects what is wrong."""

    def __init__(self, replay: Replay, *, expect_head: str = "") -> None:
        self.findings: list[Finding] = []
        self.reception = ""
        self.count = 0
        self.seq = 0
        self.head = chain.GENESIS
        self.first: Mapping[str, Any] | None = None
        self._replay = replay
        self._expected = expect_head
        self._met = not expect_head
        self._at: datetime | None = None

    @property
    def is_whole(self) -> bool:
        """Nothing wrong so far, so the replay has seen the story as it was."""
        return all(finding.is_note for finding in self.findings)

    def find(
        self, kind: str, sentence: str, *, line: int | None = None, seq: int | None = None
    ) -> None:
        self.findings.append(Finding(kind, sentence, seq, line))

    def step(self, entry: object, line: int | None = None) -> None:
        self.count += 1
        wrong = ledger.misshapen(entry)
        if wrong or not isinstance(entry, dict):
            self.find("form", wrong, line=line)
            return
        seq = entry["seq"]
        self._follow(entry, seq, line)
        if chain.entry_hash(entry) != entry["hash"]:
            self.find("hash", "its hash is not the hash of its content.", line=line, seq=seq)
        self._note_time(entry, seq, line)
        if self.is_whole:
            for sentence in self._replay.take(entry):
                self.find("story", sentence, line=line, seq=seq)
        self.seq, self.head = seq, entry["hash"]
        self._met = self._met or self.head == self._expected

    def _follow(self, entry: Mapping[str, Any], seq: int, line: int | None) -> None:
        if self.first is None:
            self.first, self.reception = entry, entry["reception"]
        elif entry["reception"] != self.reception:
            self.find("form", f"it belongs to reception {entry['reception']}.", line=line, seq=seq)
        wanted = self.seq + 1
        if seq > wanted:
            missing = (
                f"entry {wanted} is" if seq == wanted + 1 else f"entries {wanted} to {seq - 1} are"
            )
            self.find("gap", f"{missing} missing before it.", line=line, seq=seq)
        elif seq < wanted:
            self.find("gap", f"it stands where entry {wanted} belongs.", line=line, seq=seq)
        elif entry["prev"] != self.head:
            sentence = "it does not follow from the entry before it: one of the two was replaced."
            self.find("chain", sentence, line=line, seq=seq)

    def _note_time(self, entry: Mapping[str, Any], seq: int, line: int | None) -> None:
        at = datetime.fromisoformat(entry["at"])
        if self._at is not None and at < self._at - _PATIENCE:
            sentence = f"its time, {entry['at']}, is before that of an entry above it."
            self.findings.append(Finding("time", sentence, seq, line, is_note=True))
        self._at = max(at, self._at) if self._at else at

    def finish(self) -> Report:
        if not self._met:
            self.find(
                "head",
                f"the head {self._expected} noted earlier is not in it: the end was cut off or"
                " the journal was written anew.",
            )
        if not self.count:
            self.find("form", "it has no entries.")
        self.findings.sort(key=lambda finding: (finding.line or 1 << 60, finding.is_note))
        equation = self._replay.equation() if self.is_whole else None
        return Report(self.reception, self.count, self.head, self.findings, equation)


def check_file(file: BinaryIO, replay: Replay, *, expect_head: str = "") -> Report:
    """The published file alone. Reads line by line, so its size doesn't matter."""
    return _File(file, Walk(replay, expect_head=expect_head), replay).check()


class _File:
    def __init__(self, file: BinaryIO, walk: Walk, replay: Replay) -> None:
        self._file, self._walk, self._replay = file, walk, replay
        self._line = 0
        self._header: Any = None
        self._header_hash = ""
        self._closing: Any = None
        self._closing_line = 0
        # The line of an entry that no comma follows: the closing line must come next.
        self._last_entry: int | None = None

    def check(self) -> Report:
        while (raw := self._file.readline(MAX_LINE)) and self._goes_on(raw):
            pass
        if len(self._walk.findings) >= MAX_FINDINGS:
            return self._walk.finish()
        if not self._closing_line:
            self._find("closing", "the file ends without its closing line.")
        elif self._walk.is_whole:
            self._compare()
        return self._walk.finish()

    def _goes_on(self, raw: bytes) -> bool:
        """Read one line. False where reading on would tell nothing more."""
        self._line += 1
        if self._closing_line:
            self._find("bytes", "nothing may follow the closing line.")
            return False
        line = raw.removesuffix(b"\n")
        if len(line) == len(raw):
            self._find("bytes", "the line does not end where it should.")
        if self._line == 1:
            self._read_header(line)
        elif line.startswith(ledger.CLOSING[0]):
            self._read_closing(line)
        else:
            self._read_entry(line)
        return len(self._walk.findings) < MAX_FINDINGS

    def _find(self, kind: str, sentence: str, line: int | None = None) -> None:
        self._walk.find(kind, sentence, line=max(line or self._line, 1))

    def _read_header(self, line: bytes) -> None:
        self._header_hash = hashlib.sha256(line).hexdigest()
        self._header = ledger.unframe(ledger.HEADER, line)
        if self._header is None:
            self._find("bytes", "the header is not written as a ledger's header is.")
        elif self._header.get("format") != ledger.FORMAT:
            self._find("header", f"the format is not {ledger.FORMAT}.")

    def _read_entry(self, line: bytes) -> None:
        follows = line.endswith(b",")
        entry = ledger.strict(line[:-1] if follows else line)
        if entry is None:
            self._find("bytes", "the line is not an entry in canonical form.")
            self._last_entry = None
            return
        if self._last_entry is not None:
            self._find("bytes", "the comma after the entry is missing.", self._last_entry)
        self._last_entry = None if follows else self._line
        self._walk.step(entry, self._line)

    def _read_closing(self, line: bytes) -> None:
        self._closing_line = self._line
        closing = ledger.unframe(ledger.CLOSING, line)
        if closing is None or set(closing) != _CLOSING_FIELDS:
            self._find("closing", "the closing line is not written as it should be.")
        elif ledger.checksum(closing) != closing["checksum"]:
            self._find("closing", "its checksum is not that of its content.")
        else:
            self._closing = closing
            self._compare_edges(closing)

    def _compare_edges(self, closing: Mapping[str, Any]) -> None:
        """The closing line is as it was written, so what differs from it was changed elsewhere."""
        if closing["header"] != self._header_hash:
            self._find("header", "the header is not the one the closing line was made for.", 1)
        if self._last_entry is None and self._walk.count and self._walk.is_whole:
            self._find("bytes", "an entry is missing after the comma.", self._line - 1)
        if closing["entries"] != self._walk.count:
            sentence = f"it counts {closing['entries']} entries; the file has {self._walk.count}."
            self._find("closing", sentence)
        if closing["head"] != self._walk.head:
            self._find("closing", "its head is not the hash of the last entry.")

    def _compare(self) -> None:
        """What only a well-made forgery gets wrong."""
        first = self._walk.first
        if first is None:
            return
        try:
            wanted = ledger.header(first)
        except (KeyError, TypeError):
            self._walk.find("form", "it does not plan the reception.", line=2, seq=1)
            return
        if self._header != wanted:
            self._find("header", "the header does not say what the first entry says.", 1)
        counted = self._replay.equation()
        if self._closing["equation"] != counted:
            sentence = f"the printed equation is not what the entries add up to: {counted}."
            self._find("sums", sentence, self._closing_line)
