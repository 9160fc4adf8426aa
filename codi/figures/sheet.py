"""Grids as a workbook: one sheet each, numbers as numbers, days as days, codes as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from codi.figures.formats import (
    as_of_text,
    caption_parts,
    column_title,
    head_titles,
    places_of,
    text_of,
)
from codi.figures.grid import Cell, Column, Grid, Row, Unit
from codi.thai.dates import short_date

COVER = "คำอธิบาย"
MAX_NAME = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
EXACT_DIGITS = 15
WIDTHS = {Unit.BAHT: 16, Unit.COUNT: 12, Unit.PERCENT: 10, Unit.DATE: 12, Unit.TEXT: 28}
NUMBER_WIDTH = 6
HEAD_ROW = 3
LEVELS = ("", "-1", "-2", "-3")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
Formats = Mapping[str, Any]


@dataclass(frozen=True)
class Cover:
    """What the first sheet says: the report, its scope and day, and what each figure counts.

    ``lines`` are further pairs of a label and a text; ``definitions`` maps figure keys to texts.
    """

    title: str
    scope_label: str
    as_of_label: str
    lines: Sequence[tuple[str, str]] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)


def workbook(grids: Sequence[Grid], cover: Cover) -> bytes:
    """The xlsx file; the same grids and cover give the same bytes.

    No text becomes a formula or a link, whatever it begins with. Beside each day stands its พ.ศ.
    as text, because spreadsheets cannot show it.
    """
    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    latest = max((grid.as_of for grid in grids), default=dt.date(2000, 1, 1))
    book.set_properties(
        {"title": cover.title, "created": dt.datetime(latest.year, latest.month, latest.day)}  # noqa: DTZ001
    )
    formats = _formats(book)
    names = sheet_names(_titles(grids))
    _write_cover(book.add_worksheet(COVER), cover, list(zip(names, grids, strict=True)), formats)
    for name, grid in zip(names, grids, strict=True):
        _write_grid(book.add_worksheet(name), grid, formats)
    book.close()
    return target.getvalue()


def _titles(grids: Sequence[Grid]) -> list[str]:
    """Titles of the sheets; the same table of two days begins with its day."""
    titles = [grid.title for grid in grids]
    return [
        f"{short_date(grid.as_of)} {grid.title}" if titles.count(grid.title) > 1 else grid.title
        for grid in grids
    ]


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Names that spreadsheets accept: at most 31 characters, no forbidden ones, each once."""
    taken = {COVER.casefold(), "history"}
    names = []
    for number, title in enumerate(titles, start=1):
        plain = " ".join(title.translate(FORBIDDEN).split()) or f"ตาราง {number}"
        name, copy = _cut(plain, MAX_NAME), 1
        while name.casefold() in taken:
            copy += 1
            ending = f" ({copy})"
            name = _cut(plain, MAX_NAME - len(ending)) + ending
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, length: int) -> str:
    """``text`` in at most ``length`` UTF-16 units, as spreadsheets count them."""
    while len(text.encode("utf-16-le")) // 2 > length:
        text = text[:-1]
    return text.strip()


def _formats(book: Any) -> Formats:
    base = {"font_name": "TH Sarabun New", "font_size": 14, "valign": "top"}
    strong = {**base, "bold": True}
    total = {**strong, "top": 1, "bottom": 6, "bg_color": "#EDF3F6"}
    made = {
        "title": {**strong, "font_size": 16},
        "plain": base,
        "label": strong,
        "wrapped": {**base, "text_wrap": True},
        "head": {
            **strong,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
            "bg_color": "#E8F0F4",
            "border": 1,
        },
    }
    numbers = {"baht0": "#,##0", "baht2": "#,##0.00", "count": "#,##0", "percent": "0.00"}
    for kind, look in (("item", base), ("sum", total)):
        for level, ending in enumerate(LEVELS):
            made[f"{kind}-text{ending}"] = {**look, "num_format": "@", "indent": level}
        made[f"{kind}-date"] = {**look, "num_format": "dd/mm/yyyy", "align": "center"}
        for name, pattern in numbers.items():
            made[f"{kind}-{name}"] = {**look, "num_format": pattern}
    return {name: book.add_format(look) for name, look in made.items()}


