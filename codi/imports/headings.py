"""From lines of a sheet to rows of an upload: find the headings, name the cells, read them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter, length_hint

from codi.errors import Refused
from codi.imports.declared import Upload, UploadColumn
from codi.imports.plan import Row, shown
from codi.imports.reading import BadCell, Merged, Sheet, SheetLine
from codi.thai.normalise import search_key

SEARCHED_LINE_COUNT = 30
# Sheets of these names explain the template: their rows are nobody's data.
EXAMPLE_SHEET, GUIDE_SHEET = "ตัวอย่าง", "คำอธิบาย"
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
_FOOTNOTE = re.compile(r"(?:หมายเหตุ|ที่มา|ลงชื่อ|ลงนาม|ผู้จัดทำ|ผู้ตรวจสอบ|ผู้รายงาน)\s*(?:[:：.…]|$)")
_BRACKETED = re.compile(r"\(.*\)")
_UNIT = re.compile(r"\s*\([^()]*\)$")
_HEADING_DRESS = " *:："


@dataclass(frozen=True)
class Header:
    """The headings: their last line, and which cell of a line belongs to which column."""

    line: SheetLine
    places: dict[str, int]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...] = ()


@dataclass
class Table:
    """The rows of an upload, and what people should know about how they were read.

    The rows of :func:`open_table` can be gone through once; its notes are whole after that.
    ``line_count`` is how many lines there are at most, to tell how far the reading is;
    ``template_version`` is that of a workbook of ours.
    """

    rows: Iterable[Row]
    notes: list[str] = field(default_factory=list)
    line_count: int = 0
    template_version: str = ""


class Headings:
    """What an upload calls its columns, with and without the unit in brackets."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        self.columns = upload.by_key
        self._by_key = {key: c.key for c in upload.columns for key in c.heading_keys}
        bare: dict[str, set[str]] = {}
        for column in upload.columns:
            for name in (column.title, *column.aliases):
                bare.setdefault(search_key(_UNIT.sub("", name)), set()).add(column.key)
        self._by_bare_key = {key: keys.pop() for key, keys in bare.items() if len(keys) == 1}

    def column_of(self, heading: object) -> str | None:
        """The key of the column that a heading means; a unit may be left out or added."""
        text = str(heading).strip(_HEADING_DRESS)
        bare = search_key(_UNIT.sub("", text))
        return (
            self._by_key.get(search_key(text))
            or self._by_bare_key.get(bare)
            or self._by_key.get(bare)
        )

    def read(self, line: SheetLine, above: SheetLine | None = None) -> Header:
        """Read a line as headings, ``above`` it the line of their groups when there are two."""
        found: list[tuple[int, str]] = []
        unknown: list[str] = []
        for place, names in enumerate(_names(line, above)):
            key = next(filter(None, map(self.column_of, names)), None)
            if key is not None:
                found.append((place, key))
            elif names:
                unknown.append(names[0])
        keys = [key for _place, key in found]
        doubled = tuple(dict.fromkeys(key for key in keys if keys.count(key) > 1))
        places: dict[str, int] = {}
        for place, key in found:
            places.setdefault(key, place)
        return Header(line, places, tuple(unknown), doubled)

    def titles(self, keys: Iterable[str]) -> str:
        """The titles of columns in one line."""
        return ", ".join(f"“{self.columns[key].title}”" for key in keys)


def _names(line: SheetLine, above: SheetLine | None) -> Iterator[list[str]]:
    """What each column may be called: by its own cell, and by it together with its group."""
    groups = _groups(above) if above else []
    for place in range(max(len(line.cells), len(groups))):
        own = _words(line.cells[place]) if place < len(line.cells) else ""
        group = groups[place] if place < len(groups) else ""
        if own and group:
            yield [f"{group} {own}", f"{own} {group}", own]
        else:
            yield [own or group] if own or group else []


def _groups(line: SheetLine) -> list[str]:
    """The groups above headings: each reaches to the next one."""
    found: list[str] = []
    for cell in line.cells:
        words = _words(cell)
        found.append(words or (found[-1] if found else ""))
    return found


