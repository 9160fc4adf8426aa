"""Workbooks that go out to be filled in or edited and come back: one template for all of them.

Empty, with the records of a list, or with the rows to correct. Every cell is typed and text is
guarded, so that no program takes it for a formula; what comes back unedited is what is stored.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

import xlsxwriter

from codi.imports.cells import aside, day, money, whole
from codi.imports.headings import GUIDE_SHEET
from codi.imports.keys import KEY
from codi.imports.plan import Status
from codi.sheets.guard import guarded
from codi.thai.dates import short_date

if TYPE_CHECKING:
    from codi.accounts.models import User
    from codi.imports.declared import Upload, UploadColumn
    from codi.imports.models import ImportBatch

DATA, CHOICES, SYSTEM = "ข้อมูล", "ตัวเลือก", "ระบบ"
VERSION = "รุ่นของแบบฟอร์ม"
REASON, OLD_ROW = "สิ่งที่ต้องแก้ไข", "แถวในไฟล์เดิม"
_WIDTH, _LAST_LINE = 24, 1_048_575
_NUMBER_FORMATS: dict[object, str] = {
    money: "#,##0.00", aside: "#,##0.00", whole: "#,##0", day: "dd/mm/yyyy",
}  # fmt: skip
_MADE_AT = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - the archive's clock has no zone


@dataclass(frozen=True)
class Line:
    """One row of the sheet: values by column, the columns that are wrong, texts to the right."""

    values: Mapping[str, Any]
    wrong: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()


def empty_file(upload: Upload, user: User) -> IO[bytes]:
    """The template without rows."""
    return _file(upload, user, [])


def own_file(upload: Upload, user: User, records: Any) -> IO[bytes]:
    """The template with the records of a list, each with its key."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_own(upload, user, records, stream)
    stream.seek(0)
    return stream


def write_own(
    upload: Upload,
    user: User,
    records: Any,
    stream: IO[bytes],
    told: Callable[[int], None] = lambda count: None,
) -> None:
    """Write the template with the records of a list; ``told`` hears how many rows are written.

    The records are read in pieces and each row is written at once: the memory is that of a piece.
    """

    def lines() -> Iterator[Line]:
        for count, row in enumerate(upload.own_rows(records), start=1):
            told(count)
            yield Line({KEY: row.key, **row.values})

    _write(stream, upload, user, lines())


def errors_file(batch: ImportBatch, upload: Upload, user: User) -> IO[bytes]:
    """The rows that must be corrected as they came, the wrong cells marked, with the reasons.

    A row that somebody changed meanwhile carries the key of what is stored now: both values are
    told, so sending it again is a choice and no overwriting.
    """
    rows = batch.rows.filter(status=Status.ERROR).order_by("number")
    return _file(upload, user, _wrong_lines(rows, upload), beside=(OLD_ROW, REASON))


def _wrong_lines(rows: Any, upload: Upload) -> Iterator[Line]:
    for row in rows.iterator(chunk_size=2_000):
        titles = {key: column.title for key, column in upload.by_key.items()} | {"": "ทั้งแถว"}
        reasons = "\n".join(f"{titles.get(key, key)}: {text}" for key, text in row.errors)
        values = row.raw | ({KEY: row.record} if row.record else {})
        wrong = frozenset(key for key, _ in row.errors)
        yield Line(values, wrong, (str(row.number), reasons))


def version_in(cells: Sequence[Sequence[str]]) -> str:
    """The template version that the hidden sheet of a workbook of ours tells; else nothing."""
    told = [line[1] for line in cells if len(line) > 1 and line[0] == VERSION]
    return told[0].strip()[:16] if told else ""


def _file(
    upload: Upload, user: User, lines: Iterable[Line], *, beside: Sequence[str] = ()
) -> IO[bytes]:
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    _write(stream, upload, user, lines, beside=beside)
    stream.seek(0)
    return stream


def _write(
    stream: IO[bytes],
    upload: Upload,
    user: User,
    lines: Iterable[Line],
    *,
    beside: Sequence[str] = (),
) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": upload.title, "created": _MADE_AT})
        _Sheet(book, upload, user, beside).write(lines)
        _notes(book, upload)
        _system(book, upload)


