"""From lines of a sheet to rows of an upload: find the headings, name the cells, read them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from codi.errors import Refused
from codi.imports.declared import Upload, UploadColumn
from codi.imports.plan import Row, shown
from codi.imports.reading import BadCell, Sheet, SheetLine
from codi.thai.normalise import search_key

SEARCHED_LINE_COUNT = 30
_TOTAL_WORDS = [
    "รวม",
    "ยอดรวม",
    "รวมเงิน",
    "รวมทั้งสิ้น",
    "รวมทั้งหมด",
    "รวมเป็นเงิน",
    "ยอดรวมทั้งสิ้น",
    "ยอดรวมทั้งหมด",
    "total",
    "grandtotal",
]
_COUNTED = ["โครงการ", "รายการ", "แถว", "คน", "บาท"]
_TOTAL = re.compile(
    f"(?:{'|'.join(map(search_key, _TOTAL_WORDS))})"
    rf"(?:[\d,]*(?:{'|'.join(map(search_key, _COUNTED))}))?"
)


@dataclass(frozen=True)
class Header:
    """The line of headings and which cell of a line belongs to which column."""

    line: SheetLine
    places: dict[str, int]
    unknown: tuple[str, ...]


@dataclass
class Table:
    """The rows of an upload, and what people should know about how they were read."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)


def read_table(upload: Upload, sheets: Sequence[Sheet], *, today: dt.date) -> Table:
    """Rows with parsed cells and the errors of those that cannot be read.

    Lines above the headings, blank lines and lines of totals are left out; unknown columns are
    told. Raises :class:`Refused` when the headings are missing or doubled, or no row is there.
    """
    sheet, header = _find(upload, sheets)
    table = Table([])
    if len(sheets) > 1:
        table.notes.append(f"อ่านเฉพาะแผ่นงาน “{sheet.name}”")
    if header.unknown:
        table.notes.append(f"ไม่ได้ใช้คอลัมน์: {', '.join(header.unknown)}")
    columns = upload.by_key
    for line in sheet.lines:
        if line.number <= header.line.number:
            continue
        if _is_total(line):
            table.notes.append(f"แถว {line.number} เป็นแถวยอดรวม จึงไม่นำเข้า")
            continue
        table.rows.append(_read_row(line, header, columns, today))
    if not table.rows:
        raise Refused("ไม่พบแถวข้อมูลใต้หัวตาราง กรุณากรอกข้อมูลแล้วส่งใหม่", code="imports-no-rows")
    if len(table.rows) > upload.max_row_count:
        raise Refused(
            f"ไฟล์มี {len(table.rows):,} แถว รับได้ครั้งละไม่เกิน {upload.max_row_count:,} แถว กรุณาแบ่งไฟล์",
            code="imports-too-long",
        )
    return table


def _find(upload: Upload, sheets: Sequence[Sheet]) -> tuple[Sheet, Header]:
    """The sheet and line where most headings are known."""
    best: tuple[Sheet, Header] | None = None
    for sheet in sheets:
        for line in sheet.lines[:SEARCHED_LINE_COUNT]:
            header = _as_header(upload, line)
            if header.places and (best is None or len(header.places) > len(best[1].places)):
                best = (sheet, header)
    if best is None:
        raise Refused(
            "ไม่พบหัวตารางที่รู้จัก กรุณาใช้แบบฟอร์มของระบบ",
            code="imports-no-header",
            details=[f"หัวตารางที่ต้องมี: {_titles(c for c in upload.columns if c.required)}"],
        )
    missing = [c for c in upload.columns if c.required and c.key not in best[1].places]
    if missing:
        raise Refused(
            f"หัวตารางในแถว {best[1].line.number} ขาดคอลัมน์ {_titles(missing)} กรุณาเพิ่มแล้วส่งใหม่",
            code="imports-missing-columns",
        )
    _refuse_doubles(upload, best[1])
    return best


def _titles(columns: object) -> str:
    return ", ".join(f"“{column.title}”" for column in columns)  # type: ignore[attr-defined]


def _as_header(upload: Upload, line: SheetLine) -> Header:
    """Read a line as headings; the first cell of a heading wins."""
    places: dict[str, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(line.cells):
        if cell is None or isinstance(cell, BadCell):
            continue
        column = _column_of(upload, cell)
        if column is None:
            unknown.append(str(cell).strip())
        else:
            places.setdefault(column.key, place)
    return Header(line, places, tuple(unknown))


def _column_of(upload: Upload, heading: object) -> UploadColumn | None:
    key = search_key(str(heading))
    return next((column for column in upload.columns if key in column.heading_keys), None)


def _refuse_doubles(upload: Upload, header: Header) -> None:
    """Two columns with one meaning are a question, not a guess."""
    found = [_column_of(upload, cell) for cell in header.line.cells if isinstance(cell, str)]
    doubled = {c.key: c for c in found if c is not None and found.count(c) > 1}
    if doubled:
        raise Refused(
            f"คอลัมน์ {_titles(doubled.values())} มีมากกว่าหนึ่งคอลัมน์ กรุณาลบให้เหลือคอลัมน์เดียว",
            code="imports-double-columns",
        )


def _is_total(line: SheetLine) -> bool:
    """Whether the first words of a line say that it is a sum of the others."""
    first = next((cell for cell in line.cells if cell is not None), None)
    return isinstance(first, str) and bool(_TOTAL.fullmatch(search_key(first)))


def _read_row(
    line: SheetLine, header: Header, columns: dict[str, UploadColumn], today: dt.date
) -> Row:
    row = Row(line.number, {}, columns)
    for key, place in header.places.items():
        cell = line.cells[place] if place < len(line.cells) else None
        row.raw[key] = "" if isinstance(cell, BadCell) else shown(cell)
        row.values[key] = None
        _read_cell(row, columns[key], cell, today)
    return row


def _read_cell(row: Row, column: UploadColumn, cell: object, today: dt.date) -> None:
    if isinstance(cell, BadCell):
        row.refuse(column.key, cell.message)
        return
    if cell is None:
        if column.required:
            row.refuse(column.key, f"ยังไม่ได้กรอก{column.title}")
        return
    try:
        row.values[column.key] = column.parse(cell, today)
    except Refused as refused:
        row.refuse(column.key, refused.message)
    except ValueError as error:
        # NumberError and DateError bring a Thai message; int() and the like do not.
        row.refuse(column.key, getattr(error, "message", "อ่านค่าในช่องนี้ไม่ได้ กรุณาตรวจแล้วพิมพ์ใหม่"))
