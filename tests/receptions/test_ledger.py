"""The public ledger: whatever is done to it shows, and the place is named."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.questions import queries, rules
from streams.questions.replay import MARKS, Replay
from streams.receptions import chain
from streams.receptions import rules as reception_rules
from streams.receptions.models import Reception
from streams.receptions.verify import Report, check_file
from tests.cast import Cast, ask, make_move
from tests.receptions.ledgers import Published, check_entries, entries_of, file_of, write

Entries = list[dict[str, Any]]


def check(data: bytes, *, expect_head: str = "") -> Report:
    return check_file(io.BytesIO(data), Replay(), expect_head=expect_head)


def first_line(report: Report) -> int | None:
    return next(finding.line for finding in report.findings if not finding.is_note)


def rechained(entries: Entries, start: int = 0) -> Entries:
    """As a forger with all the tools would leave it: every hash computed anew from `start`."""
    head = entries[start - 1]["hash"] if start else chain.GENESIS
    fresh = [dict(entry) for entry in entries]
    for seq, entry in enumerate(fresh[start:], start + 1):
        entry |= {"seq": seq, "prev": head}
        entry["hash"] = head = chain.entry_hash(entry)
    return fresh


def test_every_kind_of_entry_is_told(sealed: Reception) -> None:
    """The ledger these tests use holds everything that may stand in one, but for a few."""
    kinds = {entry["kind"] for entry in entries_of(sealed)}
    legal = (
        set(rules.Move)
        | set(reception_rules.Step)
        | MARKS
        | {"schedule", "receive", "redact", "undo", "changed_at_source"}
    )
    untold = {"cancel", "take_over", "changed_at_source", "urgent", "language", "district"}
    assert {str(kind) for kind in legal} - kinds == untold
    assert kinds <= {str(kind) for kind in legal}


def test_whole_ledger_holds_and_is_one_json_document(sealed: Reception) -> None:
    file = file_of(sealed)
    report = check(file)
    assert report.findings == []
    assert report.head == sealed.last_hash
    assert report.equation == queries.equation(sealed.pk).published()
    document = json.loads(file)
    assert document["header"]["reception"] == sealed.no
    assert len(document["entries"]) == document["closing"]["entries"] == sealed.last_seq
    assert document["closing"]["head"] == sealed.last_hash


@given(data=st.data())
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_flipped_byte_is_found_in_its_line(file: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(file) - 1), label="position")
    mask = data.draw(st.integers(1, 255), label="mask")
    flipped = file[:position] + bytes([file[position] ^ mask]) + file[position + 1 :]
    report = check(flipped)
    assert not report.holds
    assert first_line(report) == file.count(b"\n", 0, position) + 1


def test_every_byte_of_short_ledger_is_guarded(cast: Cast, reception: Reception) -> None:
    """No position is left to luck: each byte of a whole file, changed to three others."""
    make_move(ask(reception), rules.Move.APPROVE, cast.by)
    file = file_of(reception)
    assert check(file).holds
    line = 1
    for position, byte in enumerate(file):
        for mask in (0x01, 0x20, 0x80):
            report = check(file[:position] + bytes([byte ^ mask]) + file[position + 1 :])
            assert not report.holds, position
            assert first_line(report) == line, (position, report.findings)
        line += byte == 0x0A


def _swap(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [*lines[:5], lines[6], lines[5], *lines[7:]], 6


def _remove(lines: list[bytes]) -> tuple[list[bytes], int]:
    return lines[:8] + lines[9:], 9


def _duplicate(lines: list[bytes]) -> tuple[list[bytes], int]:
    return lines[:9] + lines[8:], 10


def _truncate(lines: list[bytes]) -> tuple[list[bytes], int]:
    return lines[:10], 10


def _append(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [*lines, b" \n"], len(lines) + 1


def _append_document(lines: list[bytes]) -> tuple[list[bytes], int]:
    return lines + lines, len(lines) + 1


def _lose_header(lines: list[bytes]) -> tuple[list[bytes], int]:
    return lines[1:], 1


def _lose_last_entry(lines: list[bytes]) -> tuple[list[bytes], int]:
    return lines[:-2] + lines[-1:], len(lines) - 2


def _crlf(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [line.replace(b"\n", b"\r\n") for line in lines], 1


def _no_last_break(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [*lines[:-1], lines[-1].rstrip(b"\n")], len(lines)


def _bom(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [b"\xef\xbb\xbf" + lines[0], *lines[1:]], 1


def _deep(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [lines[0], b"[" * 200_000 + b"\n", *lines[1:]], 2


def _pretty(lines: list[bytes]) -> tuple[list[bytes], int]:
    return [*lines[:3], lines[3].replace(b'":', b'": '), *lines[4:]], 4


@pytest.mark.parametrize(
    "tamper",
    [
        _swap,
        _remove,
        _duplicate,
        _truncate,
        _append,
        _append_document,
        _lose_header,
        _lose_last_entry,
        _crlf,
        _no_last_break,
        _bom,
        _deep,
        _pretty,
    ],
    ids=lambda tamper: tamper.__name__.strip("_"),
)
def test_tampered_lines_are_found_where_they_are(
    file: bytes, tamper: Callable[[list[bytes]], tuple[list[bytes], int]]
) -> None:
    lines, wanted = tamper(file.splitlines(keepends=True))
    report = check(b"".join(lines))
    assert not report.holds
    assert first_line(report) == wanted, report.findings


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\n",
        b"{}",
        b"null\n",
        b"\x00" * 100,
        b'{"header":{},"entries":[\n',
        b"\xff\xfe\n" * 500,
    ],
)
def test_what_is_no_ledger_is_said_to_be_none(junk: bytes) -> None:
    report = check(junk)
    assert not report.holds
    assert first_line(report) == 1


def test_journal_written_anew_is_told_from_the_one_noted(published: Published) -> None:
    """A forger who computes everything anew makes a ledger that holds; a head noted earlier tells."""
    entries = published.entries
    noted = entries[19]["hash"]
    forged = [dict(entry) for entry in entries]
    forged[4]["data"] = forged[4]["data"] | {"text": "f" * 64}
    forged = rechained(forged, 4)
    # The seal inside names the old head; a forger must make it anew as well.
    for index, entry in enumerate(forged):
        if entry["kind"] == "seal":
            entry["data"] = entry["data"] | {"head": forged[index - 1]["hash"]}
            forged = rechained(forged, index)
            break
    written = write(forged, published.sums)
    assert check(written).holds
    report = check(written, expect_head=noted)
    assert [finding.kind for finding in report.findings] == ["head"]
    assert check(published.file, expect_head=noted).holds


def test_cut_tail_is_told_by_the_head_noted(cast: Cast, reception: Reception) -> None:
    ask(reception)
    before = file_of(reception)
    ask(reception)
    reception.refresh_from_db()
    noted = reception.last_hash
    assert check(before).holds
    assert [f.kind for f in check(before, expect_head=noted).findings] == ["head"]
    assert check(file_of(reception), expect_head=noted).holds


def _outcome(entries: Entries) -> None:
    """An answer is turned into a decline, the rest left as it is."""
    next(e for e in entries if e["kind"] == "answer_text")["kind"] = "forward"


def _was(entries: Entries) -> None:
    move = next(e for e in entries if e["kind"] == "queue")
    move["data"] = move["data"] | {"was": move["data"]["was"] | {"status": "new"}}


def _role(entries: Entries) -> None:
    next(e for e in entries if e["kind"] == "approve")["actor"] = "asker"


def _kind(entries: Entries) -> None:
    next(e for e in entries if e["kind"] == "tag")["kind"] = "vanish"


def _number(entries: Entries) -> None:
    next(e for e in entries if e["kind"] == "receive")["question"] = 700


def _foreign(entries: Entries) -> None:
    next(e for e in entries if e["kind"] == "merge")["data"]["target"] = 400


def _second_on_air(entries: Entries) -> None:
    move = next(e for e in entries if e["kind"] == "undo")
    move["data"] = move["data"] | {"of": 2}


def _no_was(entries: Entries) -> None:
    del next(e for e in entries if e["kind"] == "merge")["data"]["was"]


def _seal(entries: Entries) -> None:
    seal = next(e for e in entries if e["kind"] == "seal")
    sums = seal["data"]["equation"] | {"received": 1}
    seal["data"] = seal["data"] | {"equation": sums}


@pytest.mark.parametrize(
    "tamper",
    [_outcome, _was, _role, _kind, _number, _foreign, _second_on_air, _no_was, _seal],
    ids=lambda tamper: tamper.__name__.strip("_"),
)
def test_story_that_could_not_happen_is_found_though_all_hashes_fit(
    published: Published, tamper: Callable[[Entries], None]
) -> None:
    entries = published.entries
    tamper(entries)
    changed = next(
        i for i, (a, b) in enumerate(zip(entries, published.entries, strict=True)) if a != b
    )
    report = check_entries(rechained(entries))
    assert not report.holds
    assert report.findings[0].kind == "story", report.findings
    assert report.findings[0].seq is not None
    assert report.findings[0].seq >= changed + 1


def test_removed_entry_is_found_though_the_rest_is_chained_anew(published: Published) -> None:
    """Every decision on a question: without its entry the story does not hold or the sums change."""
    entries, sums = published.entries, published.sums
    # No decisions on a question; that they are gone only a head noted earlier can tell.
    harmless = MARKS | {"pause", "resume", "seal"}
    for index, entry in enumerate(entries):
        if entry["kind"] in harmless or index == 0:
            continue
        report = check(write(rechained(entries[:index] + entries[index + 1 :]), sums))
        assert not report.holds, entry


def test_printed_equation_is_counted_again(published: Published) -> None:
    sums = published.sums
    sums["buckets"] = sums["buckets"] | {
        "declined": 0,
        "answered_text": sums["buckets"]["answered_text"] + 1,
    }
    report = check(write(published.entries, sums))
    assert [finding.kind for finding in report.findings] == ["sums"]


def test_time_that_runs_backwards_is_a_note(cast: Cast, reception: Reception) -> None:
    ask(reception)
    entries = entries_of(reception)
    entries[-1]["at"] = "2020-10-16T10:00:00.000000Z"
    report = check_entries(rechained(entries))
    assert [(f.kind, f.is_note) for f in report.findings] == [("time", True)]
    assert report.holds
