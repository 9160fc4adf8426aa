"""Write a list to a file as it stands on the screen: same rows, order and columns, real values.

Both writers read the rows once, in pieces, and hold none of them: 200,000 rows need no more memory
than 200.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from codi.thai.dates import short_date
from codi.ui import downloads
from codi.ui.tables import Kind

# Spreadsheet programs run a cell that begins so (OWASP ASVS 5.0 V1.2.10); full-width forms too.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")
XLSX_ROWS = 1_048_575
_BOM = "\ufeff"
_LINES_AT_ONCE = 500
# A whole number has its own format: "#,##0.##" would show it as "12.".
_FORMATS = {
    "baht": "#,##0.00",
    "number": "#,##0.##",
    "whole": "#,##0",
    "percent": "0.00",
    "date": "dd/mm/yyyy",
}
_WIDTHS = {"text": 24, "baht": 18, "number": 12, "percent": 12, "date": 14}
_WIDTH_OF_THAI_DATE = 15
_A4 = 9


@dataclass(frozen=True)
class ExportColumn:
    """One column of the screen: its heading with the unit, what it holds, what it means.

    ``width`` is in characters; 0 leaves it to the kind.
    """

    heading: str
    kind: Kind
    definition: str = ""
    width: int = 0


@dataclass(frozen=True)
class Export:
    """A list on its way into a file.

    ``rows`` gives the values in the order of ``columns``; ``conditions`` are the label and value
    pairs that make the file speak for itself: what, as of when, filtered how, by whom.
    """

    title: str
    file_title: str
    columns: Sequence[ExportColumn]
    rows: Iterable[Sequence[Any]]
    conditions: Sequence[tuple[str, str]]

    def headings(self) -> list[str]:
        """The headings in the file: a date is followed by its พ.ศ. text."""
        names: list[str] = []
        for column in self.columns:
            names.append(column.heading)
            if column.kind == "date":
                names.append(f"{column.heading} (พ.ศ.)")
        return names

    def widths(self) -> list[int]:
        """The widths of the columns in the file, in characters."""
        found: list[int] = []
        for column in self.columns:
            found.append(column.width or _WIDTHS[column.kind])
            if column.kind == "date":
                found.append(_WIDTH_OF_THAI_DATE)
        return found

    def cells(self, row: Sequence[Any]) -> Iterator[tuple[Kind, Any]]:
        """The cells of a row in the file, each with the kind it is written as."""
        for column, value in zip(self.columns, row, strict=True):
            yield column.kind, value
            if column.kind == "date":
                yield "text", short_date(value) if value else None


def guarded(text: str) -> str:
    """Text that no spreadsheet program takes for a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text


class _Echo:
    """Hands each written line back to the generator."""

    def write(self, line: str) -> str:
        return line


def csv_response(export: Export) -> StreamingHttpResponse:
    """The list as csv with a byte order mark, which Thai needs in spreadsheet programs."""
    response = StreamingHttpResponse(_csv_lines(export), content_type=downloads.CSV)
    name = downloads.file_name(export.file_title, extension="csv")
    response["Content-Disposition"] = downloads.disposition(name)
    response["Cache-Control"] = "private, no-store"
    return response


def _csv_lines(export: Export) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BOM + writer.writerow([guarded(name) for name in export.headings()])
    lines: list[str] = []
    for row in export.rows:
        lines.append(writer.writerow([_csv_value(value) for _kind, value in export.cells(row)]))
        if len(lines) == _LINES_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, int)) else guarded(str(value))


def xlsx_response(export: Export) -> FileResponse:
    """The list as xlsx, with the sheet "เงื่อนไข" that says what the file holds."""
    name = downloads.file_name(export.file_title, extension="xlsx")
    return downloads.file_response(xlsx_file(export), name=name, content_type=downloads.XLSX)


def xlsx_file(export: Export) -> IO[bytes]:
    """The workbook in a temporary file that goes when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        _write_rows(book, export)
        _write_conditions(book, export)
    file.seek(0)
    return file


def _write_rows(book: Any, export: Export) -> None:
    sheet = book.add_worksheet("ข้อมูล")
    _lay_out(sheet)
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DCEEEC"}
    )
    formats = {
        kind: book.add_format({"num_format": form, "valign": "top"})
        for kind, form in _FORMATS.items()
    }
    formats["text"] = book.add_format({"text_wrap": True, "valign": "top"})
    for position, width in enumerate(export.widths()):
        sheet.set_column(position, position, width)
    headings = export.headings()
    for position, heading in enumerate(headings):
        sheet.write_string(0, position, heading, head)
    line = 0
    for line, row in enumerate(export.rows, start=1):
        for position, (kind, value) in enumerate(export.cells(row)):
            whole = kind == "number" and isinstance(value, int)
            _write_cell(sheet, line, position, value, formats["whole" if whole else kind])
    sheet.autofilter(0, 0, line, len(headings) - 1)


def _lay_out(sheet: Any) -> None:
    """On paper: A4 across, all columns on one sheet, the headings on each."""
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(sheet: Any, line: int, position: int, value: Any, style: Any) -> None:
    if value is None:
        return
    if isinstance(value, dt.date):
        sheet.write_datetime(line, position, dt.datetime(value.year, value.month, value.day), style)  # noqa: DTZ001 - a cell has no time zone
    elif isinstance(value, (Decimal, int)):
        sheet.write_number(line, position, value, style)
    else:
        sheet.write_string(line, position, str(value), style)


def _write_conditions(book: Any, export: Export) -> None:
    sheet = book.add_worksheet("เงื่อนไข")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 80)
    lines = [("รายการ", export.title), *export.conditions]
    lines += [
        (f"ความหมาย: {column.heading}", column.definition)
        for column in export.columns
        if column.definition
    ]
    for line, (label, value) in enumerate(lines):
        sheet.write_string(line, 0, label, bold)
        sheet.write_string(line, 1, value, wrap)


def moment_of_export() -> str:
    """Now, by the clock of Thailand, as the conditions print it."""
    now = timezone.localtime()
    return f"{short_date(now.date())} เวลา {now:%H.%M} น."