def _words(cell: object) -> str:
    if cell is None or isinstance(cell, BadCell):
        return ""
    return " ".join(str(cell.value if isinstance(cell, Merged) else cell).split())


def read_table(upload: Upload, sheets: Sequence[Sheet], *, today: dt.date) -> Table:
    """As :func:`open_table`, with all rows read."""
    table = open_table(upload, sheets, today=today)
    table.rows = list(table.rows)
    return table


def open_table(upload: Upload, sheets: Sequence[Sheet], *, today: dt.date) -> Table:
    """Rows with parsed cells and the errors of those that cannot be read, one at a time.

    Lines above the headings, blank lines, lines of totals, footnotes and repeated headings are
    left out and told; unknown columns are told. Raises :class:`Refused` when the headings are
    missing or doubled, when two sheets hold rows, or when no row is there.
    """
    headings = Headings(upload)
    sheet, header = _find(headings, sheets)
    table = Table([], line_count=length_hint(sheet.lines))
    if len(sheets) > 1:
        table.notes.append(f"อ่านเฉพาะแผ่นงาน “{sheet.name}”")
    if header.unknown:
        table.notes.append(f"ไม่ได้ใช้คอลัมน์: {', '.join(header.unknown)}")
    table.rows = _rows(table.notes, headings, header, sheet, today)
    return table


def _rows(
    notes: list[str], headings: Headings, header: Header, sheet: Sheet, today: dt.date
) -> Iterator[Row]:
    """The rows below the headings; what is left out goes into the notes."""
    upload, count = headings.upload, 0
    for line in sheet.lines:
        if line.number <= header.line.number or line.is_blank:
            continue
        if reason := _why_no_row(line, header, headings):
            notes.append(f"แถว {line.number} {reason} จึงไม่นำเข้า")
            continue
        count += 1
        if count > upload.max_row_count:
            raise Refused(
                f"ไฟล์มีเกิน {upload.max_row_count:,} แถว ซึ่งมากที่สุดที่รับได้ในครั้งเดียว กรุณาแบ่งไฟล์",
                code="imports-too-long",
            )
        yield _read_row(line, header, headings.columns, today)
    if not count:
        raise Refused("ไม่พบแถวข้อมูลใต้หัวตาราง กรุณากรอกข้อมูลแล้วส่งใหม่", code="imports-no-rows")


def _find(headings: Headings, sheets: Sequence[Sheet]) -> tuple[Sheet, Header]:
    """The sheet and line where most headings are known."""
    best: tuple[Sheet, Header] | None = None
    for sheet in sheets:
        header = _header_of(headings, sheet)
        if header.places and (best is None or len(header.places) > len(best[1].places)):
            best = (sheet, header)
    required = [column.key for column in headings.upload.columns if column.required]
    if best is None:
        raise Refused(
            "ไม่พบหัวตารางที่รู้จัก กรุณาใช้แบบฟอร์มของระบบ",
            code="imports-no-header",
            details=[f"หัวตารางที่ต้องมี: {headings.titles(required)}"],
        )
    missing = [key for key in required if key not in best[1].places]
    if missing:
        raise Refused(
            f"หัวตารางในแถว {best[1].line.number} ขาดคอลัมน์ {headings.titles(missing)} กรุณาเพิ่มแล้วส่งใหม่",
            code="imports-missing-columns",
        )
    # Two columns with one meaning are a question, not a guess.
    if best[1].doubled:
        raise Refused(
            f"คอลัมน์ {headings.titles(best[1].doubled)} มีมากกว่าหนึ่งคอลัมน์ กรุณาลบให้เหลือคอลัมน์เดียว",
            code="imports-double-columns",
        )
    _refuse_second_table(headings, sheets, best[0], required)
    return best


def _header_of(headings: Headings, sheet: Sheet) -> Header:
    """The line of a sheet where most headings are known, or the two lines of grouped headings."""
    best = Header(SheetLine(0, ()), {}, ())
    above: SheetLine | None = None
    for line in sheet.head(SEARCHED_LINE_COUNT):
        found = [headings.read(line)]
        if above is not None and above.number == line.number - 1:
            found.append(headings.read(line, above))
        for header in found:
            if len(header.places) > len(best.places):
                best = header
        above = line
    return best