class _Sheet:
    """The sheet of data: headings with notes, drop-downs, an open body and a locked key."""

    def __init__(self, book: Any, upload: Upload, user: User, beside: Sequence[str]) -> None:
        self.upload, self.user, self.beside = upload, user, beside
        self.sheet = book.add_worksheet(DATA)
        self.book = book
        grey = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6F2F2"}
        self.head = book.add_format(grey)
        self.head_required = book.add_format(grey | {"bg_color": "#BFE0DD"})
        self.locked = book.add_format({"num_format": "@", "font_color": "#767676"})
        self.reason = book.add_format({"text_wrap": True, "valign": "top", "locked": False})
        self.formats = {c.key: self._format(c) for c in upload.columns}
        self.marked = {c.key: self._format(c, bg_color="#FBD5D0") for c in upload.columns}

    def _format(self, column: UploadColumn, **more: Any) -> Any:
        if column.key == KEY:
            return self.locked
        form = _NUMBER_FORMATS.get(column.parse)
        options = {"num_format": form or "@", "locked": False, "valign": "top"}
        if form is None:
            options |= {"text_wrap": True}
        return self.book.add_format(options | more)

    def write(self, lines: Iterable[Line]) -> None:
        """Headings first, then the rows one by one."""
        columns = self.upload.columns
        for place, column in enumerate(columns):
            self._head(place, column)
        for place, title in enumerate(self.beside, start=len(columns)):
            self.sheet.set_column(place, place, 60 if title == REASON else 12, self.reason)
            self.sheet.write_string(0, place, title, self.head)
        for number, line in enumerate(lines, start=1):
            self._row(number, line)
        self._choices()
        self.sheet.freeze_panes(1, 0)
        self.sheet.protect(
            "",
            dict.fromkeys(("format_columns", "format_rows", "insert_rows", "autofilter"), True),
        )

    def _head(self, place: int, column: UploadColumn) -> None:
        hidden = {"hidden": True} if column.key == KEY else {}
        self.sheet.set_column(place, place, _WIDTH, self.formats[column.key], hidden)
        head = self.head_required if column.must_be_filled else self.head
        self.sheet.write_string(0, place, column.title, head)
        self.sheet.write_comment(0, place, _comment(column), {"x_scale": 2, "y_scale": 1.4})

    def _row(self, number: int, line: Line) -> None:
        for place, column in enumerate(self.upload.columns):
            marked = column.key in line.wrong
            style = (self.marked if marked else self.formats)[column.key]
            self._cell(number, place, column, line.values.get(column.key), style)
        for place, text in enumerate(line.beside, start=len(self.upload.columns)):
            self.sheet.write_string(number, place, guarded(text), self.reason)

    def _cell(self, number: int, place: int, column: UploadColumn, value: Any, style: Any) -> None:
        if value is None or value == "":
            self.sheet.write_blank(number, place, None, style)
        elif isinstance(value, dt.date):
            moment = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell has no zone
            self.sheet.write_datetime(number, place, moment, style)
        elif isinstance(value, (Decimal, int)) and column.parse in _NUMBER_FORMATS:
            self.sheet.write_number(number, place, value, style)
        else:
            # Read back without the guard; a file saved as csv on the way stays harmless.
            self.sheet.write_string(number, place, guarded(column.shown(value)), style)

    def _choices(self) -> None:
        """Drop-downs whose texts stand on a hidden sheet: a list in the cell holds 255 letters."""
        offered = {
            place: texts
            for place, column in enumerate(self.upload.columns)
            if (texts := column.choices_for(self.user))
        }
        if not offered:
            return
        sheet = self.book.add_worksheet(CHOICES)
        sheet.hide()
        # A book of constant memory is written line by line.
        for line in range(max(map(len, offered.values()))):
            for column, texts in enumerate(offered.values()):
                if line < len(texts):
                    sheet.write_string(line, column, texts[line])
        for column, (place, texts) in enumerate(offered.items()):
            letter = xlsxwriter.utility.xl_col_to_name(column, True)
            self.sheet.data_validation(
                1, place, _LAST_LINE, place,
                {
                    "validate": "list",
                    "source": f"='{CHOICES}'!{letter}$1:{letter}${len(texts)}",
                    "error_type": "warning",
                    "error_title": "ไม่อยู่ในรายการ",
                    "error_message": "กรุณาเลือกจากรายการในช่องนี้",
                },
            )  # fmt: skip


def _comment(column: UploadColumn) -> str:
    told = ["ต้องกรอก" if column.must_be_filled else "เว้นว่างได้", column.note]
    if column.labels:
        told.append("เลือกจาก: " + ", ".join(column.labels.values()))
    if column.example:
        told.append(f"ตัวอย่าง: {column.example}")
    return "\n".join(text for text in told if text)


def _notes(book: Any, upload: Upload) -> None:
    """What belongs into each column, on a sheet of its own."""
    sheet = book.add_worksheet(GUIDE_SHEET)
    bold = book.add_format({"bold": True, "text_wrap": True})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 4, _WIDTH, text)
    for place, head in enumerate(("ช่อง", "การกรอก", "หมายเหตุ", "ตัวอย่าง", "ชื่อหัวตารางอื่นที่ใช้ได้")):
        sheet.write_string(0, place, head, bold)
    told = [column for column in upload.columns if column.key != KEY]
    for line, column in enumerate(told, start=1):
        how = "ต้องกรอก" if column.must_be_filled else "เว้นว่างได้"
        cells = (column.title, how, column.note, column.example, ", ".join(column.aliases))
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, text)


def _system(book: Any, upload: Upload) -> None:
    """The hidden sheet that says which template this is."""
    sheet = book.add_worksheet(SYSTEM)
    sheet.hide()
    for line, (label, value) in enumerate(
        (("ชนิดข้อมูล", upload.key), (VERSION, upload.template_version))
    ):
        sheet.write_string(line, 0, label)
        sheet.write_string(line, 1, value)


def title_of(upload: Upload, today: dt.date) -> str:
    """What the file of own records is called."""
    title = (upload.own.title if upload.own else "") or f"แก้ไข{upload.title}"
    return f"{title} ณ {short_date(today)}"
