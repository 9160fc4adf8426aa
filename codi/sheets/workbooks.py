"""An .xlsx file into lines; runs in the child process."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from codi.errors import Refused
from codi.sheets import archive, formulas
from codi.sheets.limits import COPY_OUT, MAX_COLUMN_COUNT, MAX_MERGE_COUNT, MAX_ROW_COUNT
from codi.sheets.lines import Merged
from codi.sheets.raw import Hidden, RawSheet, text_cell, too_long

_EXACT = 10**15
_FIRST = 5
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
Range = tuple[tuple[int, int], tuple[int, int]]


def sheets_of(source: Path, clean: Path) -> Iterator[RawSheet | Hidden]:
    """The sheets of a workbook in order; ``clean`` is where the judged copy goes.

    Charts hold no rows and are passed over. Raises :class:`Refused`.
    """
    archive.judge(source, clean)
    with zipfile.ZipFile(clean) as parts, CalamineWorkbook.from_path(clean) as book:
        names = _names_of_parts(parts)
        computed = _is_computed(parts)
        for sheet in book.sheets_metadata:
            if sheet.typ is not SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible is not SheetVisibleEnum.Visible:
                yield Hidden(sheet.name, _first_cells(book, sheet.name))
                continue
            marks: formulas.Marks = {}
            if (name := names.get(sheet.name)) in parts.namelist():
                marks = formulas.bad_cells(parts, str(name), computed=computed)
            yield RawSheet(sheet.name, _lines(book.get_sheet_by_name(sheet.name), marks))


def _first_cells(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    for row in islice(book.get_sheet_by_name(name).iter_rows(), _FIRST):
        yield [str(value) for value in row[:_FIRST]]


def _names_of_parts(parts: zipfile.ZipFile) -> dict[str, str]:
    """The part that holds each sheet, by the sheet's name."""
    targets = {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in archive.part(parts, archive.RELATIONS)
    }
    found = {}
    for element in archive.part(parts, archive.WORKBOOK).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            target = targets.get(element.get(_ID) or element.get(_STRICT_ID) or "", "")
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found[element.get("name", "")] = name
    return found


def _is_computed(parts: zipfile.ZipFile) -> bool:
    """Whether a spreadsheet program computed the formulas; a library asks for it at opening."""
    return not any(
        element.tag.rpartition("}")[2] == "calcPr"
        and element.get("fullCalcOnLoad") in ("1", "true")
        for element in archive.part(parts, archive.WORKBOOK).iter()
    )


def _lines(sheet: CalamineSheet, marks: formulas.Marks) -> Iterator[tuple[int, list[Any]]]:
    """The lines that are not blank, with their numbers."""
    if sheet.start is None and not marks:
        return
    first_column = sheet.start[1] if sheet.start else 0
    # Cells without a result lie outside of what the reader takes for the sheet.
    last = max([sheet.end[0] + 1 if sheet.end else 0, *(line for line, _column in marks)])
    if sheet.start and sheet.end and sheet.end[1] >= MAX_COLUMN_COUNT:
        raise Refused(
            f"แผ่นงาน “{sheet.name}” มีข้อมูลเกิน {MAX_COLUMN_COUNT} คอลัมน์ กรุณาลบคอลัมน์ที่ไม่ใช้แล้วส่งใหม่",
            code="imports-too-wide",
        )
    by_line: dict[int, list[int]] = {}
    for line, column in marks:
        by_line.setdefault(line, []).append(column)
    merges = _Merges.of(sheet.merged_cell_ranges or [])
    rows = sheet.iter_rows() if sheet.start else iter(())
    for number in range(1, last + 1):
        cells = [None] * first_column + [_cell(value) for value in next(rows, [])]
        for column in by_line.get(number, ()):
            _put(cells, column, marks[number, column])
        if any(cell is not None for cell in cells):
            merges.fill(number, cells)
            yield number, cells
        if number > MAX_ROW_COUNT:
            raise too_long()


def _put(cells: list[Any], column: int, value: Any) -> None:
    cells.extend([None] * (column + 1 - len(cells)))
    cells[column] = value


@dataclass
class _Merges:
    """Merged ranges of more than one line, and those that reach the line being read."""

    starting: dict[int, list[tuple[int, int]]]
    open: dict[int, tuple[int, Any]] = field(default_factory=dict)
    last_seen: int = 0

    @classmethod
    def of(cls, ranges: Sequence[Range]) -> _Merges:
        """The ranges by the line they begin in. Raises :class:`Refused` when there are too many."""
        if len(ranges) > MAX_MERGE_COUNT:
            raise Refused(f"ไฟล์มีเซลล์ที่ผสาน (merge) มากเกินไป {COPY_OUT}", code="imports-merged")
        starting: dict[int, list[tuple[int, int]]] = {}
        for (top, left), (bottom, _right) in ranges:
            if bottom > top:
                starting.setdefault(top + 1, []).append((left, bottom + 1))
        return cls(starting)

    def fill(self, number: int, cells: list[Any]) -> None:
        """Mark the cells of a line that belong to a range from above."""
        for column, (end, value) in list(self.open.items()):
            if number > end:
                del self.open[column]
            elif column >= len(cells) or cells[column] is None:
                _put(cells, column, Merged(value))
        for column, end in self.starting.get(number, ()):
            if column < len(cells) and cells[column] is not None:
                self.open[column] = (end, cells[column])


def _cell(value: Any) -> Any:
    """A value as it is taken: blank text is None, whole numbers are whole, days are days."""
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return str(value) if isinstance(value, dt.timedelta) else value
