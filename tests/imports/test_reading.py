"""Opening files: what is taken, and what is refused with words that help."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from codi.errors import Refused
from codi.imports import UPLOADS
from codi.imports.headings import Table, read_table
from codi.imports.reading import open_sheets
from tests.imports.conftest import TODAY, csv_of, saved, xlsx

HEAD = ("รหัส", "จำนวนเงิน (บาท)", "วันที่จ่าย", "จำนวนคน", "ระดับ")


def table(content: bytes, name: str = "f.xlsx") -> Table:
    return read_table(UPLOADS["money"], open_sheets(content, name), today=TODAY)


def refusal(content: bytes, name: str = "f.xlsx") -> Refused:
    with pytest.raises(Refused) as caught:
        table(content, name)
    assert any("ก" <= letter <= "๙" for letter in caught.value.message)
    return caught.value


def test_typed_cells_of_xlsx() -> None:
    """Would be wrong: a float in money, a date of the year 2564 of the common era."""
    rows = table(
        xlsx(
            HEAD,
            ("ก1", 1781000, dt.date(2021, 2, 25), 30, "จังหวัด"),
            ("ก2", 0.1, "25 ก.พ. 64", "๓๐", "region"),
            (3, "๓๒,๐๐๐.๕๐", "25/2/2564", None, None),
        )
    ).rows
    assert [row.number for row in rows] == [2, 3, 4]
    assert all(row.ok for row in rows)
    assert rows[0].values == {
        "code": "ก1",
        "paid_baht": Decimal("1781000.00"),
        "paid_on": dt.date(2021, 2, 25),
        "people_count": 30,
        "level": "province",
    }
    assert rows[1].values["paid_baht"] == Decimal("0.10")
    assert rows[1].values["paid_on"] == dt.date(2021, 2, 25)
    assert rows[1].values["level"] == "region"
    assert rows[2].values["code"] == "3"
    assert rows[2].values["paid_baht"] == Decimal("32000.50")
    assert rows[2].values["people_count"] is None


def test_an_amount_that_no_record_can_hold_is_refused_at_its_cell() -> None:
    """Would be wrong: a preview that is fine and an error page when it is confirmed."""
    most = "999,999,999,999.99"
    rows = table(
        xlsx(HEAD, ("ก1", most), ("ก2", "1,000,000,000,000"), ("ก3", 9_999_999_999_999))
    ).rows
    assert rows[0].values["paid_baht"] == Decimal("999999999999.99")
    assert [[error.column for error in row.errors] for row in rows] == [
        [],
        ["paid_baht"],
        ["paid_baht"],
    ]
    assert most in rows[1].errors[0].message


def test_title_rows_blank_rows_and_totals_keep_the_numbers_of_the_sheet() -> None:
    """Would be wrong: an error told for row 3 that people find in row 6; a total taken for a project."""
    found = table(
        xlsx(
            ("รายงานการจ่ายเงิน",),
            (),
            HEAD,
            ("ก1", 5, None, None, None),
            (),
            ("ก2", "ห้า", None, None, None),
            ("รวมทั้งสิ้น", 10, None, None, None),
            ("รวม 2 โครงการ", 10, None, None, None),
            ("รวมพลัง", 10, None, None, None),
        )
    )
    assert [row.number for row in found.rows] == [4, 6, 9]
    assert [error.column for error in found.rows[1].errors] == ["paid_baht"]
    assert found.notes == [f"แถว {number} เป็นแถวยอดรวม จึงไม่นำเข้า" for number in (7, 8)]


def test_every_bad_cell_is_told_at_once() -> None:
    """Would be wrong: one error a time, and a new upload for each."""
    rows = table(
        xlsx(HEAD, (None, "1.234", "31/2/2564", 1.5, "ตำบล"), ("ก", -5, 7, -1, "ภาค"))
    ).rows
    assert [error.column for error in rows[0].errors] == [
        "code",
        "paid_baht",
        "paid_on",
        "people_count",
        "level",
    ]
    assert {error.column for error in rows[1].errors} >= {"paid_baht", "people_count"}
    assert rows[0].errors[0].message == "ยังไม่ได้กรอกรหัส"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_usual_making(encoding: str, delimiter: str) -> None:
    """Would be wrong: Thai letters as question marks, or the whole line as one cell."""
    lines = [HEAD, ("ก1", '"1,000.50"', "25/2/2564", "3", "ภาค"), (), ("ก2", "5", "", "", "")]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    rows = table(content, "เงิน.csv").rows
    assert [row.number for row in rows] == [2, 4]
    assert rows[0].values["paid_baht"] == Decimal("1000.50")
    assert rows[0].values["level"] == "region"
    assert rows[1].values["code"] == "ก2"


def test_headings_by_alias_spelling_and_unknown_ones() -> None:
    """Would be wrong: a column lost in silence, or refused for a blank or a tone mark typed twice."""
    found = table(csv_of((" รหัส ", "AMOUNT", "หมายเหตุ"), ("ก", "5", "x")), "f.csv")
    assert found.rows[0].values == {"code": "ก", "paid_baht": Decimal("5.00")}
    assert found.notes == ["ไม่ได้ใช้คอลัมน์: หมายเหตุ"]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "f.csv", "imports-empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "f.csv", "imports-too-big"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 100, "f.xls", "imports-kind"),
        (b"PK\x03\x04 not a zip", "f.xlsx", "imports-broken"),
        (b"just text", "f.xlsx", "imports-kind"),
        (b"a\x00b,c", "f.csv", "imports-encoding"),
        (b'code,amount\r\n"a,1', "f.csv", "imports-broken"),
        (csv_of(HEAD, ("ก" * 200_000, "1", "", "", "")), "f.csv", "imports-broken"),
        ("อื่น,ๆ\r\n1,2".encode(), "f.csv", "imports-no-header"),
        (csv_of(("จำนวนเงิน (บาท)", "จำนวนคน"), ("1", "2")), "f.csv", "imports-missing-columns"),
        (
            csv_of(("รหัส", "amount", "จำนวนเงิน (บาท)"), ("ก", "1", "2")),
            "f.csv",
            "imports-double-columns",
        ),
        (csv_of(HEAD), "f.csv", "imports-no-rows"),
        (csv_of(HEAD, *[("ก", "1", "", "", "")] * 51), "f.csv", "imports-too-long"),
    ],
)
def test_bad_files_are_refused_with_words(content: bytes, name: str, code: str) -> None:
    """Would be wrong: an error page, or a guess."""
    assert refusal(content, name).code == code


def forged(change: dict[str, bytes]) -> bytes:
    """A good workbook with entries added or replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(HEAD, ("ก", 1, None, None, None)))) as good:
        entries = {entry.filename: good.read(entry) for entry in good.infolist()} | change
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return stream.getvalue()