def _refuse_second_table(
    headings: Headings, sheets: Sequence[Sheet], chosen: Sheet, required: Sequence[str]
) -> None:
    """Rows on a second sheet would be left out without anybody having said so."""
    for sheet in sheets:
        if sheet is chosen or sheet.name.strip() in (EXAMPLE_SHEET, GUIDE_SHEET):
            continue
        header = _header_of(headings, sheet)
        if header.places and set(required) <= set(header.places):
            after = (line for line in sheet.lines if line.number > header.line.number)
            if any(not line.is_blank for line in after):
                raise Refused(
                    f"มีตารางข้อมูลทั้งในแผ่นงาน “{chosen.name}” และ “{sheet.name}” "
                    "กรุณารวมไว้ในแผ่นงานเดียว หรือซ่อนแผ่นงานที่ไม่นำเข้า",
                    code="imports-two-tables",
                )


def _why_no_row(line: SheetLine, header: Header, headings: Headings) -> str:
    """Why a line below the headings is no row of data; empty when it is one."""
    filled = [cell for cell in line.cells if cell is not None and not isinstance(cell, Merged)]
    first = filled[0]
    if isinstance(first, str) and _TOTAL.fullmatch(search_key(first)):
        return "เป็นแถวยอดรวม"
    if len(filled) == 1 and isinstance(first, str) and _FOOTNOTE.match(first.strip()):
        return "เป็นหมายเหตุท้ายตาราง"
    if line.number == header.line.number + 1 and _is_subheading(filled):
        return "เป็นหัวตารางย่อย"
    if len(filled) > 1 and _says_headings(line, header, headings):
        return "เป็นหัวตารางซ้ำ"
    return ""


def _says_headings(line: SheetLine, header: Header, headings: Headings) -> bool:
    """Whether a line says the headings again; its first one alone tells most lines apart."""
    key, place = min(header.places.items(), key=itemgetter(1))
    if place >= len(line.cells) or headings.column_of(line.cells[place]) != key:
        return False
    return headings.read(line).places == header.places


def _is_subheading(filled: Sequence[object]) -> bool:
    """A line of units or of the numbers of columns, all in brackets: (1) (2) (บาท)."""
    return all(isinstance(cell, str) and _BRACKETED.fullmatch(cell.strip()) for cell in filled)


def _read_row(
    line: SheetLine, header: Header, columns: Mapping[str, UploadColumn], today: dt.date
) -> Row:
    row = Row(line.number, {}, columns)
    for key, place in header.places.items():
        cell = line.cells[place] if place < len(line.cells) else None
        row.raw[key] = _written(cell)
        row.values[key] = None
        _read_cell(row, columns[key], cell, today)
    return row


def _written(cell: object) -> str:
    if isinstance(cell, BadCell):
        return cell.written
    return shown(cell.value if isinstance(cell, Merged) else cell)


def _read_cell(row: Row, column: UploadColumn, cell: object, today: dt.date) -> None:
    value = cell.value if isinstance(cell, Merged) else cell
    if isinstance(value, BadCell):
        row.refuse(column.key, value.message)
        return
    if value is None:
        if column.must_be_filled:
            row.refuse(column.key, f"ยังไม่ได้กรอก{column.title}")
        return
    try:
        row.values[column.key] = column.parse(value, today)
    except Refused as refused:
        row.refuse(column.key, refused.message)
    except ValueError as error:
        # NumberError and DateError bring a Thai message; int() and the like do not.
        row.refuse(column.key, getattr(error, "message", "อ่านค่าในช่องนี้ไม่ได้ กรุณาตรวจแล้วพิมพ์ใหม่"))
    # A word may stand for all the lines it spans; an amount would be counted once a line.
    if isinstance(cell, Merged) and not isinstance(row.values[column.key], str | None):
        row.values[column.key] = None
        row.refuse(column.key, "เซลล์นี้ผสาน (merge) กับแถวบน กรุณายกเลิกการผสานแล้วกรอกค่าของแต่ละแถว")