def _write_cover(
    sheet: Any, cover: Cover, named: Sequence[tuple[str, Grid]], formats: Formats
) -> None:
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, cover.title, formats["title"])
    lines = [("ขอบเขต", cover.scope_label), ("ข้อมูล", cover.as_of_label), *cover.lines]
    row = 1
    for label, text in lines:
        sheet.write_string(row, 0, label, formats["label"])
        sheet.write_string(row, 1, text, formats["wrapped"])
        row += 1
    row += 1
    sheet.write_string(row, 0, "แผ่นงาน", formats["head"])
    sheet.write_string(row, 1, "ความหมายของข้อมูล", formats["head"])
    for name, grid in named:
        row += 1
        parts = (grid.title, cover.definitions.get(grid.key, ""), as_of_text(grid), grid.source)
        sheet.write_string(row, 0, name, formats["label"])
        sheet.write_string(row, 1, "\n".join(filter(None, parts)), formats["wrapped"])


def _columns(grid: Grid) -> list[tuple[Column, bool]]:
    """The columns as written: a day twice, the second time as its text of พ.ศ. (True)."""
    written: list[tuple[Column, bool]] = []
    for column in grid.columns:
        written.append((column, False))
        if column.unit is Unit.DATE:
            written.append((column, True))
    return written


def _write_grid(sheet: Any, grid: Grid, formats: Formats) -> None:
    columns = _columns(grid)
    places = {column.key: places_of(grid, column) for column in grid.columns}
    heads = head_titles(grid)
    if grid.is_numbered:
        sheet.set_column(0, 0, NUMBER_WIDTH)
    sheet.set_column(len(heads) - 1, len(heads) - 1, 44)
    for index, (column, _) in enumerate(columns, start=len(heads)):
        sheet.set_column(index, index, WIDTHS[column.unit])
    sheet.write_string(0, 0, grid.title, formats["title"])
    sheet.write_string(1, 0, " · ".join(caption_parts(grid)), formats["plain"])
    sheet.set_row(HEAD_ROW, 42)
    for index, title in enumerate(heads):
        sheet.write_string(HEAD_ROW, index, title, formats["head"])
    for index, (column, as_text) in enumerate(columns, start=len(heads)):
        title = column_title(column) + (" (พ.ศ.)" if as_text else "")
        sheet.write_string(HEAD_ROW, index, title, formats["head"])
    line = HEAD_ROW
    numbers = {row.key: number for number, row in enumerate(grid.items, start=1)}
    for row in grid.rows:
        line += 1
        if grid.is_numbered:
            look = formats["item-count" if row.kind == "item" else "sum-count"]
            _write_cell(sheet, line, 0, numbers.get(row.key), look)
        _write_row(sheet, (line, len(heads) - 1), grid, row, columns, places, formats)
    sheet.freeze_panes(HEAD_ROW + 1, len(heads))
    items = len(numbers)
    if items and all(row.kind == "item" for row in grid.rows[:items]):
        sheet.autofilter(HEAD_ROW, 0, HEAD_ROW + items, len(heads) - 1 + len(columns))
    for note in grid.notes:
        line += 1
        sheet.write_string(line, 0, f"หมายเหตุ: {note}", formats["plain"])


def _write_row(
    sheet: Any,
    place: tuple[int, int],
    grid: Grid,
    row: Row,
    columns: Sequence[tuple[Column, bool]],
    places: Mapping[str, int | None],
    formats: Formats,
) -> None:
    """A row from its title on, whose line and column are ``place``."""
    line, first = place
    kind = "item" if row.kind == "item" else "sum"
    ending = LEVELS[min(row.level, len(LEVELS) - 1)]
    sheet.write_string(line, first, row.title, formats[f"{kind}-text{ending}"])
    for index, (column, as_text) in enumerate(columns, start=first + 1):
        value = grid.value(row.key, column.key)
        unit = grid.unit_of(row.key, column.key)
        look = f"{kind}-{unit}"
        if unit is Unit.BAHT:
            look += str(places[column.key])
        if as_text:
            value, look = (None if value is None else text_of(unit, value)), f"{kind}-text"
        _write_cell(sheet, line, index, value, formats[look])


def _write_cell(sheet: Any, line: int, index: int, value: Cell, look: Any) -> None:
    """One cell in its own type; a number of more digits than a spreadsheet keeps goes as text."""
    if value is None:
        sheet.write_blank(line, index, None, look)
    elif isinstance(value, str):
        sheet.write_string(line, index, value, look)
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, index, value, look)
    elif len(Decimal(value).normalize().as_tuple().digits) > EXACT_DIGITS:
        sheet.write_string(line, index, format(Decimal(value), "f"), look)
    else:
        sheet.write_number(line, index, value, look)
