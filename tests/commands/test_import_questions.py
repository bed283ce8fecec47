"""Files from anywhere: read whole, refused by the line, received once however often they are run."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from streams.common import clock, crypto
from streams.people.actors import SYSTEM
from streams.questions import queries
from streams.questions.models import AskerContact, Question
from streams.receptions import actions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast, make_reception

KAZAKH = "Көшедегі шам қашан жанады?"
RUSSIAN = "Когда починят светофор на улице Мира?"


def write(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def run(path: Path, reception: Reception, **options: object) -> tuple[str, str]:
    """What the command said on stdout and stderr. Raises CommandError."""
    out, err = StringIO(), StringIO()
    call_command(
        "import_questions", str(path), reception=reception.no, stdout=out, stderr=err, **options
    )
    return out.getvalue(), err.getvalue()


def refused(path: Path, reception: Reception, **options: object) -> str:
    """All that was said before the command failed."""
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError) as error:
        call_command(
            "import_questions", str(path), reception=reception.no, stdout=out, stderr=err, **options
        )
    return f"{err.getvalue()}{out.getvalue()}{error.value}"


def texts(reception: Reception) -> list[str]:
    asked = Question.objects.filter(reception=reception).order_by("number")
    return list(asked.values_list("original_text", flat=True))


def test_every_text_column_makes_a_question_and_other_columns_feed_its_fields(
    tmp_path: Path, reception: Reception, cast: Cast
) -> None:
    path = write(
        tmp_path,
        f"id,kk,ru,who,where,phone\n1,{KAZAKH},{RUSSIAN},Айша,{cast.neighbour.name_ru},+7 700\n",
    )

    said, about = run(
        path,
        reception,
        text=["kk", "ru"],
        map=["name=who", "district=where", "contact=phone", "id=id"],
    )

    assert "2 received, 0 were there already, 0 faults" in said
    assert "CSV (,), utf-8" in about
    first, second = Question.objects.filter(reception=reception).order_by("number")
    assert (first.original_text, first.language) == (KAZAKH, "kk")
    assert (second.original_text, second.language) == (RUSSIAN, "ru")
    assert {first.asker_name, second.asker_name} == {"Айша"}
    assert first.district == cast.neighbour
    assert crypto.unseal(bytes(AskerContact.objects.get(question=first).sealed)) == "+7 700"
    entries = Entry.objects.filter(reception=reception, kind="receive").order_by("seq")
    assert [e.question_number for e in entries] == [1, 2]
    assert {e.data["source"] for e in entries} == {"import"}
    assert queries.equation(reception.pk).adds_up


def test_running_again_receives_nothing_twice(tmp_path: Path, reception: Reception) -> None:
    path = write(tmp_path, f"text\n{RUSSIAN}\n{KAZAKH}\n{RUSSIAN}\n")

    run(path, reception)
    again, _ = run(path, reception)
    grown, _ = run(write(tmp_path, f"text\nНовый вопрос?\n{KAZAKH}\n{RUSSIAN}\n"), reception)

    assert "0 received, 3 were there already" in again
    assert "1 received, 2 were there already" in grown
    assert texts(reception) == [RUSSIAN, KAZAKH, RUSSIAN, "Новый вопрос?"]


def test_a_row_with_an_id_keeps_its_first_text(tmp_path: Path, reception: Reception) -> None:
    run(write(tmp_path, f"id,text\n7,{RUSSIAN}\n"), reception, map=["id=id"])

    said = refused(write(tmp_path, "id,text\n7,Другой вопрос?\n"), reception, map=["id=id"])

    assert "line 2: imported before with another text" in said
    assert texts(reception) == [RUSSIAN]


def test_a_dry_run_says_what_it_would_do_and_does_nothing(
    tmp_path: Path, reception: Reception
) -> None:
    path = write(tmp_path, f"text\n{RUSSIAN}\n{KAZAKH}\n")
    run(write(tmp_path, f"text\n{RUSSIAN}\n", "one.csv"), reception)
    head = Reception.objects.get(pk=reception.pk).last_seq

    said, _ = run(path, reception, dry_run=True)

    assert "1 would be received, 1 were there already" in said
    assert Reception.objects.get(pk=reception.pk).last_seq == head


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf_16_le"),
        ("cp1251", "cp1251"),
        ("koi8-r", "koi8_r"),
        ("cp866", "cp866"),
    ],
)
def test_the_encoding_is_found(
    tmp_path: Path, reception: Reception, encoding: str, name: str
) -> None:
    rows = [
        "Когда починят светофор на перекрёстке улиц Мира и Победы?",
        "Почему участковый не отвечает на звонки жителей нашего дома?",
        "Куда обращаться жителям если во дворе ночью шумят?",
    ]
    path = write(tmp_path, "\r\n".join(["text", *rows]).encode(encoding))

    _, about = run(path, reception)

    assert texts(reception) == rows
    assert name in about


def test_an_encoding_may_be_named(tmp_path: Path, reception: Reception) -> None:
    path = write(tmp_path, f"text\n{KAZAKH}\n".encode("kz1048"))

    run(path, reception, encoding="kz1048")

    assert texts(reception) == [KAZAKH]
    assert "no encoding 'klingon'" in refused(path, reception, encoding="klingon")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, reception: Reception, delimiter: str) -> None:
    rows = [
        ["id", "text"],
        ["1", '"Где, когда; и почему | так?"'],
        ["2", "Второй вопрос?"],
        ["3", '"В две\nстроки"'],
    ]
    path = write(tmp_path, "\n".join(delimiter.join(row) for row in rows))

    run(path, reception)

    assert texts(reception) == ["Где, когда; и почему | так?", "Второй вопрос?", "В две\nстроки"]


def test_json_lines_are_read(tmp_path: Path, reception: Reception) -> None:
    lines = [
        json.dumps({"q": RUSSIAN, "n": 5}, ensure_ascii=False),
        "",
        json.dumps({"q": KAZAKH}),
        "[1]",
        "{broken",
        '{"q": null}',
        "[" * 100_000,
    ]
    path = write(tmp_path, "\n".join(lines), "file.jsonl")

    said = refused(path, reception, text=["q"])

    assert texts(reception) == [RUSSIAN, KAZAKH]
    assert "2 received, 0 were there already, 4 faults" in said
    for line, why in ((4, "no JSON object"), (5, "not JSON"), (6, "no text"), (7, "not JSON")):
        assert f"line {line}: {why}" in said


def test_bad_rows_are_named_by_line_and_stop_nobody(tmp_path: Path, reception: Reception) -> None:
    path = write(
        tmp_path,
        b"id,text\n"
        + "1,Первый вопрос?\n".encode()
        + b"2\n"
        + b"3,a,b\n"
        + b"4,   \n"
        + b"5,???\n"
        + b'6,"many\nlines" and a stray quote\n'
        + ("7," + "щ" * 2001 + "\n").encode()
        + b"8,\xff\xfe broken bytes\n"
        + ("9," + "x" * 200_000 + "\n").encode()
        + b"\n"
        + "10,С нулём\0 внутри?\n".encode()
        + "11,Последний вопрос?\n".encode(),
    )

    said = refused(path, reception)

    assert texts(reception) == ["Первый вопрос?", "С нулём внутри?", "Последний вопрос?"]
    for fault in (
        "line 3: 1 fields, the header has 2",
        "line 4: 3 fields, the header has 2",
        "line 5: no text",
        "line 6: text without a letter or digit",
        "line 7: not CSV",
        "line 9: text of 2001 characters, 2000 are allowed",
        "line 10: bytes that are no UTF-8",
        "line 11: not CSV",
    ):
        assert fault in said
    assert "3 received, 0 were there already, 8 faults" in said


def test_a_quote_that_never_closes_loses_only_what_it_swallowed(
    tmp_path: Path, reception: Reception
) -> None:
    path = write(tmp_path, 'text\nПервый?\n"Второй\nТретий?\n')

    said = refused(path, reception)

    assert texts(reception) == ["Первый?"]
    assert "line 3: not CSV" in said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (bytes(range(256)) * 40, "not a text file"),
        (b"\0" * 5000, "not a text file"),
        (b"PK\x03\x04 and so on", "a broken workbook"),
        (b'[{"text": "a"}]', "JSON array"),
        (b"text,text\na,b\n", "two columns are named 'text'"),
        (b"id,question\n1,a\n", "no column 'text'; the file has: id, question"),
    ],
)
def test_a_file_that_holds_no_questions_is_refused_whole(
    tmp_path: Path, reception: Reception, content: bytes, why: str
) -> None:
    assert why in refused(write(tmp_path, content), reception)
    assert texts(reception) == []


def test_what_cannot_be_meant_is_said(tmp_path: Path, reception: Reception) -> None:
    path = write(tmp_path, f"text\n{RUSSIAN}\n")

    assert "No such file" in refused(tmp_path / "nowhere.csv", reception)
    assert "directory" in refused(tmp_path, reception)
    assert "FIELD=COLUMN" in refused(path, reception, map=["text"])
    assert "FIELD=COLUMN" in refused(path, reception, map=["votes=text"])
    assert "no column 'wer'" in refused(path, reception, map=["name=wer"])
    assert "one character" in refused(path, reception, delimiter="::")
    with pytest.raises(CommandError, match="no reception 1999-0001"):
        call_command("import_questions", str(path), reception="1999-0001")


def test_an_unknown_district_is_a_fault(tmp_path: Path, reception: Reception) -> None:
    path = write(tmp_path, f"text,where\n{RUSSIAN},Атлантида\n{KAZAKH},tau\n")

    said = refused(path, reception, map=["district=where"])

    assert "line 2: district: unknown" in said
    assert texts(reception) == [KAZAKH]


def test_a_reception_that_takes_no_questions_takes_no_file(tmp_path: Path, cast: Cast) -> None:
    reception = make_reception(cast)
    actions.end(reception.pk, by=SYSTEM, now=clock.now())

    said = refused(write(tmp_path, f"text\n{RUSSIAN}\n"), reception)

    assert f"Reception {reception.no} takes no questions (ended)" in said


def test_real_appeals_in_both_languages(appeals_csv: Path, reception: Reception) -> None:
    options = {"text": ["text_kz", "text_ru"]}

    said, about = run(appeals_csv, reception, **options)
    again, _ = run(appeals_csv, reception, **options)

    assert "1600 received, 0 were there already, 0 faults" in said
    assert "0 received, 1600 were there already, 0 faults" in again
    assert "CSV (,), utf-8" in about
    numbers = Entry.objects.filter(reception=reception, kind="receive").order_by("seq")
    assert [entry.question_number for entry in numbers] == list(range(1, 1601))
    equation = queries.equation(reception.pk)
    assert (equation.captured, equation.waiting, equation.adds_up) == (1600, 1600, True)
