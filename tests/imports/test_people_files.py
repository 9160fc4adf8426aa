"""Sixty and more files as offices send them, each read right or refused with what to do.

Every file is made here by code; every expectation is written by hand. The reader is called here and
not in its child: what the child adds is shown in ``test_reading.py`` and ``tests/sheets``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from codi.errors import Refused
from codi.imports import UPLOADS, Upload, UploadColumn, register_upload
from codi.imports.cells import day, money, text, whole
from codi.imports.headings import Table, read_table
from codi.imports.reading import kind_of, sheets_in
from codi.sheets import opening
from codi.sheets.lines import UPLOAD
from codi.thai.numbers import parse_baht
from tests.imports.conftest import TODAY, nothing, plan_money, saved, xlsx

HEAD = ("รหัส", "ชื่อโครงการ", "จำนวนเงิน (บาท)", "คงเหลือ (บาท)", "วันที่จ่าย", "จำนวนคน")
KEYS = ("code", "title", "paid_baht", "left_baht", "paid_on", "people_count")
DAY = dt.date(2021, 2, 25)
TYPED = ("ก1", "บ้านดอน", 32000, -500, DAY, 30)
PLAIN = ("ก1", "บ้านดอน", "32000", "-500", "25/2/2564", "30")
READ = ("ก1", "บ้านดอน", Decimal("32000.00"), Decimal("-500.00"), DAY, 30)
COLUMNS = (
    UploadColumn("code", "รหัส", ("รหัสโครงการ", "code"), text(20), required=True),
    UploadColumn("title", "ชื่อโครงการ", ("โครงการ",), text(200)),
    UploadColumn("paid_baht", "จำนวนเงิน (บาท)", ("amount", "เบิกจ่าย"), money),
    UploadColumn("left_baht", "คงเหลือ (บาท)", (), lambda value, today: parse_baht(value)),
    UploadColumn("paid_on", "วันที่จ่าย", ("วันที่โอน",), day),
    UploadColumn("people_count", "จำนวนคน", (), whole),
)
Rows = Mapping[int, Sequence[Any]]
Build = Callable[[], bytes]


@dataclass(frozen=True)
class Sent:
    """A file and what must come of it: rows by number, errors by (row, column), notes, or a refusal."""

    what: str
    build: Build
    rows: Rows = field(default_factory=dict)
    errors: Mapping[tuple[int, str], str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    refused: str = ""
    words: str = ""
    name: str = "ไฟล์.xlsx"


def opened(sent: Sent, folder: Path) -> Table:
    """The file, read as its child reads it."""
    content = sent.build()
    kind = kind_of(content, sent.name)
    (folder / UPLOAD).write_bytes(content)
    with contextlib.chdir(folder):
        told = opening.read({"kind": kind})
    return read_table(UPLOADS["sent"], sheets_in(folder, told), today=TODAY)


@pytest.fixture(autouse=True)
def sent_upload() -> Iterator[None]:
    register_upload(Upload("sent", "เงิน", COLUMNS, plan_money, nothing, max_row_count=50))
    yield
    del UPLOADS["sent"]


def sheet(*rows: Sequence[Any], **changes: Any) -> Build:
    return lambda: xlsx(*rows, **changes)


def book(fill: Callable[[Any, Any], None]) -> Build:
    """A workbook that ``fill(book, sheet)`` makes with openpyxl."""

    def build() -> bytes:
        made = openpyxl.Workbook()
        made.active.title = "ข้อมูล"  # type: ignore[union-attr]
        fill(made, made.active)
        return saved(made)

    return build


def add(target: Any, *rows: Sequence[Any]) -> None:
    for row in rows:
        target.append(list(row))


def table(rows: Sequence[Sequence[Any]], *merges: str, **more: Any) -> Build:
    """A sheet with merged ranges."""

    def fill(made: Any, target: Any) -> None:
        add(target, *rows)
        for merge in merges:
            target.merge_cells(merge)

    return book(fill)


def lines(*rows: Sequence[str], encoding: str = "utf-8", by: str = ",", end: str = "\r\n") -> Build:
    return lambda: end.join(by.join(row) for row in rows).encode(encoding)


def one(column: str, value: Any) -> Build:
    """One good row with one cell changed."""
    row = list(TYPED)
    row[KEYS.index(column)] = value
    return sheet(HEAD, row)


def reading(column: str, value: Any) -> Rows:
    row = list(READ)
    row[KEYS.index(column)] = value
    return {2: row}


def parts(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The archive with the content of its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return stream.getvalue()


def with_formula(result: Any, *, by_program: bool) -> Build:
    """A formula with a stored result, as a spreadsheet program or a library leaves it."""

    def build() -> bytes:
        stream = io.BytesIO()
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
            target = made.add_worksheet()
            target.write_row(0, 0, HEAD)
            target.write_row(1, 0, ("ก1", "บ้านดอน"))
            target.write_formula(1, 2, "=16000*2", None, result)
        if not by_program:
            return stream.getvalue()
        return parts(
            stream.getvalue(),
            lambda name, body: body.replace(b' fullCalcOnLoad="1"', b"").replace(
                b'<c r="C2"><f>', b'<c r="C2" t="str"><f>' if result == "" else b'<c r="C2"><f>'
            ),
        )

    return build


def prefixed() -> bytes:
    """A worksheet with prefixed elements, as report servers write it."""

    def change(name: str, body: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return body
        body = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", body)
        return body.replace(b"xmlns=", b"xmlns:x=")

    return parts(xlsx(HEAD, TYPED), change)


def of_1904() -> bytes:
    """The calendar of old Macintosh programs, which begins in 1904."""
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    add(made.active, HEAD, TYPED)
    return saved(made)


def hidden(made: Any, target: Any) -> None:
    add(target, HEAD, TYPED)
    other = made.create_sheet("เก่า")
    add(other, HEAD, ("ก9", "เก่า", 9, 9, DAY, 9))
    other.sheet_state = "hidden"


def all_hidden(made: Any, target: Any) -> None:
    add(target, ("ว่าง",))
    target.sheet_state = "hidden"
    made.create_chartsheet("กราฟ")


def cover(made: Any, target: Any) -> None:
    add(target, ("รายงานการจ่ายเงิน",), ("จัดทำ 25 ก.พ. 64",))
    add(made.create_sheet("จ่าย"), HEAD, TYPED)


def two_tables(made: Any, target: Any) -> None:
    add(target, HEAD, TYPED)
    add(made.create_sheet("จังหวัดน่าน"), HEAD, ("ก2", "บ้านนา", 1, 1, DAY, 1))


def with_example(made: Any, target: Any) -> None:
    add(target, HEAD, TYPED)
    add(made.create_sheet("ตัวอย่าง"), HEAD, ("ก9", "ตัวอย่าง", 1, 1, DAY, 1))


def far_from_corner(made: Any, target: Any) -> None:
    for place, head in enumerate(HEAD):
        target.cell(5, 3 + place, head)
        target.cell(6, 3 + place, TYPED[place])


def formatted_below(made: Any, target: Any) -> None:
    """Cells that were only painted, down to row 500."""
    add(target, HEAD, TYPED)
    for number in range(3, 501):
        target.cell(number, 1).number_format = "0.00"


def hidden_column(made: Any, target: Any) -> None:
    add(target, HEAD, TYPED)
    target.column_dimensions["F"].hidden = True
    target.row_dimensions[2].hidden = True


def typed_text(value: str) -> Build:
    def fill(made: Any, target: Any) -> None:
        add(target, HEAD, TYPED)
        target["B2"].value = value
        target["B2"].data_type = "s"

    return book(fill)


FILES = (
    # Headings
    Sent("plain", sheet(HEAD, TYPED), {2: READ}),
    Sent("titles above", sheet(("รายงาน",), ("ณ 25 ก.พ. 64",), HEAD, TYPED), {4: READ}),
    Sent("merged title", table([("รายงานการจ่ายเงิน",), HEAD, TYPED], "A1:F1"), {3: READ}),
    Sent("far from the corner", book(far_from_corner), {6: READ}),
    Sent(
        "renamed",
        sheet(("รหัสโครงการ", "โครงการ", "AMOUNT", HEAD[3], "วันที่โอน", HEAD[5]), TYPED),
        {2: READ},
    ),
    Sent("reordered", sheet(HEAD[::-1], TYPED[::-1]), {2: READ}),
    Sent(
        "unknown columns",
        sheet(("ที่", *HEAD, "ผู้ประสานงาน"), (1, *TYPED, "สมใจ")),
        {2: READ},
        notes=("ไม่ได้ใช้คอลัมน์: ที่, ผู้ประสานงาน",),
    ),
    Sent("a line break in headings", sheet([h.replace(" ", "\n") for h in HEAD], TYPED), {2: READ}),
    Sent("stars and colons", sheet([f"{head} *:" for head in HEAD], TYPED), {2: READ}),
    Sent(
        "units left out",
        sheet([head.replace(" (บาท)", "") for head in HEAD], TYPED),
        {2: READ},
    ),
    Sent(
        "other units",
        sheet(("รหัส", "ชื่อโครงการ", "จำนวนเงิน (THB)", "คงเหลือ(บาท)", *HEAD[4:]), TYPED),
        {2: READ},
    ),
    Sent("invisible letters", sheet(["\u200b".join(head) for head in HEAD], TYPED), {2: READ}),
    Sent(
        "two lines of headings",
        table(
            [
                ("รหัส", "ชื่อโครงการ", "จำนวนเงิน", "คงเหลือ", "จ่าย", None),
                (None, None, "(บาท)", "(บาท)", "วันที่", "จำนวนคน"),
                TYPED,
            ],
            "A1:A2",
            "B1:B2",
            "E1:F1",
        ),
        {3: READ},
    ),
    Sent(
        "a line of units",
        sheet(HEAD, (None, None, "(บาท)", "(บาท)", "(ว/ด/ป)", "(คน)"), TYPED),
        {3: READ},
        notes=("แถว 2 เป็นหัวตารางย่อย จึงไม่นำเข้า",),
    ),
    Sent(
        "a line of numbers of columns",
        sheet(HEAD, [f"({n})" for n in range(1, 7)], TYPED),
        {3: READ},
        notes=("แถว 2 เป็นหัวตารางย่อย จึงไม่นำเข้า",),
    ),
    Sent(
        "headings on every printed page",
        sheet(HEAD, TYPED, HEAD, TYPED),
        {2: READ, 4: READ},
        notes=("แถว 3 เป็นหัวตารางซ้ำ จึงไม่นำเข้า",),
    ),
    Sent("no headings", sheet(TYPED), refused="imports-no-header", words="แบบฟอร์มของระบบ"),
    Sent("a needed column is missing", sheet(HEAD[1:], TYPED[1:]), refused="imports-missing-columns", words="“รหัส”"),
    Sent(
        "a column twice",
        sheet((*HEAD, "amount"), (*TYPED, 5)),
        refused="imports-double-columns",
        words="เหลือคอลัมน์เดียว",
    ),
    # Rows that are none
    Sent("empty rows", sheet(HEAD, (), TYPED, (), (None, "  "), TYPED), {3: READ, 6: READ}),
    Sent("painted rows below", book(formatted_below), {2: READ}),
    Sent(
        "totals",
        sheet(HEAD, TYPED, ("รวม", None, 32000), (None, "รวมทั้งสิ้น 1 โครงการ", 32000)),
        {2: READ},
        notes=("แถว 3 เป็นแถวยอดรวม จึงไม่นำเข้า", "แถว 4 เป็นแถวยอดรวม จึงไม่นำเข้า"),
    ),
    Sent(
        "totals in a merged cell",
        table([HEAD, TYPED, ("รวมเป็นเงิน", None, 32000)], "A3:B3"),
        {2: READ},
        notes=("แถว 3 เป็นแถวยอดรวม จึงไม่นำเข้า",),
    ),
    Sent(
        "a name that begins like a total",
        sheet(HEAD, ("รวมพลัง", *TYPED[1:])),
        {2: ("รวมพลัง", *READ[1:])},
    ),
    Sent(
        "footnotes and signatures",
        sheet(HEAD, TYPED, (), ("หมายเหตุ: ไม่รวมค่าเดินทาง",), (None, None, "ลงชื่อ .........")),
        {2: READ},
        notes=("แถว 4 เป็นหมายเหตุท้ายตาราง จึงไม่นำเข้า", "แถว 5 เป็นหมายเหตุท้ายตาราง จึงไม่นำเข้า"),
    ),
    Sent("headings without rows", sheet(HEAD), refused="imports-no-rows", words="กรอกข้อมูล"),
    Sent("more rows than are taken", sheet(HEAD, *[TYPED] * 51), refused="imports-too-long", words="แบ่งไฟล์"),
    # Numbers
    Sent("Thai digits", one("paid_baht", "๓๒,๐๐๐.๕๐"), reading("paid_baht", Decimal("32000.50"))),
    Sent("with baht", one("paid_baht", "32,000 บาท"), reading("paid_baht", Decimal("32000.00"))),
    Sent("with a sign of baht", one("paid_baht", "฿32,000"), reading("paid_baht", Decimal("32000.00"))),
    Sent("brackets mean below zero", one("left_baht", "(32000)"), reading("left_baht", Decimal("-32000.00"))),
    Sent("a real minus sign", one("left_baht", "−500"), reading("left_baht", Decimal("-500.00"))),
    Sent("hard blanks around", one("paid_baht", "\u00a01 250.50 "), reading("paid_baht", Decimal("1250.50"))),
    Sent("a tenth", one("paid_baht", 0.1), reading("paid_baht", Decimal("0.10"))),
    Sent("a point for thousands", one("paid_baht", "1.234"), errors={(2, "paid_baht"): "อ่านได้สองอย่าง"}),
    Sent("parts of a satang", one("paid_baht", 1.005), errors={(2, "paid_baht"): "ทศนิยมเกิน 2"}),
    Sent("brackets where only sums go", one("paid_baht", "(32000)"), errors={(2, "paid_baht"): "ติดลบไม่ได้"}),
    Sent("a dash for nothing", one("paid_baht", "-"), errors={(2, "paid_baht"): "ให้พิมพ์ 0"}),
    Sent("letters in a number", one("paid_baht", "32,ooo"), errors={(2, "paid_baht"): "ตัวเลข"}),
    Sent("half a person", one("people_count", 1.5), errors={(2, "people_count"): "จำนวนเต็ม"}),
    Sent("a tick for a number", one("people_count", True), errors={(2, "people_count"): "ไม่ใช่ตัวเลข"}),
    # Codes and names
    Sent("a code with zeros in front", one("code", "0501"), reading("code", "0501")),
    Sent("a code as a number", one("code", 501), reading("code", "501")),
    Sent("a code of 16 digits as a number", one("code", 1234567890123456), errors={(2, "code"): "15 หลัก"}),
    Sent("a date where a code goes", one("code", DAY), errors={(2, "code"): "เป็นวันที่"}),
    Sent("a telephone number", one("title", "+66812345678"), reading("title", "+66812345678")),
    Sent("our own guard", one("title", "'+66812345678"), reading("title", "+66812345678")),
    Sent("a line break in a cell", one("title", "บ้าน\nดอน"), reading("title", "บ้าน ดอน")),
    # Dates
    Sent("พ.ศ. with slashes", one("paid_on", "25/2/2564"), {2: READ}),
    Sent("two digits of พ.ศ.", one("paid_on", "25 ก.พ. 64"), {2: READ}),
    Sent("in full, Thai digits", one("paid_on", "๒๕ กุมภาพันธ์ พ.ศ. ๒๕๖๔"), {2: READ}),
    Sent("the common era", one("paid_on", "2021-02-25"), {2: READ}),
    Sent("a serial number", one("paid_on", 44252), {2: READ}),
    Sent("a serial number as text", one("paid_on", "44252"), {2: READ}),
    Sent("พ.ศ. typed as a date of the common era", one("paid_on", dt.date(2564, 2, 25)), {2: READ}),
    Sent("a date with a time", one("paid_on", dt.datetime(2021, 2, 25, 10, 30)), {2: READ}),  # noqa: DTZ001
    Sent("the calendar of 1904", of_1904, {2: READ}),
    Sent(
        "both eras in one column",
        sheet(HEAD, *[(*TYPED[:4], written, 30) for written in ("25/02/2021", "25/02/2564", DAY)]),
        {2: READ, 3: READ, 4: READ},
    ),
    Sent("29 February of a common year", one("paid_on", "29/2/2564"), errors={(2, "paid_on"): "28 วัน"}),
    Sent("the month first", one("paid_on", "2/25/2564"), errors={(2, "paid_on"): "วันก่อนเดือน"}),
    # Merged cells
    Sent(
        "a name over two rows",
        table([HEAD, TYPED, ("ก2", None, *TYPED[2:])], "B2:B3"),
        {2: READ, 3: ("ก2", *READ[1:])},
    ),
    Sent(
        "an amount over two rows",
        table([HEAD, TYPED, ("ก2", "บ้านนา", None, *TYPED[3:])], "C2:C3"),
        errors={(3, "paid_baht"): "ยกเลิกการผสาน"},
    ),
    # Sheets
    Sent("a hidden sheet", book(hidden), {2: READ}),
    Sent("a cover sheet", book(cover), {2: READ}, notes=("อ่านเฉพาะแผ่นงาน “จ่าย”",)),
    Sent("only hidden sheets", book(all_hidden), refused="imports-no-sheet", words="ยกเลิกการซ่อน"),
    Sent("two tables", book(two_tables), refused="imports-two-tables", words="“จังหวัดน่าน”"),
    Sent("the sheet of examples", book(with_example), {2: READ}, notes=("อ่านเฉพาะแผ่นงาน “ข้อมูล”",)),
    Sent("hidden rows and columns", book(hidden_column), {2: READ}),
    Sent("prefixed elements", prefixed, {2: READ}),
    # Formulas
    Sent(
        "a formula that a program computed",
        with_formula(32000, by_program=True),
        {2: ("ก1", "บ้านดอน", Decimal("32000.00"), None, None, None)},
    ),
    Sent(
        "a formula that gives no text",
        with_formula("", by_program=True),
        {2: ("ก1", "บ้านดอน", None, None, None, None)},
    ),
    Sent("a formula of a library", with_formula(0, by_program=False), errors={(2, "paid_baht"): "ยังไม่ได้คำนวณ"}),
    Sent("a formula without result", one("paid_baht", "=16000*2"), errors={(2, "paid_baht"): "สูตร"}),
    Sent("a broken formula", one("paid_baht", "#REF!"), errors={(2, "paid_baht"): "#REF!"}),
    Sent("a formula typed as text", typed_text("=HYPERLINK(A1)"), errors={(2, "title"): "ไม่รับสูตร"}),
    # Separated values
    Sent("UTF-8 with its mark", lines(HEAD, PLAIN, encoding="utf-8-sig"), {2: READ}, name="ก.csv"),
    Sent("UTF-8 without", lines(HEAD, PLAIN), {2: READ}, name="ก.csv"),
    Sent("Thai Windows", lines(HEAD, PLAIN, encoding="cp874"), {2: READ}, name="ก.csv"),
    Sent("TIS-620", lines(HEAD, PLAIN, encoding="tis-620"), {2: READ}, name="ก.CSV"),
    Sent("Unicode text", lines(HEAD, PLAIN, encoding="utf-16", by="\t"), {2: READ}, name="ก.txt"),
    Sent("semicolons", lines(HEAD, PLAIN, by=";"), {2: READ}, name="ก.csv"),
    Sent("a line that says the separator", lambda: b"sep=|\r\n" + lines(HEAD, PLAIN, by="|")(), {2: READ}, name="ก.csv"),
    Sent("ends of lines of old", lines(HEAD, PLAIN, end="\r"), {2: READ}, name="ก.csv"),
    Sent(
        "quoted breaks and commas",
        lines(HEAD, ("ก1", '"บ้าน\r\nดอน"', '"32,000.00"', *PLAIN[3:]), PLAIN),
        {2: ("ก1", "บ้าน ดอน", *READ[2:]), 3: READ},
        name="ก.csv",
    ),
    Sent(
        "zeros kept by a formula of text",
        lines(HEAD, ('="0501"', *PLAIN[1:])),
        {2: ("0501", *READ[1:])},
        name="ก.csv",
    ),
    Sent(
        "empty fields around",
        lines(("รายงาน", "", "", "", "", "", ""), (*HEAD, ""), (*PLAIN, ""), ("",) * 7),
        {3: READ},
        name="ก.csv",
    ),
    Sent("a formula", lines(HEAD, ("ก1", "=1+1", *PLAIN[2:])), errors={(2, "title"): "ไม่รับสูตร"}, name="ก.csv"),
    Sent("an open quote", lines(HEAD, ('"ก1', *PLAIN[1:])), refused="imports-broken", words="เครื่องหมายคำพูด", name="ก.csv"),
    Sent("no text at all", lambda: b"a\x00b,c", refused="imports-encoding", words="บันทึกเป็น", name="ก.csv"),
    # Other files
    Sent("an old workbook", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, refused="imports-kind", words="บันทึกเป็น .xlsx", name="ก.xls"),
    Sent("a workbook with a password", lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, refused="imports-kind", words="รหัสผ่าน"),
    Sent("a page named as a workbook", lambda: b"<html><table><tr><td>1</td></tr></table></html>", refused="imports-kind", words=".xlsx"),
    Sent("half a workbook", lambda: xlsx(HEAD, TYPED)[:3000], refused="imports-broken", words="ไฟล์เสีย"),
    Sent("nothing", lambda: b"", refused="imports-empty", words="ว่างเปล่า"),
)  # fmt: skip


def test_there_are_at_least_sixty_files() -> None:
    """Wrong if the count that docs/security.md gives were not true."""
    assert len({sent.what for sent in FILES}) == len(FILES) >= 60


@pytest.mark.parametrize("sent", FILES, ids=lambda sent: sent.what)
def test_a_file_is_read_right_or_refused_with_the_reason(sent: Sent, tmp_path: Path) -> None:
    """Wrong if something was guessed, lost, counted twice, or refused without saying what to do."""
    if sent.refused:
        with pytest.raises(Refused) as caught:
            opened(sent, tmp_path)
        assert caught.value.code == sent.refused
        assert sent.words in caught.value.message
        return
    found = opened(sent, tmp_path)
    told = {(row.number, error.column): error.message for row in found.rows for error in row.errors}
    assert set(told) == set(sent.errors), told
    assert all(words in told[place] for place, words in sent.errors.items()), told
    if not sent.errors:
        got = {row.number: tuple(row.values.get(key) for key in KEYS) for row in found.rows}
        assert got == {number: tuple(row) for number, row in sent.rows.items()}
    assert [note for note in found.notes if note not in sent.notes] == []
    assert [note for note in sent.notes if note not in found.notes] == []
