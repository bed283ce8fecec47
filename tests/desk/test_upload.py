"""A file of comments: looked through first, stored in portions, every row accounted for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from streams.archive.audit import audit
from streams.common import clock
from streams.desk import upload
from streams.desk.models import Upload
from streams.questions import workbooks
from streams.questions.models import Question
from streams.receptions import actions as receptions
from streams.receptions.models import Entry, Reception
from tests.cast import Cast
from tests.desk.conftest import Desk, sit_down

pytestmark = pytest.mark.django_db

CSV = """№;Автор;Комментарий
1;Әсел;Қашан жол жөнделеді?
2;Олег;Почему не работает светофор на Абая?
3;Анна;Слишком;много
4;Олег;
5;Олег;Почему не работает светофор на Абая?
"""


def choose(desk: Desk, raw: bytes, name: str = "comments.csv") -> Any:
    return desk.post("file/", {"file": SimpleUploadedFile(name, raw)}, headers=None)


def address(desk: Desk) -> str:
    return f"file/{Upload.objects.get().uuid}/"


def fields(**more: Any) -> dict[str, Any]:
    return {"text": "Комментарий", "name": "Автор", **more}


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """The least that a spreadsheet opens: an empty sheet first, as people leave one."""
    cells = "".join(
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    own = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{own}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{own}"><sheets>'
        '<sheet name="Empty" sheetId="1" r:id="r1"/><sheet name="B" sheetId="2" r:id="r2"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{own}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{own}/worksheet" Target="worksheets/sheet2.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return raw.getvalue()


TABLE = [line.split(";") for line in CSV.splitlines()]
FORMS = {
    "utf-8": ("c.csv", CSV.encode()),
    "utf-8 with a mark": ("c.csv", CSV.encode("utf-8-sig")),
    "utf-16": ("c.csv", CSV.encode("utf-16")),
    "windows-1251": ("c.csv", CSV.replace("Әсел", "Асель").replace("Қашан жол жөнделеді", "Когда починят дорогу у школы").encode("cp1251")),
    "tabs": ("c.tsv", CSV.replace(";", "\t").encode()),
    "workbook": ("c.xlsx", workbook([row for row in TABLE if len(row) < 4])),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_columns_are_guessed_and_nothing_is_stored(desk: Desk, form: str) -> None:
    name, raw = FORMS[form]
    response = choose(desk, raw, name)
    assert response.status_code == 303
    page = desk.client.get(response.url).content.decode()
    assert page.count('name="pick"') == 3
    assert 'value="Комментарий" selected' in page
    assert 'value="Автор" selected' in page
    assert "line 5: no words in it" in page.replace("line 4: no", "line 5: no")
    if form != "workbook":
        assert "line 4: more or fewer cells than the first line has" in page
    assert not Question.objects.exists()
    assert raw not in bytes(Upload.objects.get().sealed)


def test_every_row_is_accounted_for(desk: Desk, cast: Cast, reception: Reception) -> None:
    """The same words twice in a file are two questions; the file again is none."""
    choose(desk, CSV.encode())
    response = desk.post(address(desk), fields(pick=["0", "1", "2"]), headers=None)
    assert response.status_code == 303
    assert [q.asker_name for q in Question.objects.order_by("number")] == ["Әсел", "Олег", "Олег"]
    entry = Entry.objects.filter(kind="receive").first()
    assert entry is not None
    assert (entry.data["source"], entry.by) == ("import", cast.moderator)
    assert audit(reception.no).holds
    assert not Upload.objects.exists()
    again = choose(desk, CSV.encode())
    assert desk.client.get(again.url).content.decode().count("already here as No.") == 3
    desk.post(address(desk), fields(pick=[]), headers=None)
    assert Question.objects.count() == 3


def test_a_row_without_its_tick_is_left_out(desk: Desk) -> None:
    choose(desk, CSV.encode())
    desk.post(address(desk), fields(pick=["1"]), headers=None)
    assert Question.objects.get().asker_name == "Олег"


def test_an_import_goes_on_where_it_was_cut(desk: Desk) -> None:
    """As the page's script asks: portion after portion, one of them twice."""
    lines = [f"{n};Асель;Когда починят дорогу номер {n}?" for n in range(450)]
    choose(desk, "\n".join(["№;Автор;Комментарий", *lines]).encode())
    where, ticked = address(desk), [str(n) for n in range(upload.SHOWN)]

    def portion(start: int) -> dict[str, Any]:
        response = desk.post(where, fields(pick=ticked, start=start), headers=None)
        assert response.status_code == 200
        told: dict[str, Any] = response.json()
        return told

    assert portion(0) == {"next": 200, "stored": 200, "repeated": 0}
    assert portion(0) == {"next": 200, "stored": 0, "repeated": 200}
    assert portion(200) == {"next": 400, "stored": 200, "repeated": 0}
    assert portion(400) == {"next": None, "stored": 50, "repeated": 0}
    assert Question.objects.count() == 450
    assert desk.get(where).status_code == 404


def test_other_columns_and_no_header(desk: Desk) -> None:
    choose(desk, "Әсел;Қашан жол жөнделеді?\nОлег;Где участковый?\n".encode())
    page = desk.get(address(desk), {"bare": "on"}).content.decode()
    assert page.count('name="pick"') == 2
    assert 'value="B" selected' in page
    page = desk.get(address(desk), {"bare": "on", "text": "A"}).content.decode()
    assert ">Әсел</bdi>" in page.replace("\n", "").split("paste__text")[1]


def test_a_text_file_is_a_pasted_block(desk: Desk) -> None:
    page = choose(desk, "Олег: Где участковый?\n".encode("cp1251") * 3, "чат.txt").content.decode()
    assert page.count('name="pick"') == 3
    assert 'name="block"' in page


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("c.csv", b"", "empty"),
        ("c.csv", b"a;b\n" * (upload.MAX_BYTES // 4 + 1), "too large"),
        ("c.csv", bytes(range(256)) * 20, "be read"),
        ("c.csv", b"a;a\n1;2\n", "same name"),
        ("c.json", b"[1, 2]", "one object in each line"),
        ("c.xlsx", b"PK\x03\x04 and no more", "be read"),
    ],
)
def test_what_is_no_table_says_so(desk: Desk, name: str, raw: bytes, why: str) -> None:
    response = choose(desk, raw, name)
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not Upload.objects.exists()


def test_a_workbook_that_unfolds_to_anything_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "UNFOLDED_MAX_BYTES", 100)
    assert choose(desk, workbook(TABLE), "c.xlsx").status_code == 422


def test_a_file_is_the_receptions_own_and_gone_after_a_day(
    desk: Desk, cast: Cast, reception: Reception
) -> None:
    choose(desk, CSV.encode())
    where = address(desk)
    assert sit_down(cast.stranger, reception).get(where).status_code == 404
    receptions.end(reception.pk, by=cast.by, now=clock.now())
    assert desk.post(where, fields(pick=["0"]), headers=None).status_code == 409
    assert desk.post(where, fields(pick=["0"], start=0), headers=None).status_code == 409
    assert not Question.objects.exists()
    assert upload.purge(clock.now()) == 0
    assert upload.purge(clock.now() + timedelta(days=1, minutes=1)) == 1
