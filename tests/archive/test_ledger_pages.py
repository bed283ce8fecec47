"""The public journal as a page and as files."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from streams.archive.ledger_views import _cell
from streams.questions.replay import Replay
from streams.questions.rules import Move
from streams.receptions.models import Reception
from streams.receptions.verify import check_file
from tests.archive.downloads import fetch
from tests.cast import Cast, ask, make_move
from tests.conftest import ROOT
from tests.receptions.ledgers import entries_of, file_of, full_reception


@pytest.fixture
def sealed(cast: Cast) -> Reception:
    return full_reception(cast)


def test_file_is_the_ledger_to_the_byte(transactional_db: None, sealed: Reception) -> None:
    headers, body = fetch(f"/receptions/{sealed.no}/ledger.json")
    assert headers["Content-Type"] == "application/json"
    assert f"liveqa-{sealed.no}-ledger.json" in headers["Content-Disposition"]
    assert body == file_of(sealed)
    assert check_file(io.BytesIO(body), Replay(), expect_head=sealed.last_hash).findings == []


def test_file_of_a_planned_reception_holds_too(
    transactional_db: None, reception: Reception
) -> None:
    _headers, body = fetch(f"/receptions/{reception.no}/ledger.json")
    report = check_file(io.BytesIO(body), Replay())
    assert (report.findings, report.entries) == ([], 2)


def test_table_has_every_entry_and_opens_in_a_spreadsheet(
    transactional_db: None, sealed: Reception
) -> None:
    headers, body = fetch(f"/receptions/{sealed.no}/ledger.csv")
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["hash"] for row in rows] == [entry["hash"] for entry in entries_of(sealed)]
    assert {row["kind"] for row in rows} >= {"receive", "answer_live", "seal"}


@pytest.mark.parametrize(
    "dangerous", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "=cmd|'/c calc'!A0"]
)
def test_no_cell_is_run_as_a_formula(dangerous: str) -> None:
    assert _cell(dangerous) == "'" + dangerous


def test_unchanged_journal_is_not_sent_twice(
    client: Client, cast: Cast, reception: Reception
) -> None:
    question = ask(reception)
    for extension in ("json", "csv"):
        url = f"/receptions/{reception.no}/ledger.{extension}"
        etag = client.head(url)["ETag"]
        assert client.get(url, headers={"if-none-match": etag}).status_code == 304
        make_move(question, Move.APPROVE if extension == "json" else Move.QUEUE, cast.by)
        assert client.head(url)["ETag"] != etag
        assert client.head(url, headers={"if-none-match": etag}).status_code == 200


def test_journal_of_unknown_reception_is_not_there(client: Client, db: None) -> None:
    for path in (
        "/ru/receptions/2020-0001/ledger/",
        "/receptions/2020-0001/ledger.json",
        "/receptions/2020-0001/ledger.csv",
    ):
        assert client.get(path).status_code == 404
    assert client.post("/receptions/2020-0001/ledger.json").status_code == 405


def test_page_tells_the_story_the_sum_and_the_seal(client: Client, sealed: Reception) -> None:
    text = client.get(f"/en/receptions/{sealed.no}/ledger/").content.decode()
    assert sealed.last_hash in text
    assert "It adds up" in text
    assert "Not sealed yet" not in text
    for words in (
        "Went on air",
        "Answered on air",
        "Merged with the same question",
        "Removed from personal control",
    ):
        assert words in text
    assert text.count('<tr id="entry-') == sealed.last_seq


def test_page_of_open_reception_says_so(client: Client, reception: Reception) -> None:
    for _ in range(60):
        ask(reception)
    address = f"/en/receptions/{reception.no}/ledger/"
    text = client.get(address).content.decode()
    assert "Not sealed yet" in text
    assert text.count('<tr id="entry-') == 62
    for _ in range(60):
        ask(reception)
    assert client.get(address).content.decode().count('<tr id="entry-') == 100
    assert client.get(address, {"page": "2"}).content.decode().count('<tr id="entry-') == 22


# --- The script that anyone can run -------------------------------------------------------------

SCRIPT = ROOT / "static" / "check_ledger.py"


def run_script(path: Path, *heads: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path), *heads],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_script_agrees_with_a_true_ledger(sealed: Reception, tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    path.write_bytes(file_of(sealed))
    code, text = run_script(path, entries_of(sealed)[7]["hash"])
    assert code == 0, text
    assert sealed.last_hash in text
    assert run_script(path, "0" * 63 + "1")[0] == 1


def test_script_finds_the_line(sealed: Reception, tmp_path: Path) -> None:
    file, path = file_of(sealed), tmp_path / "ledger.json"
    lines = file.splitlines(keepends=True)
    for number in (1, 2, 20, len(lines) - 1, len(lines)):
        line = lines[number - 1]
        middle = len(line) // 2
        broken = line[:middle] + bytes([line[middle] ^ 1]) + line[middle + 1 :]
        path.write_bytes(b"".join([*lines[: number - 1], broken, *lines[number:]]))
        code, text = run_script(path)
        assert code == 1
        assert text.startswith(f"Line {number}:"), text


def test_docs_show_this_very_script() -> None:
    assert SCRIPT.read_text().strip() in (ROOT / "docs" / "ledger.md").read_text()