XXE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"xl/media/zeros.bin": b"\0" * 30_000_000}, "imports-bomb"),
        ({f"xl/e{number}": b"" for number in range(1001)}, "imports-bomb"),
        ({"../../etc/cron.d/x": b"x"}, "imports-path"),
        ({"xl/vbaProject.bin": b"x"}, "imports-macro"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "imports-links"),
        ({"xl/worksheets/sheet1.xml": XXE}, "imports-entity"),
        ({"xl/workbook.xml": b"<broken"}, "imports-broken"),
    ],
)
def test_forged_workbooks_are_refused(change: dict[str, bytes], code: str) -> None:
    """Would be wrong: gigabytes unpacked, a local file read, a macro kept."""
    assert refusal(forged(change)).code == code


def test_formulas_without_result_and_broken_ones_are_told() -> None:
    """Would be wrong: a formula that nobody has computed read as a blank, and its money lost."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(HEAD)
    sheet.append(["ก1", "=1+1", None, None, None])
    sheet.append(["ก2", "#REF!", None, None, None])
    rows = table(saved(book)).rows
    assert [[error.column for error in row.errors] for row in rows] == [
        ["paid_baht"],
        ["paid_baht"],
    ]
    assert "สูตร" in rows[0].errors[0].message


def chart_book(*, with_rows: bool) -> bytes:
    """A file whose first sheet is a chart that openpyxl cannot parse (as newer programs write it)."""
    book = openpyxl.Workbook()
    if with_rows:
        book.active.append(list(HEAD))
        book.active.append(["ก1", 5])
    else:
        book.active.sheet_state = "hidden"
    book.create_chartsheet("กราฟ", 0)
    whole = zipfile.ZipFile(io.BytesIO(saved(book)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as changed:
        for entry in whole.infolist():
            text = whole.read(entry)
            if entry.filename.startswith("xl/chartsheets/sheet"):
                text = text.replace(b"<sheetViews>", b"<newer/><sheetViews>")
            changed.writestr(entry, text)
    return out.getvalue()


def test_chart_sheets_are_passed_over() -> None:
    """Would be wrong: a table with a chart behind it called damaged."""
    rows = table(chart_book(with_rows=True)).rows
    assert [(row.values["code"], row.values["paid_baht"]) for row in rows] == [("ก1", 5)]
    assert "แผ่นกราฟ" in refusal(chart_book(with_rows=False)).message


def test_hidden_sheets_are_left_out_and_the_right_sheet_is_found() -> None:
    """Would be wrong: rows taken from a sheet that nobody sees, or the cover sheet refused."""
    book = openpyxl.Workbook()
    cover: Any = book.active
    cover.append(["ปก"])
    data = book.create_sheet("จ่าย")
    data.append(list(HEAD))
    data.append(["ก1", 1])
    hidden = book.create_sheet("ลับ")
    hidden.append(list(HEAD))
    hidden.append(["ก9", 9])
    hidden.sheet_state = "hidden"
    found = table(saved(book))
    assert [row.values["code"] for row in found.rows] == ["ก1"]
    assert found.notes == ["อ่านเฉพาะแผ่นงาน “จ่าย”"]
