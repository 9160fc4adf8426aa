"""Opening what people upload: .xlsx and .csv files into rows of cells, or a clear refusal.

A spreadsheet is a zip archive that anybody can forge: its directory is checked before anything is
unpacked, and XML is only parsed with defusedxml in place.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import openpyxl
import openpyxl.xml
from django.core.exceptions import ImproperlyConfigured
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.chartsheet import Chartsheet
from openpyxl.reader.excel import ExcelReader

from codi.errors import Refused

if not openpyxl.xml.DEFUSEDXML:
    raise ImproperlyConfigured("defusedxml is missing: spreadsheets would be parsed without guard")

MAX_BYTE_COUNT = 10 * 1024 * 1024
MAX_ENTRY_COUNT = 1_000
MAX_UNPACKED_BYTE_COUNT = 200 * 1024 * 1024
MAX_RATIO = 100
MAX_ROW_COUNT = 20_000
MAX_COLUMN_COUNT = 100

# 20 lines of this length stay below what csv takes as one field (131,072).
_SEEN_OF_LINE = 5_000

SAVE_AS = "กรุณาเปิดไฟล์ในโปรแกรมตารางคำนวณ แล้วบันทึกเป็น .xlsx หรือ .csv (UTF-8) ก่อนส่งอีกครั้ง"


@dataclass(frozen=True)
class BadCell:
    """A cell whose value cannot be taken, with the reason for people."""

    message: str


@dataclass(frozen=True)
class SheetLine:
    """One line of a sheet with its number there (from 1); blank cells are None."""

    number: int
    cells: tuple[Any, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return all(cell is None for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a file; ``name`` is empty for csv."""

    name: str
    lines: tuple[SheetLine, ...]


def open_sheets(content: bytes, file_name: str) -> list[Sheet]:
    """The visible sheets of a file. Raises :class:`Refused` with what to do about the file."""
    if not content:
        raise Refused("ไฟล์ว่างเปล่า กรุณาเลือกไฟล์ที่มีข้อมูล", code="imports-empty")
    if len(content) > MAX_BYTE_COUNT:
        raise Refused("ไฟล์ใหญ่เกิน 10 MB กรุณาแบ่งเป็นหลายไฟล์", code="imports-too-big")
    suffix = PurePosixPath(file_name.lower()).suffix
    is_zip = content.startswith(b"PK")
    if suffix == ".xlsx" and is_zip:
        return _open_xlsx(content)
    if suffix in {".csv", ".tsv", ".txt"} and not is_zip:
        return [Sheet("", tuple(_csv_lines(content)))]
    raise Refused(f"รับเฉพาะไฟล์ .xlsx และ .csv {SAVE_AS}", code="imports-kind")


def check_archive(content: bytes) -> None:
    """Look at the directory of a zip archive without unpacking it; raises :class:`Refused`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused(f"ไฟล์เสียหรือไม่ใช่ไฟล์ .xlsx {SAVE_AS}", code="imports-broken") from error
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRY_COUNT
        or unpacked > MAX_UNPACKED_BYTE_COUNT
        or unpacked > MAX_RATIO * len(content)
    ):
        raise Refused(
            "ไฟล์ขยายตัวใหญ่ผิดปกติ ระบบจึงไม่เปิด กรุณาคัดลอกเฉพาะข้อมูลไปวางในแบบฟอร์มใหม่",
            code="imports-bomb",
        )
    if any(name.startswith("/") or ".." in PurePosixPath(name).parts for name in names):
        raise Refused(f"โครงสร้างไฟล์ผิดปกติ {SAVE_AS}", code="imports-path")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("ไฟล์มีมาโคร กรุณาบันทึกเป็น .xlsx ที่ไม่มีมาโคร", code="imports-macro")
    if any("externallinks/" in name.lower() for name in names):
        raise Refused(
            "ไฟล์มีลิงก์ไปยังไฟล์อื่น กรุณาวางข้อมูลเป็นค่า (Paste values) แล้วบันทึกใหม่",
            code="imports-links",
        )
    if "[Content_Types].xml" not in names or any(entry.flag_bits & 1 for entry in entries):
        raise Refused(f"ไฟล์ไม่ใช่ .xlsx หรือมีรหัสผ่าน {SAVE_AS}", code="imports-broken")


def _open_xlsx(content: bytes) -> list[Sheet]:
    check_archive(content)
    try:
        values, formulas = _workbook(content, data_only=True), _workbook(content, data_only=False)
        sheets = [
            Sheet(sheet.title, tuple(_xlsx_lines(sheet, formulas[sheet.title])))
            for sheet in values.worksheets
            if sheet.sheet_state == "visible"
        ]
    except Refused:
        raise
    except Exception as error:
        # A forged or damaged file can fail anywhere inside the parser, in any way.
        raise Refused(f"อ่านไฟล์ .xlsx ไม่ได้ ไฟล์อาจเสีย {SAVE_AS}", code="imports-broken") from error
    if not sheets:
        raise Refused(
            "ไฟล์ไม่มีแผ่นงานที่มองเห็นและมีตาราง (แผ่นกราฟใช้ไม่ได้) กรุณายกเลิกการซ่อนแผ่นงาน หรือวางข้อมูลในแผ่นงานปกติ",
            code="imports-no-sheet",
        )
    return sheets


class _RowReader(ExcelReader):
    """A reader that leaves charts alone: they hold no rows, and many cannot be parsed."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Keep the sheet's place, which names of cells count by, and read nothing of it."""
        book: Any = self.wb
        book._add_sheet(Chartsheet(parent=self.wb, title=sheet.name))


def _workbook(content: bytes, *, data_only: bool) -> Any:
    reader = _RowReader(io.BytesIO(content), read_only=True, data_only=data_only)
    reader.read()
    return reader.wb


def _xlsx_lines(values: Any, formulas: Any) -> Iterator[SheetLine]:
    """The lines of a worksheet, read twice at once: stored results and formulas."""
    for sheet in (values, formulas):
        # The dimension that a file states may be wrong or absurd.
        sheet.reset_dimensions()
    bounds = {"max_col": MAX_COLUMN_COUNT, "max_row": MAX_ROW_COUNT + 1}
    pairs = zip(values.iter_rows(**bounds), formulas.iter_rows(**bounds), strict=True)
    for number, (found, written) in enumerate(pairs, start=1):
        if number > MAX_ROW_COUNT:
            raise _too_long()
        cells = [
            _cell(result.value, formula.data_type == "f")
            for result, formula in zip(found, written, strict=True)
        ]
        line = SheetLine(number, tuple(cells))
        if not line.is_blank:
            yield line


def _cell(value: Any, is_formula: bool) -> Any:
    """A value as it is taken: blank text is None, what has no value says so."""
    if value is None and is_formula:
        return BadCell("เซลล์นี้เป็นสูตรที่ยังไม่มีผลลัพธ์ กรุณาวางเป็นค่า (Paste values) แล้วบันทึกใหม่")
    if isinstance(value, str):
        if value in ERROR_CODES:
            return BadCell(f"สูตรในเซลล์นี้ผิดพลาด ({value}) กรุณาแก้สูตรหรือพิมพ์ค่าแทน")
        if "\x00" in value:
            return BadCell("เซลล์นี้มีอักขระที่ใช้ไม่ได้ กรุณาพิมพ์ใหม่")
        return value if value.strip() else None
    return value


def _csv_lines(content: bytes) -> Iterator[SheetLine]:
    text = _decode(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, fields in enumerate(reader, start=1):
            if number > MAX_ROW_COUNT:
                raise _too_long()
            line = SheetLine(
                number, tuple(_cell(value, False) for value in fields[:MAX_COLUMN_COUNT])
            )
            if not line.is_blank:
                yield line
    except csv.Error as error:
        raise Refused(
            f"อ่านไฟล์ .csv ไม่ได้ที่บรรทัด {reader.line_num} อาจมีเครื่องหมายคำพูดไม่ครบคู่ {SAVE_AS}",
            code="imports-broken",
        ) from error


def _decode(content: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8, else the Thai code page of Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp874"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(f"อ่านตัวอักษรในไฟล์ .csv ไม่ได้ {SAVE_AS}", code="imports-encoding")


def _delimiter(text: str) -> str:
    """The separator that cuts the first lines into the most fields."""
    # The start of a line is enough to see the separator; csv raises on a field of 128 KB.
    head = "\n".join(line[:_SEEN_OF_LINE] for line in text.splitlines()[:20])

    def field_count(delimiter: str) -> int:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        return max((len(row) for row in rows), default=0)

    return max([",", ";", "\t"], key=field_count)


def _too_long() -> Refused:
    return Refused(f"ไฟล์มีเกิน {MAX_ROW_COUNT:,} แถว กรุณาแบ่งเป็นหลายไฟล์", code="imports-too-long")
